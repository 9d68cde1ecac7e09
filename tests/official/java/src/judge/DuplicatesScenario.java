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

/** Rows whose key is there already: refused, skipped or replaced, as the options say. */
final class DuplicatesScenario implements Scenario {
  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    Table table = Table.create(client, "duplicates",
        new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY),
        new Type.Column("version", String.class, ColumnProperty.CHAR8));
    List<Record> first = rows(table, 0, 1000, "first");
    table.insert(first);

    List<Record> second = rows(table, 500, 1500, "second");
    BulkInserter.InsertException refused = Check.fails("duplicates without an option",
        BulkInserter.InsertException.class, () -> table.insert(second, Table.NO_OPTIONS));
    Check.that("the refused rows are handed back",
        second.containsAll(refused.getRecords()) && !refused.getRecords().isEmpty());
    // Each rank refuses its whole batch, and each batch has duplicates.
    Check.equal("the rows after a refusal", new HashSet<>(first), new HashSet<>(table.read()));

    Check.equal("rows inserted with ignore_existing_pk", 500L,
        table.insert(second, GPUdbBase.options("ignore_existing_pk", "true")));
    List<Record> ignored = new ArrayList<>(first);
    ignored.addAll(second.subList(500, 1000));
    Check.equal(
        "the rows after ignore_existing_pk", new HashSet<>(ignored), new HashSet<>(table.read()));

    List<Record> third = rows(table, 1000, 2000, "third");
    try (BulkInserter<Record> inserter =
             table.inserter(100, GPUdbBase.options("update_on_existing_pk", "true"))) {
      inserter.insert(third);
      inserter.flush();
      Check.equal("rows inserted by upsert", 500L, inserter.getCountInserted());
      Check.equal("rows updated by upsert", 500L, inserter.getCountUpdated());
    }
    List<Record> upserted = new ArrayList<>(ignored.subList(0, 1000));
    upserted.addAll(third);
    Check.equal("the rows after upsert", new HashSet<>(upserted), new HashSet<>(table.read()));

    twiceInOneBatch(table);
  }

  private static void twiceInOneBatch(Table table) throws Exception {
    Map<String, String> upsert = GPUdbBase.options("update_on_existing_pk", "true");
    try (BulkInserter<Record> inserter = table.inserter(100, upsert)) {
      inserter.insert(table.row(5000, "older"));
      inserter.insert(table.row(5000, "newer"));
      inserter.flush();
      Check.equal("rows inserted", 1L, inserter.getCountInserted());
      Check.equal("rows updated", 1L, inserter.getCountUpdated());
    }
    Check.equal("the last of two wins", List.of(table.row(5000, "newer")),
        KeysScenario.retriever(table).getByKey(List.of(5000), "").getData());
  }

  private static List<Record> rows(Table table, int from, int to, String version) {
    List<Record> rows = new ArrayList<>();
    for (int i = from; i < to; i++) rows.add(table.row(i, version));
    return rows;
  }
}
