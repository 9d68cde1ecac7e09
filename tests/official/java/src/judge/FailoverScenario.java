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
    createOnSecond(setup, type);

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
    if (!setup.discover()) {
      // A client that starts now finds the cluster that is left.
      GPUdb late = setup.connect();
      Check.equal("the table", true, late.hasTable(NAME, Table.NO_OPTIONS).getTableExists());
      Check.equal("a new client's head", setup.urls().get(1), late.getURL().toString());
    }
    Check.equal(
        "the rows of the second cluster", new HashSet<>(after), new HashSet<>(table.read()));
  }

  /** Nothing is copied within the ring. */
  private static void createOnSecond(Setup setup, Type type) throws Exception {
    Table.create(new GPUdb(setup.urls().get(1), setup.options().setDisableFailover(true)), NAME,
        type, Table.NO_OPTIONS);
  }

  private static List<Record> rows(Table table, int from, int to) {
    List<Record> rows = new ArrayList<>();
    for (int i = from; i < to; i++) rows.add(table.row(i, "name " + i));
    return rows;
  }
}
