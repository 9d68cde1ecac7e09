package judge;

import com.gpudb.BulkInserter;
import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.Record;
import com.gpudb.Type;
import java.net.URL;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A ring of two clusters, of which the first ends while an inserter and a retriever are at work.
 * Prints "kill URL" when that server is to be killed, and goes on when it answers no more.
 */
final class FailoverScenario implements Scenario {
  private static final String NAME = "failover";

  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    Check.equal("clusters in the ring", 2, client.getHARingSize());
    Check.equal("the head in use", setup.urls().get(0), client.getURL().toString());
    Type type = new Type(new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY),
        new Type.Column("name", String.class));
    Table table = Table.create(client, NAME, type, Table.NO_OPTIONS);
    ensureOnSecond(setup, type);

    List<Record> before = rows(table, 0, 2000);
    List<Record> after = rows(table, 2000, 5000);
    try (BulkInserter<Record> inserter = table.inserter(100, Table.NO_OPTIONS)) {
      inserter.insert(before);
      inserter.flush();
      Check.equal("rows on the first cluster", 2000L, table.size());
      var retriever = KeysScenario.retriever(table);

      System.out.println("kill " + setup.urls().get(0));
      System.out.flush();
      Check.becomes("the first server ended",
          () -> !client.ping(new URL(setup.urls().get(0))).contains("running"));

      inserter.insert(after);
      inserter.flush();
      Check.equal("the head in use", setup.urls().get(1), client.getURL().toString());
      Check.equal("rows inserted", 5000L, inserter.getCountInserted());
      Check.equal("a row by key", List.of(after.get(1)),
          retriever.getByKey(List.of(after.get(1).get(0)), "").getData());
    }
    // A client that starts now finds the cluster that is left.
    Check.equal("a new client's head", setup.urls().get(1), setup.connect().getURL().toString());
    Set<Record> there = new HashSet<>(table.read());
    Check.that("all rows sent after the failover", there.containsAll(after));
    there.removeAll(after);
    Check.that("no other rows than those sent", new HashSet<>(before).containsAll(there));
  }

  /** A ring copies tables between its clusters; servers that are no ring are told here. */
  private static void ensureOnSecond(Setup setup, Type type) throws Exception {
    GPUdb second = new GPUdb(setup.urls().get(1), setup.options().setDisableFailover(true));
    if (!second.hasTable(NAME, Table.NO_OPTIONS).getTableExists()) {
      Table.create(second, NAME, type, Table.NO_OPTIONS);
    }
  }

  private static List<Record> rows(Table table, int from, int to) {
    List<Record> rows = new ArrayList<>();
    for (int i = from; i < to; i++) rows.add(table.row(i, "name " + i));
    return rows;
  }
}
