package judge;

import com.gpudb.BulkInserter;
import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.Record;
import com.gpudb.RecordRetriever;
import com.gpudb.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Shards that move while an inserter is at work, and a rank that dies and comes back. */
final class ReshardingScenario implements Scenario {
  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    try {
      shardsMove(setup, client);
      rankDies(setup, client);
    } finally {
      Ranks.deal(setup, 1, 2, 3);
    }
  }

  private static Table table(GPUdb client, String name) throws Exception {
    return Table.create(
        client, name, new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY));
  }

  private static List<Record> rows(Table table, int from, int to) {
    List<Record> rows = new ArrayList<>();
    for (int i = from; i < to; i++) rows.add(table.row(i));
    return rows;
  }

  private static void shardsMove(Setup setup, GPUdb client) throws Exception {
    Table table = table(client, "moving_shards");
    Ranks.forget(setup);
    RecordRetriever<Record> retriever = KeysScenario.retriever(table);
    try (BulkInserter<Record> inserter = table.inserter(50, Table.NO_OPTIONS)) {
      inserter.insert(rows(table, 0, 1000));
      inserter.flush();
      Ranks.deal(setup, 2, 3, 1);
      // By the old table; the answer makes the client read the new one.
      inserter.insert(rows(table, 1000, 2000));
      inserter.flush();
      Ranks.forget(setup);
      List<Record> last = rows(table, 2000, 3000);
      inserter.insert(last);
      inserter.flush();
      KeysScenario.checkRanks(setup, table, last);
      Check.equal("rows inserted", 3000L, inserter.getCountInserted());
    }
    Check.equal("the rows", new HashSet<>(rows(table, 0, 3000)), new HashSet<>(table.read()));
    for (int id : new int[] {5, 1005, 2005}) {
      Check.equal("row " + id + " by key, by the old table", List.of(table.row(id)),
          retriever.getByKey(List.of(id), "").getData());
    }
  }

  private static void rankDies(Setup setup, GPUdb client) throws Exception {
    Table table = table(client, "dying_rank");
    List<Record> rows = rows(table, 0, 1000);
    Set<Object> lost = new HashSet<>();
    try (BulkInserter<Record> inserter =
             table.inserter(1000, GPUdbBase.options("update_on_existing_pk", "true"))) {
      inserter.insert(rows);
      Ranks.close(setup, 2);
      BulkInserter.InsertException failure =
          Check.fails("a rank that is gone", BulkInserter.InsertException.class, inserter::flush);
      lost.addAll(failure.getRecords());
      Check.that("no record is handed back", !lost.isEmpty());
      Ranks.reopen(setup, 2);
    }
    Set<Record> there = new HashSet<>(table.read());
    for (Record row : rows) {
      Check.that("row " + row + " is neither there nor handed back",
          there.contains(row) || lost.contains(row));
    }
    table.insert(rows(table, 0, 1000), GPUdbBase.options("update_on_existing_pk", "true"));
    Check.equal("the rows, sent again", new HashSet<>(rows), new HashSet<>(table.read()));
  }
}
