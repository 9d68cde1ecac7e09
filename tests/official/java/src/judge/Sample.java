package judge;

import com.gpudb.ColumnProperty;
import com.gpudb.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A kind of column, with values that include its limits, in the form in which a database writes
 * them.
 */
record Sample(String name, Class<?> base, List<String> properties, List<Object> values) {
  /** Every column type that the client knows. */
  static final List<Sample> ALL = List.of(
      of("int", Integer.class, "", 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE),
      of("boolean", Integer.class, ColumnProperty.BOOLEAN, 0, 1),
      of("int8", Integer.class, ColumnProperty.INT8, 0, -128, 127),
      of("int16", Integer.class, ColumnProperty.INT16, 0, -32768, 32767),
      of("long", Long.class, "", 0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE),
      of("timestamp", Long.class, ColumnProperty.TIMESTAMP, 0L, -1L, 1_700_000_000_123L,
          -30_610_224_000_000L, 29_379_542_399_999L),
      of("float", Float.class, "", 0f, -1.5f, Float.MIN_VALUE, Float.MAX_VALUE),
      of("double", Double.class, "", 0d, 3.141592653589793, Double.MIN_VALUE, -Double.MAX_VALUE),
      of("string", String.class, "", "", "abc", "na\u00efve caf\u00e9 \ud83d\ude00",
          "x".repeat(5000)),
      of("char1", String.class, ColumnProperty.CHAR1, "", "a"),
      of("char2", String.class, ColumnProperty.CHAR2, "", "ab"),
      of("char4", String.class, ColumnProperty.CHAR4, "", "abcd"),
      of("char8", String.class, ColumnProperty.CHAR8, "", "abcdefgh", "na\u00efve"),
      of("char16", String.class, ColumnProperty.CHAR16, "", "0123456789abcdef", "\u65e5\u672c"),
      of("char32", String.class, ColumnProperty.CHAR32, "", "New York", "y".repeat(32)),
      of("char64", String.class, ColumnProperty.CHAR64, "", "q\"uo'te", "y".repeat(64)),
      of("char128", String.class, ColumnProperty.CHAR128, "", "y".repeat(128)),
      of("char256", String.class, ColumnProperty.CHAR256, "", "y".repeat(256)),
      of("date", String.class, ColumnProperty.DATE, "1970-01-01", "2024-02-29", "1000-01-01",
          "2900-12-31"),
      of("time", String.class, ColumnProperty.TIME, "00:00:00.000", "12:34:56.789", "23:59:59.999"),
      of("datetime", String.class, ColumnProperty.DATETIME, "2024-02-29 12:34:56.789",
          "1000-01-01 00:00:00.000", "2900-12-31 23:59:59.999"),
      of("decimal", String.class, ColumnProperty.DECIMAL, "0.0000", "-1.5000", "123456.7891",
          "922337203685477.5807"),
      of("ipv4", String.class, ColumnProperty.IPV4, "0.0.0.0", "192.168.1.254", "255.255.255.255"),
      of("ulong", String.class, ColumnProperty.ULONG, "0", "9223372036854775808",
          "18446744073709551615"),
      of("uuid", String.class, ColumnProperty.UUID, "123e4567-e89b-12d3-a456-426614174000",
          "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
      of("wkt", String.class, ColumnProperty.WKT, "POINT (1 2)", "LINESTRING (0 0, 1 1)"),
      of("wkb", ByteBuffer.class, ColumnProperty.WKT, pointWkb()),
      of("bytes", ByteBuffer.class, ColumnProperty.STORE_ONLY, ByteBuffer.allocate(0),
          ByteBuffer.wrap(new byte[] {0, -1, 127, 0})));

  private static Sample of(String name, Class<?> base, String property, Object... values) {
    return new Sample(
        name, base, property.isEmpty() ? List.of() : List.of(property), List.of(values));
  }

  /** What neither client nor server takes as a key are bytes and geometries. */
  static List<Sample> keys() {
    return ALL.stream()
        .filter(s -> s.base != ByteBuffer.class && !s.properties.contains(ColumnProperty.WKT))
        .toList();
  }

  Type.Column column(String as, String... more) {
    List<String> all = new ArrayList<>(properties);
    all.addAll(Arrays.asList(more));
    return new Type.Column(as, base, all);
  }

  /** The values over and over. */
  Object value(int i) {
    return values.get(i % values.size());
  }

  // POINT (1 2): little-endian, geometry 1, two doubles.
  private static ByteBuffer pointWkb() {
    ByteBuffer wkb = ByteBuffer.allocate(21).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    wkb.put((byte) 1).putInt(1).putDouble(1).putDouble(2).flip();
    return wkb;
  }

  static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
