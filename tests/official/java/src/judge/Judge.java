package judge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs scenarios with Kinetica's Java client against a running server:
 *
 * <p>judge.Judge [--setting value]... SCENARIO...
 *
 * <p>Prints a line per scenario, "ok NAME" or "FAILED NAME", and the failures to stderr. Ends with
 * status 1 when one failed, 2 when the command line is wrong. README.md lists scenarios and
 * settings.
 */
public final class Judge {
  private static final Map<String, Scenario> SCENARIOS = new LinkedHashMap<>();

  static {
    SCENARIOS.put("types", new TypesScenario());
    SCENARIOS.put("keys", new KeysScenario());
    SCENARIOS.put("record_object", new RecordObjectScenario());
    SCENARIOS.put("plain_object", new PlainObjectScenario());
    SCENARIOS.put("inserts", new InsertScenario());
    SCENARIOS.put("duplicates", new DuplicatesScenario());
    SCENARIOS.put("bad_rows", new BadRowsScenario());
    SCENARIOS.put("queries", new QueriesScenario());
    SCENARIOS.put("changes", new ChangesScenario());
    SCENARIOS.put("columns", new ColumnsScenario());
    SCENARIOS.put("tables", new TablesScenario());
    SCENARIOS.put("sql", new SqlScenario());
    SCENARIOS.put("json", new JsonScenario());
    SCENARIOS.put("connector_sink", new ConnectorSinkScenario());
    SCENARIOS.put("connector_source", new ConnectorSourceScenario());
    SCENARIOS.put("monitors", new MonitorsScenario());
    SCENARIOS.put("resharding", new ReshardingScenario());
    SCENARIOS.put("credentials", new CredentialsScenario());
    SCENARIOS.put("failover", new FailoverScenario());
    SCENARIOS.put("certificate", new CertificateScenario());
    SCENARIOS.put("insert_file", new InsertFileScenario());
  }

  private Judge() {}

  public static void main(String[] arguments) {
    Map<String, String> settings = new HashMap<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      if (!arguments[i].startsWith("--")) {
        names.add(arguments[i]);
      } else if (i + 1 < arguments.length) {
        settings.put(arguments[i].substring(2), arguments[++i]);
      } else {
        throw refuse(arguments[i] + " needs a value");
      }
    }
    if (names.isEmpty())
      throw refuse("no scenario given; known: " + SCENARIOS.keySet());
    for (String name : names) {
      if (!SCENARIOS.containsKey(name)) {
        throw refuse("no scenario " + name + "; known: " + SCENARIOS.keySet());
      }
    }
    // The client's threads are no daemons: only this ends the process.
    System.exit(run(names, new Setup(settings)) ? 0 : 1);
  }

  private static boolean run(List<String> names, Setup setup) {
    boolean all = true;
    for (String name : names) {
      long begin = System.nanoTime();
      try {
        SCENARIOS.get(name).run(setup);
        System.out.printf("ok %s %d ms%n", name, (System.nanoTime() - begin) / 1_000_000);
      } catch (Throwable failure) {
        all = false;
        System.out.println("FAILED " + name);
        System.err.print("FAILED " + name + ": ");
        failure.printStackTrace();
      }
    }
    return all;
  }

  private static RuntimeException refuse(String reason) {
    System.err.println("error: " + reason);
    System.exit(2);
    return new IllegalArgumentException(reason);
  }
}
