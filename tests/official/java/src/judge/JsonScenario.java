package judge;

import com.gpudb.BulkInserter;
import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.Record;
import com.gpudb.Type;
import com.gpudb.WorkerList;
import java.util.List;
import java.util.Map;
import org.json.JSONArray;

/** Rows as JSON text, in and out. */
final class JsonScenario implements Scenario {
  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    Table table = Table.create(client, "json_rows",
        new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY),
        new Type.Column("name", String.class, ColumnProperty.NULLABLE),
        new Type.Column("value", Double.class));
    Map<String, Object> response = client.insertRecordsFromJson(
        "[{\"id\":1,\"name\":\"one\",\"value\":1.5},{\"id\":2,\"name\":null,\"value\":2}]",
        table.name);
    Check.equal("the status", "OK", response.get("status"));
    Check.equal("rows inserted", 2, ((Map<?, ?>) response.get("data")).get("count_inserted"));
    response = client.insertRecordsFromJson("{\"id\":1,\"name\":\"uno\",\"value\":-1}", table.name,
        new GPUdbBase.JsonOptions(true, false), null,
        GPUdbBase.options("update_on_existing_pk", "true"));
    Check.equal("rows updated", 1, ((Map<?, ?>) response.get("data")).get("count_updated"));

    try (BulkInserter<String> inserter =
             new BulkInserter<>(client, table.name, table.type, 10, null, new WorkerList(client))) {
      for (int i = 3; i <= 50; i++) {
        inserter.insert("{\"id\":" + i + ",\"name\":\"n" + i + "\",\"value\":" + i + "}");
      }
      inserter.flush();
      Check.equal("rows inserted in bulk", 48L, inserter.getCountInserted());
    }
    List<Record> rows = table.read(GPUdbBase.options("sort_by", "id"));
    Check.equal("rows", 50, rows.size());
    Check.equal("row 1", table.row(1, "uno", -1.0), rows.get(0));
    Check.equal("row 2", table.row(2, null, 2.0), rows.get(1));
    Check.equal("row 50", table.row(50, "n50", 50.0), rows.get(49));

    GPUdbBase.GetRecordsJsonResponse page =
        client.getRecordsJson(table.name, List.of("id", "name"), 0, 2, "id > 10", List.of("id"));
    Check.equal("more rows", true, page.hasMoreRecords());
    JSONArray read = new JSONArray(page.getJsonRecords());
    Check.equal("rows of a page", 2, read.length());
    Check.equal("id", 11, read.getJSONObject(0).getInt("id"));
    Check.equal("name", "n12", read.getJSONObject(1).getString("name"));
  }
}
