package judge;

import com.gpudb.BulkInserter;
import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.Record;
import com.gpudb.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Inserts over all ranks: with keys, without, into a replicated table, compressed and not. */
final class InsertScenario implements Scenario {
  private static final int ROWS = 10_000;

  @Override
  public void run(Setup setup) throws Exception {
    Ranks.forget(setup);
    for (boolean snappy : new boolean[] {true, false}) {
      GPUdb client = setup.connect(setup.options().setUseSnappy(snappy));
      String suffix = snappy ? "_snappy" : "_plain";
      withPrimaryKey(setup, client, "keyed" + suffix);
      withoutKey(setup, client, "unkeyed" + suffix);
      replicated(setup, client, "replicated" + suffix);
      headOnly(setup, client, "head" + suffix);
    }
  }

  private static List<Record> rows(Table table) {
    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) rows.add(table.row((long) i, "name " + i, i / 8.0));
    return rows;
  }

  private static Table table(GPUdb client, String name, Map<String, String> options,
      String... keyProperties) throws Exception {
    Type type = new Type(new Type.Column("id", Long.class, keyProperties),
        new Type.Column("name", String.class, ColumnProperty.NULLABLE),
        new Type.Column("value", Double.class));
    return Table.create(client, name, type, options);
  }

  private static void withPrimaryKey(Setup setup, GPUdb client, String name) throws Exception {
    Table table = table(client, name, Table.NO_OPTIONS, ColumnProperty.PRIMARY_KEY);
    List<Record> rows = rows(table);
    table.insert(rows);
    Check.equal(
        "ranks that have rows", setup.ranks(), KeysScenario.checkRanks(setup, table, rows).size());
    checkAll(table, rows);
  }

  private static void withoutKey(Setup setup, GPUdb client, String name) throws Exception {
    Table table = table(client, name, Table.NO_OPTIONS);
    List<Record> rows = rows(table);
    table.insert(rows);
    checkAll(table, rows);
    // The client draws a shard for each row.
    Map<Integer, Long> ranks = Ranks.rows(setup, name);
    Check.equal("ranks that have rows", setup.ranks(), ranks.size());
    long share = ROWS / setup.ranks();
    ranks.forEach((rank, count)
                      -> Check.that("about a third of the rows on rank " + rank + ": " + count,
                          Math.abs(count - share) < share / 2));
  }

  private static void replicated(Setup setup, GPUdb client, String name) throws Exception {
    Table table =
        table(client, name, GPUdbBase.options("is_replicated", "true"), ColumnProperty.PRIMARY_KEY);
    Check.that("REPLICATED in the table's description",
        client.showTable(name, Table.NO_OPTIONS)
            .getTableDescriptions()
            .get(0)
            .contains("REPLICATED"));
    List<Record> rows = rows(table);
    table.insert(rows);
    checkAll(table, rows);
    Check.equal("a row by key", List.of(rows.get(77)),
        KeysScenario.retriever(table).getByKey(List.of(77L), "").getData());
  }

  /** In one request. */
  private static void headOnly(Setup setup, GPUdb client, String name) throws Exception {
    Table table = table(client, name, Table.NO_OPTIONS, ColumnProperty.PRIMARY_KEY);
    List<Record> rows = rows(table);
    try (BulkInserter<Record> inserter =
             new BulkInserter<>(client, name, table.type, ROWS, Table.NO_OPTIONS)) {
      inserter.insert(rows);
      inserter.flush();
      Check.equal("rows inserted", (long) ROWS, inserter.getCountInserted());
    }
    checkAll(table, rows);
    Check.equal("a row by key, through a worker", List.of(rows.get(77)),
        KeysScenario.retriever(table).getByKey(List.of(77L), "").getData());
  }

  private static void checkAll(Table table, List<Record> rows) throws Exception {
    Check.equal("the size of " + table.name, (long) rows.size(), table.size());
    List<Record> read = table.read();
    Check.equal("rows of " + table.name, rows.size(), read.size());
    Check.equal("the rows of " + table.name, new HashSet<>(rows), new HashSet<>(read));
  }
}
