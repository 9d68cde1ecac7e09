import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.runtime.standalone.StandaloneConfig;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.FileOffsetBackingStore;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/**
 * Kafka Connect's own converters, transformations and offset file, a case a line: the same lines as
 * convert_judge.cc reads and writes, whose head comment has the format.
 */
public final class ConvertJudge {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Map<String, Converter> converters = new HashMap<>();
  private final Map<String, HeaderConverter> headerConverters = new HashMap<>();
  private final Map<String, Object> steps = new HashMap<>();

  public static void main(String[] arguments) throws IOException {
    JSON.getFactory().setStreamReadConstraints(StreamReadConstraints.builder()
                                                   .maxStringLength(Integer.MAX_VALUE)
                                                   .maxNestingDepth(100_000)
                                                   .build());
    ConvertJudge judge = new ConvertJudge();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(JSON.writeValueAsString(judge.answer(JSON.readTree(line))));
      out.flush();
    }
    System.exit(0); // whatever threads a failed case has left
  }

  private JsonNode answer(JsonNode request) {
    try {
      return switch (request.get("op").textValue()) {
        case "to_connect" -> toConnect(request);
        case "from_connect" -> fromConnect(request);
        case "transform" -> transform(request);
        case "predicate" -> predicate(request);
        case "write_offsets" -> writeOffsets(request);
        case "read_offsets" -> readOffsets(request);
        default -> throw new Invalid("unknown op", null);
      };
    } catch (Invalid failure) {
      return NODES.objectNode().put("invalid", failure.getMessage() + ": " + failure.getCause());
    } catch (Exception | StackOverflowError failure) {
      return NODES.objectNode()
          .put("error", failure.getClass().getName())
          .put("message", failure.getMessage());
    }
  }

  /** What Kafka's classes do not let be built, so that there is nothing to compare. */
  private static final class Invalid extends RuntimeException {
    private static final long serialVersionUID = 1;

    Invalid(String message, Throwable cause) {
      super(message, cause);
    }
  }

  // Converters.

  private JsonNode toConnect(JsonNode request) throws Exception {
    byte[] bytes = bytesOf(request.get("bytes"));
    SchemaAndValue read = request.get("role").textValue().equals("header")
        ? headerConverter(request).toConnectHeader("t", "h", bytes)
        :
          converter(request).toConnectData("t", bytes);
          ObjectNode answer = NODES.objectNode();
          answer.set("schema", schemaOut(read.schema()));
          answer.set("value", valueOut(read.value()));
          return answer;
      }

      private JsonNode fromConnect(JsonNode request) throws Exception {
        Schema schema = schemaIn(request.get("schema"));
        Object value = valueIn(request.get("value"), schema);
        byte[] bytes = request.get("role").textValue().equals("header")
            ? headerConverter(request).fromConnectHeader("t", "h", schema, value)
            : converter(request).fromConnectData("t", schema, value);
        return NODES.objectNode().put(
            "bytes", bytes == null ? null : Base64.getEncoder().encodeToString(bytes));
      }

      private Converter converter(JsonNode request) throws Exception {
        String key = request.get("class") + "" + request.get("settings") + request.get("role");
        Converter converter = converters.get(key);
        if (converter == null) {
          converter = (Converter) create(request);
          converter.configure(settings(request), request.get("role").textValue().equals("key"));
          converters.put(key, converter);
        }
        return converter;
      }

      private HeaderConverter headerConverter(JsonNode request) throws Exception {
        String key = request.get("class") + "" + request.get("settings");
        HeaderConverter converter = headerConverters.get(key);
        if (converter == null) {
          converter = (HeaderConverter) create(request);
          Map<String, Object> settings = new HashMap<>(settings(request));
          settings.put("converter.type", "header");
          converter.configure(settings);
          headerConverters.put(key, converter);
        }
        return converter;
      }

      private static Object create(JsonNode request) throws Exception {
        return Class.forName(request.get("class").textValue())
            .getDeclaredConstructor()
            .newInstance();
      }

      private static Map<String, String> settings(JsonNode request) {
        Map<String, String> settings = new HashMap<>();
        request.get("settings")
            .fields()
            .forEachRemaining(e -> settings.put(e.getKey(), e.getValue().textValue()));
        return settings;
      }

      // Transformations and predicates.

      /** A Transformation or Predicate; what its configure() throws has the member "configure". */
      private Object step(JsonNode request) throws Exception {
        String key = request.get("class") + "" + request.get("settings");
        Object step = steps.get(key);
        if (step == null) {
          step = create(request);
          ((Configurable) step).configure(settings(request));
          steps.put(key, step);
        }
        return step;
      }

      @SuppressWarnings("unchecked")
      private JsonNode transform(JsonNode request) throws Exception {
        Object step;
        SinkRecord record = recordIn(request.get("record"));
        try {
          step = step(request);
        } catch (Exception failure) {
          return NODES.objectNode()
              .put("configure", failure.getClass().getName())
              .put("message", failure.getMessage());
        }
        SinkRecord result = ((Transformation<SinkRecord>) step).apply(record);
        return NODES.objectNode().set(
            "record", result == null ? NODES.nullNode() : recordOut(result));
      }

      @SuppressWarnings("unchecked")
      private JsonNode predicate(JsonNode request) throws Exception {
        Object step;
        SinkRecord record = recordIn(request.get("record"));
        try {
          step = step(request);
        } catch (Exception failure) {
          return NODES.objectNode()
              .put("configure", failure.getClass().getName())
              .put("message", failure.getMessage());
        }
        return NODES.objectNode().put("result", ((Predicate<SinkRecord>) step).test(record));
      }

      private static SinkRecord recordIn(JsonNode json) {
        Schema keySchema = schemaIn(json.get("key_schema"));
        Schema valueSchema = schemaIn(json.get("value_schema"));
        ConnectHeaders headers = new ConnectHeaders();
        for (JsonNode header : json.get("headers")) {
          Schema schema = schemaIn(header.get(1));
          try {
            headers.add(header.get(0).textValue(), valueIn(header.get(2), schema), schema);
          } catch (RuntimeException failure) {
            throw new Invalid("header", failure);
          }
        }
        Long timestamp = json.get("timestamp").isNull() ? null : json.get("timestamp").longValue();
        return new SinkRecord(json.get("topic").textValue(), json.get("partition").intValue(),
            keySchema, valueIn(json.get("key"), keySchema), valueSchema,
            valueIn(json.get("value"), valueSchema), json.get("offset").longValue(), timestamp,
            timestamp == null ? TimestampType.NO_TIMESTAMP_TYPE : TimestampType.CREATE_TIME,
            headers);
      }

      private static JsonNode recordOut(SinkRecord record) {
        ObjectNode json = NODES.objectNode();
        json.put("topic", record.topic()).put("partition", record.kafkaPartition());
        json.put("offset", record.kafkaOffset()).put("timestamp", record.timestamp());
        json.set("key_schema", schemaOut(record.keySchema()));
        json.set("key", valueOut(record.key()));
        json.set("value_schema", schemaOut(record.valueSchema()));
        json.set("value", valueOut(record.value()));
        ArrayNode headers = json.putArray("headers");
        for (Header header : record.headers()) {
          headers.addArray()
              .add(header.key())
              .add(schemaOut(header.schema()))
              .add(valueOut(header.value()));
        }
        return json;
      }

      // Schemas and values.

      private static Schema schemaIn(JsonNode json) {
        if (json == null || json.isNull())
          return null;
        try {
          SchemaBuilder builder = builder(json);
          if (json.get("optional").booleanValue())
            builder.optional();
          if (json.hasNonNull("name"))
            builder.name(json.get("name").textValue());
          if (json.hasNonNull("version"))
            builder.version(json.get("version").intValue());
          if (json.hasNonNull("doc"))
            builder.doc(json.get("doc").textValue());
          if (json.hasNonNull("parameters")) {
            for (JsonNode p : json.get("parameters"))
              builder.parameter(p.get(0).textValue(), p.get(1).textValue());
          }
          if (json.hasNonNull("fields")) {
            for (JsonNode field : json.get("fields"))
              builder.field(field.get(0).textValue(), schemaIn(field.get(1)));
          }
          if (json.hasNonNull("default")) {
            builder.defaultValue(valueIn(json.get("default"), builder.build()));
          }
          return builder.build();
        } catch (RuntimeException failure) {
          throw new Invalid("schema", failure);
        }
      }

      private static SchemaBuilder builder(JsonNode json) {
        Schema.Type type = Schema.Type.valueOf(json.get("type").textValue());
        return switch (type) {
      case ARRAY -> SchemaBuilder.array(schemaIn(json.get("values")));
      case MAP -> SchemaBuilder.map(schemaIn(json.get("keys")), schemaIn(json.get("values")));
      default -> SchemaBuilder.type(type);
    };
  }

  private static JsonNode schemaOut(Schema schema) {
    if (schema == null) return NODES.nullNode();
    ObjectNode json = NODES.objectNode();
    json.put("type", schema.type().name()).put("optional", schema.isOptional());
    json.put("name", schema.name());
    json.put("version", schema.version()).put("doc", schema.doc());
    ArrayNode parameters = NODES.arrayNode();
    if (schema.parameters() != null) {
      schema.parameters().forEach((k, v) -> parameters.addArray().add(k).add(v));
    }
    json.set("parameters", parameters);
    json.set("default", valueOut(schema.defaultValue()));
    if (schema.type() == Schema.Type.STRUCT) {
      ArrayNode fields = json.putArray("fields");
      for (Field field : schema.fields()) {
        fields.addArray().add(field.name()).add(schemaOut(field.schema()));
      }
        }
        if (schema.type() == Schema.Type.MAP)
          json.set("keys", schemaOut(schema.keySchema()));
        if (schema.type() == Schema.Type.MAP || schema.type() == Schema.Type.ARRAY) {
          json.set("values", schemaOut(schema.valueSchema()));
        }
        return json;
      }

      private static Object valueIn(JsonNode json, Schema schema) {
        if (json == null || json.isNull())
          return null;
        JsonNode of = json.get(1);
        Schema inner =
            schema == null || schema.type() != Schema.Type.ARRAY && schema.type() != Schema.Type.MAP
            ? null
            : schema.valueSchema();
        switch (json.get(0).textValue()) {
          case "boolean":
            return of.booleanValue();
          case "int8":
            return (byte) of.intValue();
          case "int16":
            return (short) of.intValue();
          case "int32":
            return of.intValue();
          case "int64":
            return of.longValue();
          case "float32":
            return Float.intBitsToFloat(Integer.parseUnsignedInt(of.textValue(), 16));
          case "float64":
            return Double.longBitsToDouble(Long.parseUnsignedLong(of.textValue(), 16));
          case "string":
            return of.textValue();
          case "bytes":
            return bytesOf(of);
          case "decimal":
            return new BigDecimal(new BigInteger(of.textValue()), json.get(2).intValue());
          case "date":
            return new Date(of.longValue() * 86_400_000L);
          case "time", "timestamp":
            return new Date(of.longValue());
          case "array": {
            List<Object> list = new ArrayList<>();
            for (JsonNode item : of) list.add(valueIn(item, inner));
            return list;
          }
          case "map": {
            Map<Object, Object> map = new LinkedHashMap<>();
            Schema keys = inner == null ? null : schema.keySchema();
            for (JsonNode entry : of)
              map.put(valueIn(entry.get(0), keys), valueIn(entry.get(1), inner));
            return map;
          }
          case "struct": {
            try {
              Struct struct = new Struct(schema);
              for (Field field : schema.fields())
                struct.put(field, valueIn(of.get(field.index()), field.schema()));
              return struct;
            } catch (RuntimeException failure) {
              throw new Invalid("value", failure);
            }
          }
          default:
            throw new Invalid("unknown kind of value " + json.get(0), null);
        }
      }

      private static JsonNode valueOut(Object value) {
        if (value == null)
          return NODES.nullNode();
        ArrayNode json = NODES.arrayNode();
        if (value instanceof Boolean v)
          return json.add("boolean").add(v);
        if (value instanceof Byte v)
          return json.add("int8").add(v.intValue());
        if (value instanceof Short v)
          return json.add("int16").add(v.intValue());
        if (value instanceof Integer v)
          return json.add("int32").add(v);
        if (value instanceof Long v)
          return json.add("int64").add(v);
        if (value instanceof Float v)
          return json.add("float32").add(String.format("%08x", Float.floatToIntBits(v)));
        if (value instanceof Double v)
          return json.add("float64").add(String.format("%016x", Double.doubleToLongBits(v)));
        if (value instanceof String v)
          return json.add("string").add(v);
        if (value instanceof byte[] v)
          return json.add("bytes").add(Base64.getEncoder().encodeToString(v));
        if (value instanceof ByteBuffer v) {
          byte[] bytes = new byte[v.remaining()];
          v.duplicate().get(bytes);
          return json.add("bytes").add(Base64.getEncoder().encodeToString(bytes));
        }
        if (value instanceof BigDecimal v)
          return json.add("decimal").add(v.unscaledValue().toString()).add(v.scale());
        if (value instanceof Date v)
          return json.add("instant").add(v.getTime());
        if (value instanceof List<?> list) {
          ArrayNode items = json.add("array").addArray();
          for (Object item : list) items.add(valueOut(item));
          return json;
        }
        if (value instanceof Map<?, ?> map) {
          ArrayNode entries = json.add("map").addArray();
          map.forEach((k, v) -> entries.addArray().add(valueOut(k)).add(valueOut(v)));
          return json;
        }
        if (value instanceof Struct struct) {
          ArrayNode fields = json.add("struct").addArray();
          for (Field field : struct.schema().fields()) {
            fields.add(valueOut(struct.getWithoutDefault(field.name())));
          }
          return json;
        }
        return json.add("java").add(value.getClass().getName());
      }

      private static byte[] bytesOf(JsonNode json) {
        return json.isNull() ? null : Base64.getDecoder().decode(json.textValue());
      }

      // The offset file.

      private static final class Store extends FileOffsetBackingStore {
        Store(Converter keys) {
          super(keys);
        }

        Map<ByteBuffer, ByteBuffer> all() {
          return data;
        }
      }

      private static Store store(JsonNode request) {
        JsonConverter keys = new JsonConverter();
        keys.configure(Map.of("schemas.enable", "false"), true);
        Store store = new Store(keys);
        store.configure(new StandaloneConfig(Map.of("bootstrap.servers", "127.0.0.1:1",
            "key.converter", "org.apache.kafka.connect.json.JsonConverter", "value.converter",
            "org.apache.kafka.connect.json.JsonConverter", "offset.storage.file.filename",
            request.get("file").textValue())));
        store.start();
        return store;
      }

      private static JsonNode writeOffsets(JsonNode request) throws Exception {
        Store store = store(request);
        Map<ByteBuffer, ByteBuffer> entries = new HashMap<>();
        for (JsonNode entry : request.get("entries"))
          entries.put(buffer(entry.get(0)), buffer(entry.get(1)));
        store.set(entries, null).get();
        store.stop();
        return NODES.objectNode();
      }

      private static JsonNode readOffsets(JsonNode request) {
        Store store = store(request);
        ObjectNode answer = NODES.objectNode();
        ArrayNode entries = answer.putArray("entries");
        store.all().forEach((k, v) -> entries.addArray().add(text(k)).add(text(v)));
        store.stop();
        return answer;
      }

      private static ByteBuffer buffer(JsonNode text) {
        return text.isNull() ? null
                             : ByteBuffer.wrap(text.textValue().getBytes(StandardCharsets.UTF_8));
      }

      private static String text(ByteBuffer buffer) {
        return buffer == null ? null : StandardCharsets.UTF_8.decode(buffer.duplicate()).toString();
      }
    }
