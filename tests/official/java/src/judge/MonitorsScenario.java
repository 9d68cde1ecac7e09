package judge;

import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.Type;
import com.gpudb.protocol.ShowTableMonitorsResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * Table monitors shown and cleared. Not for a server of 7.2: these clients cannot read its longer
 * answer.
 */
final class MonitorsScenario implements Scenario {
  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    Table table = Table.create(
        client, "monitored", new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY));
    List<String> events = List.of("insert", "update", "delete");
    List<String> topics = new ArrayList<>();
    for (String event : events) {
      topics.add(
          client.createTableMonitor(table.name, GPUdbBase.options("event", event)).getTopicId());
    }
    ShowTableMonitorsResponse shown = client.showTableMonitors(topics, Table.NO_OPTIONS);
    Check.equal("the monitors shown", topics, shown.getMonitorIds());
    Check.equal("their events", events, shown.getEvents());
    for (String name : shown.getTableNames()) {
      Check.equal("the table of a monitor", "ki_home." + table.name, name);
    }
    for (String topic : topics) client.clearTableMonitor(topic, Table.NO_OPTIONS);
    Check.equal("monitors left", List.of(),
        client.showTableMonitors(List.of(), Table.NO_OPTIONS)
            .getMonitorIds()
            .stream()
            .filter(topics::contains)
            .toList());
  }
}
