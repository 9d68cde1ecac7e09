package judge;

import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.GPUdbException;
import com.gpudb.Record;
import com.gpudb.Type;
import com.gpudb.protocol.DeleteRecordsResponse;
import com.gpudb.protocol.UpdateRecordsResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Rows deleted and updated by expressions. */
final class ChangesScenario implements Scenario {
  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    updates(client);
    deletes(client);
  }

  private static Table table(GPUdb client, String name) throws Exception {
    Table table =
        Table.create(client, name, new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY),
            new Type.Column("name", String.class, ColumnProperty.CHAR16, ColumnProperty.NULLABLE),
            new Type.Column("value", Double.class));
    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) rows.add(table.row(i, "name " + i, i * 1.0));
    table.insert(rows);
    return table;
  }

  private static void updates(GPUdb client) throws Exception {
    Table table = table(client, "updates");
    Map<String, String> rename = new HashMap<>();
    rename.put("name", "renamed");
    Map<String, String> clear = new HashMap<>();
    clear.put("name", null);
    clear.put("value", "-2.5");
    UpdateRecordsResponse done =
        client.updateRecords(table.name, List.of("id < 10", "id = 50", "id > 1000"),
            List.of(rename, clear, rename), null, Table.NO_OPTIONS);
    Check.equal("rows updated", 11L, done.getCountUpdated());
    Check.equal("rows updated by each expression", List.of(10L, 1L, 0L), done.getCountsUpdated());
    List<Record> rows = table.read(GPUdbBase.options("sort_by", "id"));
    for (int i = 0; i < 100; i++) {
      Record expected = table.row(i,
          i < 10        ? "renamed"
              : i == 50 ? null
                        : "name " + i,
          i == 50 ? -2.5 : i * 1.0);
      Check.equal("row " + i, expected, rows.get(i));
    }

    Map<String, String> tooLong = new HashMap<>();
    tooLong.put("name", "x".repeat(17));
    GPUdbException refused = Check.fails("a value that is too long", GPUdbException.class,
        ()
            -> client.updateRecords(
                table.name, List.of("id = 1"), List.of(tooLong), null, Table.NO_OPTIONS));
    Check.contains("the reason", "name", refused.getMessage());

    // The records for an expression that matches nothing are inserted.
    UpdateRecordsResponse upserted = client.updateRecords(table.name, List.of("id = 500"),
        List.of(rename), List.of(table.row(500, "new", 5.0)),
        GPUdbBase.options("update_on_existing_pk", "true"));
    Check.equal("rows inserted by an update", 1L, upserted.getCountInserted());
    Check.equal("the inserted row", List.of(table.row(500, "new", 5.0)),
        table.read(GPUdbBase.options("expression", "id = 500")));
  }

  private static void deletes(GPUdb client) throws Exception {
    Table table = table(client, "deletes");
    DeleteRecordsResponse done = client.deleteRecords(
        table.name, List.of("id < 10", "id = 50", "id > 1000"), Table.NO_OPTIONS);
    Check.equal("rows deleted", 11L, done.getCountDeleted());
    Check.equal("rows deleted by each expression", List.of(10L, 1L, 0L), done.getCountsDeleted());
    Check.equal("rows left", 89, new HashSet<>(table.read()).size());
    Check.equal("a deleted row by key", List.of(),
        KeysScenario.retriever(table).getByKey(List.of(50), "").getData());
    table.insert(List.of(table.row(50, "back", 0.0)));

    done = client.deleteRecords(
        table.name, List.of(), GPUdbBase.options("delete_all_records", "true"));
    Check.equal("all rows deleted", 90L, done.getCountDeleted());
    Check.equal("no rows left", List.of(), table.read());
  }
}
