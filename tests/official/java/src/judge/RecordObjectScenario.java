package judge;

import com.gpudb.BulkInserter;
import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.Record;
import com.gpudb.RecordObject;
import com.gpudb.RecordRetriever;
import com.gpudb.Type;
import com.gpudb.WorkerList;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** A Java class as a table's type. */
final class RecordObjectScenario implements Scenario {
  /** A row. The client reads the annotations. */
  public static final class Reading extends RecordObject {
    @RecordObject.Column(order = 0, properties = {ColumnProperty.PRIMARY_KEY}) public int sensor;

    @RecordObject.
    Column(order = 1, properties = {ColumnProperty.TIMESTAMP, ColumnProperty.PRIMARY_KEY})
    public long at;

    @RecordObject.Column(order = 2, properties = {ColumnProperty.NULLABLE}) public Double value;

    @RecordObject.Column(order = 3,
        properties = {ColumnProperty.CHAR16, ColumnProperty.DICT, ColumnProperty.NULLABLE})
    public String unit;

    @RecordObject.Column(order = 4, properties = {ColumnProperty.STORE_ONLY}) public ByteBuffer raw;

    @RecordObject.Column(order = 5) public float weight;
  }

  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    String table = Setup.freshTable(client, "readings");
    client.createTable(table, RecordObject.createType(Reading.class, client), Table.NO_OPTIONS);
    Type type = RecordObject.getType(Reading.class);
    Check.equal("the columns", type.getColumns(), Type.fromTable(client, table).getColumns());

    List<Reading> readings = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      Reading reading = new Reading();
      reading.sensor = i % 10;
      reading.at = 1_700_000_000_000L + i;
      reading.value = i % 4 == 0 ? null : i * 0.25;
      reading.unit = i % 3 == 0 ? null : "unit " + i % 3;
      reading.raw = Sample.utf8("raw " + i);
      reading.weight = i;
      readings.add(reading);
    }
    try (BulkInserter<Reading> inserter =
             new BulkInserter<>(client, table, type, 100, null, new WorkerList(client))) {
      inserter.insert(readings);
      inserter.flush();
      Check.equal("rows inserted", 1000L, inserter.getCountInserted());
    }
    List<Reading> read =
        client.<Reading>getRecords(Reading.class, table, 0, 5000, Table.NO_OPTIONS).getData();
    Check.equal("rows", readings.size(), read.size());
    Check.equal("the readings", new HashSet<>(readings), new HashSet<>(read));

    Reading one = readings.get(123);
    // By key the client knows no classes of its user's, only records.
    RecordRetriever<Record> retriever =
        new RecordRetriever<>(client, table, type, new WorkerList(client));
    List<Record> found = retriever.getByKey(List.of(one.sensor, one.at), "").getData();
    Check.equal("readings by key", 1, found.size());
    Check.equal("the reading", one.getDataMap(), found.get(0).getDataMap());
  }
}
