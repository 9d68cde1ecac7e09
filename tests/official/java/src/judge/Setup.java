package judge;

import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.GPUdbException;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the scenarios are told on the command line, and the clients made from it. */
final class Setup {
  private final Map<String, String> settings;

  Setup(Map<String, String> settings) {
    this.settings = settings;
  }

  String get(String name) {
    String value = settings.get(name);
    if (value == null)
      throw new IllegalArgumentException("--" + name + " is missing");
    return value;
  }

  /** Several, separated by commas, are one HA ring. The first is the primary. */
  List<String> urls() {
    return List.of(get("url").split(","));
  }

  /** Whether the client is given the first URL alone, and must learn the ring from that server. */
  boolean discover() {
    return Boolean.parseBoolean(settings.get("discover"));
  }

  /** Ranks with a port for inserts, the head not counted. */
  int ranks() {
    return Integer.parseInt(get("ranks"));
  }

  /** Whether the server speaks as 7.0, 7.1 or 7.2. */
  String kineticaVersion() {
    return get("kinetica-version");
  }

  GPUdbBase.Options options() {
    GPUdbBase.Options options = new GPUdbBase.Options();
    // Long enough for a busy machine, short enough for a server that hangs to be a failure.
    options.setTimeout(60_000);
    options.setServerConnectionTimeout(10_000);
    // Zero: one attempt. Without it the client asks a server that is not there for minutes.
    options.setInitialConnectionAttemptTimeout(0);
    return options;
  }

  GPUdb connect() throws Exception {
    return connect(options());
  }

  GPUdb connect(GPUdbBase.Options options) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String url : discover() ? urls().subList(0, 1) : urls()) urls.add(new URL(url));
    return new GPUdb(urls, options.setPrimaryUrl(urls().get(0)));
  }

  /** A table's name that nothing else uses; a table left by an earlier run is cleared. */
  static String freshTable(GPUdb client, String name) throws GPUdbException {
    client.clearTable(name, "", GPUdbBase.options("no_error_if_not_exists", "true"));
    return name;
  }
}
