package judge;

import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.Record;
import com.gpudb.Type;
import com.gpudb.protocol.ShowTypesResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Every column type, nullable and not, with every property: the type and the values come back as
 * they went.
 */
final class TypesScenario implements Scenario {
  private static final int ROWS = 60;

  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    everyTypeComesBack(client);
    everyPropertyComesBack(client);
    serverFillsIn(client);
  }

  private static void everyTypeComesBack(GPUdb client) throws Exception {
    List<Type.Column> columns = new ArrayList<>();
    columns.add(new Type.Column("id", Long.class, ColumnProperty.PRIMARY_KEY));
    for (Sample sample : Sample.ALL) {
      columns.add(sample.column(sample.name()));
      columns.add(sample.column("nullable " + sample.name(), ColumnProperty.NULLABLE));
    }
    checkKnownTypesAreSampled();
    Type type = new Type("every type", columns);
    Table table = Table.create(client, "every_type", type, Table.NO_OPTIONS);
    Check.equal("the table's type", type, Type.fromTable(client, table.name));
    Check.equal("the type by id", type, Type.fromType(client, type.create(client)));

    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) rows.add(row(table, i));
    table.insert(rows);
    checkRows("getRecords", rows, table.read());

    List<String> names = type.getColumns().stream().map(Type.Column::getName).toList();
    List<Record> byColumn = table.readColumns(names, Table.NO_OPTIONS);
    for (int i = 0; i < type.getColumnCount(); i++) {
      Type.Column told = byColumn.get(0).getType().getColumn(i);
      Check.equal("the name of a column", names.get(i), told.getName());
      Check.equal(
          "the type of " + names.get(i), type.getColumn(i).getColumnType(), told.getColumnType());
    }
    checkRows("getRecordsByColumn", rows, byColumn);
  }

  private static void checkKnownTypesAreSampled() {
    Set<Type.Column.ColumnType> sampled = new HashSet<>();
    for (Sample sample : Sample.ALL) sampled.add(sample.column("x").getColumnType());
    Check.equal("the column types with a sample", sampled,
        new HashSet<>(Arrays.asList(Type.Column.ColumnType.values())));
  }

  private static Record row(Table table, int i) {
    List<Object> values = new ArrayList<>();
    values.add((long) i);
    for (Sample sample : Sample.ALL) {
      values.add(sample.value(i));
      values.add(i % 3 == 0 ? null : sample.value(i));
    }
    return table.row(values.toArray());
  }

  private static void checkRows(String how, List<Record> expected, List<Record> actual) {
    Check.equal(how + ": rows", expected.size(), actual.size());
    List<Record> sorted = new ArrayList<>(actual);
    sorted.sort(Comparator.comparing(row -> (Long) row.get("id")));
    Type type = expected.get(0).getType();
    for (int i = 0; i < expected.size(); i++) {
      for (int c = 0; c < type.getColumnCount(); c++) {
        Check.equal(how + ": row " + i + ", column " + type.getColumn(c).getName(),
            expected.get(i).get(c), sorted.get(i).get(c));
      }
    }
  }

  private static void everyPropertyComesBack(GPUdb client) throws Exception {
    Type type = new Type("",
        new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY, ColumnProperty.SHARD_KEY),
        new Type.Column("second", String.class, ColumnProperty.CHAR8, ColumnProperty.PRIMARY_KEY),
        new Type.Column("text", String.class, ColumnProperty.TEXT_SEARCH, ColumnProperty.DATA),
        new Type.Column("stored", String.class, ColumnProperty.STORE_ONLY),
        new Type.Column("small", String.class, ColumnProperty.DISK_OPTIMIZED),
        new Type.Column("code", String.class, ColumnProperty.CHAR4, ColumnProperty.DICT),
        new Type.Column("number", Integer.class, ColumnProperty.DICT, ColumnProperty.NULLABLE),
        new Type.Column("a name, with (every) \"thing\"", Double.class));
    Table table = Table.create(client, "every_property", type, Table.NO_OPTIONS);
    Check.equal("the table's type", type, Type.fromTable(client, table.name));
    ShowTypesResponse shown = client.showTypes(type.create(client), "", Table.NO_OPTIONS);
    Check.equal("types with one id", 1, shown.getTypeIds().size());
    Check.equal("the type shown", type,
        new Type("", shown.getTypeSchemas().get(0), shown.getProperties().get(0)));
    Record row = table.row(1, "b", "words here", "s", "d", "code", null, 0.5);
    table.insert(List.of(row));
    Check.equal("the row", List.of(row), table.read());
  }

  private static void serverFillsIn(GPUdb client) throws Exception {
    Table table = Table.create(client, "filled_in",
        new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY),
        new Type.Column("uuid", String.class, ColumnProperty.UUID, ColumnProperty.INIT_WITH_UUID),
        new Type.Column("ts", Long.class, ColumnProperty.TIMESTAMP, ColumnProperty.INIT_WITH_NOW),
        new Type.Column("date", String.class, ColumnProperty.DATE, ColumnProperty.INIT_WITH_NOW),
        new Type.Column("time", String.class, ColumnProperty.TIME, ColumnProperty.INIT_WITH_NOW),
        new Type.Column(
            "datetime", String.class, ColumnProperty.DATETIME, ColumnProperty.INIT_WITH_NOW));
    long before = System.currentTimeMillis();
    table.insert(List.of(table.row(1, "", Long.MIN_VALUE, "", "", ""),
        table.row(2, "", Long.MIN_VALUE, "", "", "")));
    long after = System.currentTimeMillis();
    List<Record> rows = table.read();
    Check.equal("rows", 2, rows.size());
    Set<UUID> uuids = new HashSet<>();
    for (Record row : rows) {
      uuids.add(UUID.fromString((String) row.get("uuid")));
      long ts = (Long) row.get("ts");
      Check.that("a timestamp of now: " + ts, before <= ts && ts <= after);
      String datetime = (String) row.get("datetime");
      Check.that("a datetime of now: " + datetime,
          datetime.matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}"));
      Check.contains("the date of now", (String) row.get("date"), datetime);
      Check.contains("the time of now", (String) row.get("time"), datetime);
    }
    Check.equal("different uuids", 2, uuids.size());
  }
}
