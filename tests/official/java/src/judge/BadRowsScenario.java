package judge;

import com.gpudb.BulkInserter;
import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.Record;
import com.gpudb.Type;
import com.gpudb.protocol.InsertRecordsResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Rows that the server, or the client itself, refuses: one by one, or with their batch. */
final class BadRowsScenario implements Scenario {
  private static final int ROWS = 300;

  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    partialBatches(client);
    individualErrorsOfWholeBatches(client);
    wholeBatchRefused(client);
    truncatedStrings(client);
    recordIds(client);
    tableThatIsNotThere(client);
  }

  private static Table table(GPUdb client, String name) throws Exception {
    return Table.create(client, name,
        new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY),
        new Type.Column("code", String.class, ColumnProperty.CHAR4),
        new Type.Column("day", String.class, ColumnProperty.DATE),
        new Type.Column("small", Integer.class, ColumnProperty.INT8),
        new Type.Column("address", String.class, ColumnProperty.IPV4, ColumnProperty.NULLABLE),
        new Type.Column("amount", String.class, ColumnProperty.DECIMAL));
  }

  private static Record good(Table table, int id) {
    return table.row(id, "abcd", "2024-02-29", id % 128, null, "1.5000");
  }

  /** By row number: the column that is wrong. The server's reason must name it. */
  private static Map<Integer, String> spoil(List<Record> rows) {
    Map<Integer, String> bad = new TreeMap<>();
    spoil(rows, bad, 3, "code", "abcde");
    spoil(rows, bad, 50, "day", "2024-13-01");
    spoil(rows, bad, 51, "small", 128);
    spoil(rows, bad, 52, "address", "1.2.3.256");
    spoil(rows, bad, 299, "amount", "abc");
    return bad;
  }

  private static void spoil(
      List<Record> rows, Map<Integer, String> bad, int row, String column, Object value) {
    rows.get(row).put(column, value);
    bad.put(row, column);
  }

  private static List<Record> goodRows(Table table) {
    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) rows.add(good(table, i));
    return rows;
  }

  private static void partialBatches(GPUdb client) throws Exception {
    Table table = table(client, "partial_batches");
    List<Record> rows = goodRows(table);
    Map<Integer, String> bad = spoil(rows);
    // This one the client cannot encode: it sends an empty item.
    rows.get(120).put("code", null);
    Map<String, String> options =
        GPUdbBase.options("return_individual_errors", "true", "allow_partial_batch", "true");
    try (BulkInserter<Record> inserter = table.inserter(40, options)) {
      inserter.insert(rows);
      inserter.flush();
      Check.equal("rows inserted", (long) ROWS - bad.size() - 1, inserter.getCountInserted());
      List<BulkInserter.InsertException> errors = new ArrayList<>(inserter.getErrors());
      Check.equal("errors", bad.size() + 1, errors.size());
      errors.sort(Comparator.comparing(error -> id(error)));
      for (BulkInserter.InsertException error : errors) {
        int id = id(error);
        if (id == 120)
          continue;
        Check.that("an error of a good row " + id, bad.containsKey(id));
        Check.contains("the reason for row " + id, bad.get(id), error.getMessage());
      }
    }
    rows.removeIf(row -> row.get("code") == null || bad.containsKey(row.get("id")));
    Check.equal("the good rows", new HashSet<>(rows), new HashSet<>(table.read()));
  }

  private static int id(BulkInserter.InsertException error) {
    Check.equal("records of an error", 1, error.getRecords().size());
    return (Integer) ((Record) error.getRecords().get(0)).get("id");
  }

  /** The client stops by itself after the first error. */
  private static void individualErrorsOfWholeBatches(GPUdb client) throws Exception {
    Table table = table(client, "whole_batches");
    List<Record> rows = goodRows(table);
    Map<Integer, String> bad = spoil(rows);
    Map<String, String> options = GPUdbBase.options("return_individual_errors", "true");
    try (BulkInserter<Record> inserter =
             new BulkInserter<>(client, table.name, table.type, ROWS, options)) {
      inserter.insert(rows);
      inserter.flush();
      Check.equal("rows inserted", 0L, inserter.getCountInserted());
      List<BulkInserter.InsertException> errors = inserter.getErrors();
      Check.that("no error", !errors.isEmpty());
      for (BulkInserter.InsertException error : errors) {
        Check.contains("the reason", bad.get(id(error)), error.getMessage());
      }
      inserter.insert(good(table, 1000));
      inserter.flush();
      Check.equal("rows inserted afterwards", 0L, inserter.getCountInserted());
    }
    Check.equal("rows of the table", 0L, table.size());
  }

  private static void wholeBatchRefused(GPUdb client) throws Exception {
    Table table = table(client, "refused_batch");
    List<Record> rows = goodRows(table);
    rows.get(51).put("small", 128);
    try (BulkInserter<Record> inserter =
             new BulkInserter<>(client, table.name, table.type, ROWS, Table.NO_OPTIONS)) {
      BulkInserter.InsertException refused =
          Check.fails("a batch with a bad row", BulkInserter.InsertException.class, () -> {
            inserter.insert(rows);
            inserter.flush();
          });
      Check.equal("the records of the refused batch", rows, refused.getRecords());
      Check.contains("the reason", "small", refused.getMessage());
    }
    Check.equal("rows of the table", 0L, table.size());
  }

  private static void truncatedStrings(GPUdb client) throws Exception {
    Table table = table(client, "truncated_strings");
    Record row = good(table, 1);
    row.put("code", "abcde");
    table.insert(List.of(row), GPUdbBase.options("truncate_strings", "true"));
    Check.equal("the row, cut", List.of(good(table, 1)), table.read());
  }

  private static void recordIds(GPUdb client) throws Exception {
    Table table = table(client, "record_ids");
    List<Record> rows = List.of(good(table, 1), good(table, 2));
    InsertRecordsResponse ids =
        client.insertRecords(table.name, rows, GPUdbBase.options("return_record_ids", "true"));
    Check.equal("record ids", 2, new HashSet<>(ids.getRecordIds()).size());
    InsertRecordsResponse none =
        client.insertRecords(table.name, List.of(good(table, 3)), Table.NO_OPTIONS);
    Check.equal("record ids that nobody asked for", List.of(), none.getRecordIds());
  }

  private static void tableThatIsNotThere(GPUdb client) throws Exception {
    Table table = table(client, "soon_gone");
    try (BulkInserter<Record> inserter = table.inserter(10, Table.NO_OPTIONS)) {
      client.clearTable(table.name, "", Table.NO_OPTIONS);
      BulkInserter.InsertException gone =
          Check.fails("a table that is gone", BulkInserter.InsertException.class, () -> {
            inserter.insert(good(table, 1));
            inserter.flush();
          });
      Check.contains("the reason", table.name, gone.getMessage());
    }
  }
}
