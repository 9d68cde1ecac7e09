package judge;

import com.gpudb.GPUdb;
import com.gpudb.Record;
import com.gpudb.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.json.JSONArray;
import org.json.JSONObject;

/**
 * Inserts the rows of a file into a table over all ranks. The file is one JSON object:
 *
 * <p>{"columns": [{"name": "k", "type": "long", "properties": ["timestamp", "shard_key"]}, ...],
 * "rows": [[1700000000000, ...], ...]}
 *
 * <p>type: int, long, float, double or string. A table that is not there is created.
 */
final class InsertFileScenario implements Scenario {
  @Override
  public void run(Setup setup) throws Exception {
    JSONObject file =
        new JSONObject(Files.readString(Path.of(setup.get("file")), StandardCharsets.UTF_8));
    GPUdb client = setup.connect();
    String name = setup.get("table");
    if (!client.hasTable(name, Table.NO_OPTIONS).getTableExists()) {
      client.createTable(name, type(file.getJSONArray("columns")).create(client), Table.NO_OPTIONS);
    }
    Table table = Table.open(client, name);
    List<Record> rows = new ArrayList<>();
    for (Object row : file.getJSONArray("rows")) rows.add(row(table, (JSONArray) row));
    table.insert(rows);
  }

  private static Type type(JSONArray columns) {
    List<Type.Column> all = new ArrayList<>();
    for (Object item : columns) {
      JSONObject column = (JSONObject) item;
      List<String> properties = new ArrayList<>();
      JSONArray given = column.optJSONArray("properties");
      if (given != null)
        given.forEach(property -> properties.add((String) property));
      all.add(
          new Type.Column(column.getString("name"), base(column.getString("type")), properties));
    }
    return new Type(all);
  }

  private static Class<?> base(String type) {
    return switch (type) {
      case "int" -> Integer.class;
      case "long" -> Long.class;
      case "float" -> Float.class;
      case "double" -> Double.class;
      case "string" -> String.class;
      default -> throw new IllegalArgumentException("no column type of a file of rows: " + type);
    };
  }

  private static Record row(Table table, JSONArray values) {
    Object[] row = new Object[values.length()];
    for (int i = 0; i < row.length; i++) {
      Class<?> base = table.type.getColumn(i).getType();
      if (values.isNull(i)) {
        row[i] = null;
      } else if (base == String.class) {
        row[i] = values.getString(i);
      } else if (base == Integer.class) {
        row[i] = values.getNumber(i).intValue();
      } else if (base == Long.class) {
        row[i] = values.getNumber(i).longValue();
      } else if (base == Float.class) {
        row[i] = values.getNumber(i).floatValue();
      } else {
        row[i] = values.getNumber(i).doubleValue();
      }
    }
    return table.row(row);
  }
}
