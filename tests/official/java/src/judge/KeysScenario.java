package judge;

import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.KeyRouting;
import com.gpudb.Record;
import com.gpudb.RecordRetriever;
import com.gpudb.Type;
import com.gpudb.WorkerList;
import com.gpudb.protocol.GetRecordsResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keys of every type: rows go to the rank that the client's routing names, and are found there by
 * key.
 */
final class KeysScenario implements Scenario {
  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    Ranks.forget(setup);
    for (Sample sample : Sample.keys()) {
      primaryKey(setup, client, sample);
      shardKey(setup, client, sample);
    }
    severalColumns(setup, client);
  }

  private static void primaryKey(Setup setup, GPUdb client, Sample sample) throws Exception {
    Table table = Table.create(client, "primary_" + sample.name(),
        sample.column("k", ColumnProperty.PRIMARY_KEY), new Type.Column("payload", Integer.class));
    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < sample.values().size(); i++) rows.add(table.row(sample.value(i), i));
    table.insert(rows);
    checkRanks(setup, table, rows);
    RecordRetriever<Record> retriever = retriever(table);
    for (Record row : rows) {
      Check.equal(table.name + " where k = " + row.get(0), List.of(row),
          byKey(retriever, row.get(0), "").getData());
    }
  }

  /** Duplicates and nulls are fine in a shard key. */
  private static void shardKey(Setup setup, GPUdb client, Sample sample) throws Exception {
    Table table = Table.create(client, "shard_" + sample.name(), new Type.Column("id", Long.class),
        sample.column("k", ColumnProperty.SHARD_KEY, ColumnProperty.NULLABLE));
    List<Record> rows = new ArrayList<>();
    // The client's own key builder cannot take a null boolean.
    boolean nulls = !sample.properties().contains(ColumnProperty.BOOLEAN);
    for (int i = 0; i < 20; i++) {
      rows.add(table.row((long) i, nulls && i % 5 == 4 ? null : sample.value(i)));
    }
    table.insert(rows);
    checkRanks(setup, table, rows);
    RecordRetriever<Record> retriever = retriever(table);
    for (Record row : rows) {
      List<Record> found = byKey(retriever, row.get(1), "id = " + row.get(0)).getData();
      Check.equal(table.name + " where k = " + row.get(1), List.of(row), found);
    }
  }

  private static void severalColumns(Setup setup, GPUdb client) throws Exception {
    Table table = Table.create(client, "shard_several",
        new Type.Column("a", Integer.class, ColumnProperty.PRIMARY_KEY, ColumnProperty.SHARD_KEY),
        new Type.Column("b", String.class, ColumnProperty.CHAR8, ColumnProperty.PRIMARY_KEY,
            ColumnProperty.SHARD_KEY),
        new Type.Column("c", String.class, ColumnProperty.DATE, ColumnProperty.PRIMARY_KEY),
        new Type.Column("payload", Double.class, ColumnProperty.NULLABLE));
    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      rows.add(table.row(i, "b" + i % 7, "2024-02-" + (10 + i % 10), i % 2 == 0 ? null : i / 2.0));
    }
    table.insert(rows);
    Map<Integer, Long> ranks = checkRanks(setup, table, rows);
    Check.equal("ranks that have rows", setup.ranks(), ranks.size());
    RecordRetriever<Record> retriever = retriever(table);
    for (int i = 0; i < rows.size(); i += 100) {
      Record row = rows.get(i);
      Check.equal("by two key columns", List.of(row),
          retriever.getByKey(List.of(row.get(0), row.get(1)), "").getData());
    }
    Check.equal(
        "a key that is not there", List.of(), retriever.getByKey(List.of(-1, "b"), "").getData());
    GetRecordsResponse<Record> filtered =
        retriever.getByKey(null, "a < 10 and payload is not null");
    Check.equal("without a key, rows", 5, filtered.getData().size());
  }

  static RecordRetriever<Record> retriever(Table table) throws Exception {
    return new RecordRetriever<>(
        table.client, table.name, table.type, new WorkerList(table.client));
  }

  private static GetRecordsResponse<Record> byKey(
      RecordRetriever<Record> retriever, Object key, String expression) throws Exception {
    // Not List.of: the key may be null.
    return retriever.getByKey(Collections.singletonList(key), expression);
  }

  /** Compares what each rank counted with the client's own routing; the rows of each rank. */
  static Map<Integer, Long> checkRanks(Setup setup, Table table, List<Record> rows)
      throws Exception {
    KeyRouting routing = new KeyRouting(table.client, table.type);
    Map<Integer, Long> expected = new TreeMap<>();
    for (Record row : rows) expected.merge(routing.rank(row), 1L, Long::sum);
    Check.equal("rows of " + table.name + " by rank", expected, Ranks.rows(setup, table.name));
    return expected;
  }
}
