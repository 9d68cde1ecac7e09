package judge;

import com.gpudb.Avro;
import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.Record;
import com.gpudb.Type;
import com.gpudb.protocol.CreateTableMonitorResponse;
import com.gpudb.protocol.ShowTableResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.zeromq.ZMQ;

/**
 * The calls of the Java connector's source: a table monitor and its ZeroMQ subscription, as JeroMQ
 * makes it.
 */
final class ConnectorSourceScenario implements Scenario {
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    Table table = Table.create(client, "connector_source",
        new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY),
        new Type.Column("name", String.class, ColumnProperty.NULLABLE));
    String port =
        client.showSystemProperties(Table.NO_OPTIONS).getPropertyMap().get("conf.set_monitor_port");
    Check.that("a port for table monitors", port != null && Integer.parseInt(port) > 0);

    ShowTableResponse shown =
        client.showTable(table.name, GPUdbBase.options("show_children", "false"));
    Check.that("a plain table", !shown.getTableDescriptions().get(0).contains("COLLECTION"));
    CreateTableMonitorResponse monitor = client.createTableMonitor(table.name, Table.NO_OPTIONS);
    Type told = new Type(monitor.getTypeSchema());
    Check.equal("the columns of the monitor", 2, told.getColumnCount());

    ZMQ.Context context = ZMQ.context(1);
    ZMQ.Socket socket = context.socket(ZMQ.SUB);
    try {
      socket.setReceiveTimeOut(100);
      socket.connect("tcp://" + client.getURL().getHost() + ":" + port);
      socket.subscribe(monitor.getTopicId().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      Check.becomes("subscribed", () -> Ranks.hasSubscriber(setup, table.name));
      List<Record> rows = new ArrayList<>();
      for (int i = 0; i < 500; i++) rows.add(table.row(i, i % 3 == 0 ? null : "name " + i));
      table.insert(rows);
      List<List<Object>> expected = rows.stream().map(ConnectorSourceScenario::values).toList();
      List<List<Object>> received = receive(socket, monitor.getTopicId(), told, rows.size());
      Check.equal("the rows received", new HashSet<>(expected), new HashSet<>(received));
    } finally {
      socket.close();
      context.term();
    }
    client.clearTableMonitor(monitor.getTopicId(), Table.NO_OPTIONS);
  }

  private static List<Object> values(Record row) {
    List<Object> values = new ArrayList<>();
    values.add(row.get(0));
    values.add(row.get(1));
    return values;
  }

  private static List<List<Object>> receive(ZMQ.Socket socket, String topic, Type type, int count)
      throws Exception {
    List<List<Object>> received = new ArrayList<>();
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (received.size() < count) {
      Check.that("only " + received.size() + " rows came", System.nanoTime() < deadline);
      byte[] frame = socket.recv();
      if (frame == null)
        continue;
      Check.equal("the topic", topic, new String(frame, java.nio.charset.StandardCharsets.UTF_8));
      while (socket.hasReceiveMore()) {
        Record row = Avro.decode(type, ByteBuffer.wrap(socket.recv()));
        received.add(values(row));
      }
    }
    return received;
  }
}
