package judge;

import com.gpudb.BulkInserter;
import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.GPUdbException;
import com.gpudb.Record;
import com.gpudb.Type;
import com.gpudb.protocol.CreateTableResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The calls of the Java connector's sink, in its order: a table on first use, rows, another
 * schema, more rows.
 */
final class ConnectorSinkScenario implements Scenario {
  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    sink(client, "connector", "sinks");
    sink(client, "", "connector.dotted");
    sink(client, "", "connector_bare");
  }

  /** `schema` is the configured one: empty where nothing was configured. */
  private static void sink(GPUdb client, String schema, String name) throws Exception {
    String there = schema.isEmpty() ? name : schema + "." + name;
    Setup.freshTable(client, there);
    Check.fails("fromTable of a table that is not there", GPUdbException.class,
        () -> Type.fromTable(client, there));
    String wanted = schema;
    if (wanted.isEmpty() && name.contains("."))
      wanted = name.substring(0, name.indexOf('.'));
    if (!wanted.isEmpty() && !client.hasSchema(wanted, Table.NO_OPTIONS).getSchemaExists()) {
      client.createSchema(wanted, Table.NO_OPTIONS);
    }
    Type type = new Type(new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY),
        new Type.Column("flag", String.class, ColumnProperty.CHAR8, ColumnProperty.DICT),
        new Type.Column("missing", Double.class));
    CreateTableResponse created =
        client.createTable(name, type.create(client), GPUdbBase.options("collection_name", schema));
    String qualified = created.getInfo().get("qualified_table_name");
    Check.equal("the qualified name", wanted.isEmpty() ? "ki_home." + name : there, qualified);

    Table first = Table.open(client, qualified);
    insert(first, List.of(first.row(1, "true", 1.5), first.row(2, "false", 2.5)));

    evolve(client, qualified);
    Table second = Table.open(client, qualified);
    Record third = second.row(3, "true", null, 7, 8L, 1.25f, 2.5, "text", Sample.utf8("bytes"));
    insert(second, List.of(third));
    Set<Record> expected =
        new HashSet<>(List.of(second.row(1, "true", 1.5, null, null, null, null, null, null),
            second.row(2, "false", 2.5, null, null, null, null, null, null), third));
    Check.equal("the rows of " + qualified, expected, new HashSet<>(second.read()));
  }

  private static void insert(Table table, List<Record> rows) throws Exception {
    try (BulkInserter<Record> inserter =
             table.inserter(100, GPUdbBase.options("update_on_existing_pk", "true"))) {
      inserter.setMaxRetries(3);
      for (Record row : rows) inserter.insert(row);
      inserter.flush();
      Check.equal("rows inserted", (long) rows.size(), inserter.getCountInserted());
    }
  }

  /** One call: a new column of each type, and a column that may be missing from now on. */
  private static void evolve(GPUdb client, String table) throws Exception {
    client.alterTableColumns(table,
        List.of(added("an_int", "int"), added("a_long", "long"), added("a_float", "float"),
            added("a_double", "double"), added("a_string", "string"), added("bytes", "byte"),
            changed("missing", "double", "nullable")),
        GPUdbBase.options("column_properties", "nullable"));
    List<Class<?>> types = Type.fromTable(client, table)
                               .getColumns()
                               .stream()
                               .<Class<?>>map(Type.Column::getType)
                               .toList();
    Check.equal("the columns' types",
        List.of(Integer.class, String.class, Double.class, Integer.class, Long.class, Float.class,
            Double.class, String.class, java.nio.ByteBuffer.class),
        types);
  }

  private static Map<String, String> added(String column, String type) {
    return ColumnsScenario.alteration(
        "add_column", column, "column_type", type, "column_properties", "nullable");
  }

  private static Map<String, String> changed(String column, String type, String properties) {
    return ColumnsScenario.alteration(
        "change_column", column, "column_type", type, "column_properties", properties);
  }
}
