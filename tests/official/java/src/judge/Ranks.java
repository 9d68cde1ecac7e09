package judge;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.json.JSONArray;
import org.json.JSONObject;

/**
 * What the server tells of its ranks and monitors, and does to them for tests: its /debug paths.
 */
final class Ranks {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private Ranks() {}

  /** By rank, for those that have some: the rows accepted there since the last `forget`. */
  static Map<Integer, Long> rows(Setup setup, String table) throws Exception {
    String qualified = table.contains(".") ? table : "ki_home." + table;
    Map<Integer, Long> rows = new TreeMap<>();
    for (Object item :
        new JSONObject(ask(setup, "GET", "/debug/ranks", "")).getJSONArray("ranks")) {
      JSONObject rank = (JSONObject) item;
      JSONObject counts = rank.getJSONObject("tables").optJSONObject(qualified);
      if (counts != null)
        rows.put(rank.getInt("rank"), counts.getLong("rows"));
    }
    return rows;
  }

  /** Counts begin again at 0. */
  static void forget(Setup setup) throws Exception {
    ask(setup, "POST", "/debug/ranks/reset", "");
  }

  /** Deals the shards to these ranks, in turn. */
  static void deal(Setup setup, int... ranks) throws Exception {
    ask(setup, "POST", "/debug/reshard",
        new JSONObject(Map.of("ranks", new JSONArray(ranks))).toString());
  }

  /** Connections to the rank are refused, as if it had died. */
  static void close(Setup setup, int rank) throws Exception {
    ask(setup, "POST", "/debug/ranks/" + rank + "/close", "");
  }

  static void reopen(Setup setup, int rank) throws Exception {
    ask(setup, "POST", "/debug/ranks/" + rank + "/reopen", "");
  }

  static boolean hasSubscriber(Setup setup, String table) throws Exception {
    for (Object item : new JSONArray(ask(setup, "GET", "/debug/monitors", ""))) {
      JSONObject monitor = (JSONObject) item;
      if (monitor.getString("table_name").equals("ki_home." + table)
          && monitor.getInt("subscribers") > 0) {
        return true;
      }
    }
    return false;
  }

  private static String ask(Setup setup, String method, String path, String body) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(setup.urls().get(0) + path))
                              .timeout(Duration.ofSeconds(30))
                              .method(method, HttpRequest.BodyPublishers.ofString(body))
                              .build();
    HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    Check.equal(
        "the status of " + path + ", which answers " + answer.body(), 200, answer.statusCode());
    return answer.body();
  }
}
