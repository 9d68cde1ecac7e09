package judge;

import com.gpudb.GPUdb;
import com.gpudb.GPUdbException;
import com.gpudb.GPUdbSqlIterator;
import com.gpudb.Record;
import com.gpudb.Type;
import com.gpudb.protocol.ExecuteSqlResponse;
import java.util.List;

/** Statements by /execute/sql, and the client's iterator over a long result. */
final class SqlScenario implements Scenario {
  private static final int ROWS = 2500;

  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    execute(client, "DROP TABLE IF EXISTS sql_rows");
    execute(client,
        "CREATE TABLE sql_rows (id INTEGER NOT NULL, name VARCHAR(16), value DOUBLE, "
            + "PRIMARY KEY (id))");
    Type type = Type.fromTable(client, "sql_rows");
    Check.equal("columns", List.of("id", "name", "value"),
        type.getColumns().stream().map(Type.Column::getName).toList());
    Check.equal(
        "the type of name", Type.Column.ColumnType.CHAR16, type.getColumn("name").getColumnType());
    Check.equal("rows by INSERT", 2L,
        execute(client,
            "INSERT INTO sql_rows (id, name, value) VALUES (1, 'one', 1.5), "
                + "(2, NULL, -2)")
            .getCountAffected());

    Table table = Table.open(client, "sql_rows");
    List<Record> more = new java.util.ArrayList<>();
    for (int i = 3; i <= ROWS; i++) more.add(table.row(i, "n" + i, i * 1.0));
    table.insert(more);

    List<Record> found =
        execute(client, "SELECT id, name, value FROM sql_rows WHERE id < 3 ORDER BY id DESC")
            .getData();
    Check.equal("rows by SELECT", 2, found.size());
    Check.equal("id", 2, found.get(0).get("id"));
    Check.equal("name", null, found.get(0).get("name"));
    Check.equal("value", -2.0, found.get(0).get("value"));
    Check.equal("name of 1", "one", found.get(1).get("name"));
    Check.equal("count(*)", (long) ROWS,
        execute(client, "SELECT count(*) FROM sql_rows").getData().get(0).get(0));
    Check.equal(
        "rows by LIMIT", 7, execute(client, "SELECT * FROM sql_rows LIMIT 7").getData().size());

    int next = 0;
    try (GPUdbSqlIterator<Record> rows =
             new GPUdbSqlIterator<>(client, "SELECT id FROM sql_rows ORDER BY id", 1000)) {
      // The iterator's own loop ends with its first page, so the end is counted here.
      java.util.Iterator<Record> iterator = rows.iterator();
      while (next < ROWS) Check.equal("row " + next, ++next, iterator.next().get(0));
    }

    GPUdbException refused = Check.fails(
        "a statement of nonsense", GPUdbException.class, () -> execute(client, "SELEKT 1"));
    Check.contains("the reason", "SELEKT", refused.getMessage());
    execute(client, "DROP TABLE sql_rows");
    Check.equal("hasTable after DROP TABLE", false,
        client.hasTable("sql_rows", Table.NO_OPTIONS).getTableExists());
  }

  private static ExecuteSqlResponse execute(GPUdb client, String statement) throws Exception {
    return client.executeSql(statement, 0, GPUdb.END_OF_SET, "", List.of(), Table.NO_OPTIONS);
  }
}
