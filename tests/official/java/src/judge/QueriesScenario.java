package judge;

import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.Record;
import com.gpudb.Type;
import com.gpudb.protocol.AggregateMinMaxResponse;
import com.gpudb.protocol.GetRecordsResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Reads with expressions, order, offset and limit; aggregates. */
final class QueriesScenario implements Scenario {
  private static final int ROWS = 1000;

  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    Table table = Table.create(client, "queries",
        new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY),
        new Type.Column("kind", String.class, ColumnProperty.CHAR8),
        new Type.Column("value", Double.class, ColumnProperty.NULLABLE),
        new Type.Column("day", String.class, ColumnProperty.DATE));
    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(table.row(i, "g" + i % 4, i % 10 == 0 ? null : i / 2.0, "2024-01-" + (10 + i % 20)));
    }
    table.insert(rows);
    expressions(table, rows);
    orderAndPages(table, rows);
    byColumn(table, rows);
    aggregates(table);
  }

  private static void expressions(Table table, List<Record> rows) throws Exception {
    matches(table, rows, "id = 17", id -> id == 17);
    matches(table, rows, "(id >= 10) and (id < 20)", id -> id >= 10 && id < 20);
    matches(table, rows, "id < 3 or id > 995", id -> id < 3 || id > 995);
    matches(table, rows, "not (id > 5)", id -> id <= 5);
    matches(table, rows, "kind = \"g1\" and id < 20", id -> id % 4 == 1 && id < 20);
    matches(table, rows, "id in (1, 5, 2000)", id -> id == 1 || id == 5);
    matches(table, rows, "id between 7 and 9", id -> id >= 7 && id <= 9);
    matches(table, rows, "is_null(value)", id -> id % 10 == 0);
    matches(table, rows, "value is not null and id < 11", id -> id % 10 != 0 && id < 11);
    matches(table, rows, "id <> 0 and id != 1 and id <= 3", id -> id == 2 || id == 3);
    matches(table, rows, "day = '2024-01-10'", id -> id % 20 == 0);
    Exception refused = Check.fails("an expression of nonsense", com.gpudb.GPUdbException.class,
        () -> table.read(GPUdbBase.options("expression", "no_such_column = 1")));
    Check.contains("the reason", "no_such_column", refused.getMessage());
  }

  private interface Condition {
    boolean holds(int id);
  }

  private static void matches(
      Table table, List<Record> rows, String expression, Condition condition) throws Exception {
    List<Record> expected = new ArrayList<>();
    for (Record row : rows)
      if (condition.holds((Integer) row.get(0)))
        expected.add(row);
    List<Record> read = table.read(GPUdbBase.options("expression", expression));
    Check.equal("rows where " + expression, expected.size(), read.size());
    Check.equal("the rows where " + expression, new HashSet<>(expected), new HashSet<>(read));
  }

  private static void orderAndPages(Table table, List<Record> rows) throws Exception {
    Map<String, String> descending = GPUdbBase.options("sort_by", "id", "sort_order", "descending");
    List<Record> read = table.read(descending);
    for (int i = 0; i < ROWS; i++) {
      Check.equal("row " + i + " in descending order", rows.get(ROWS - 1 - i), read.get(i));
    }
    GetRecordsResponse<Record> page =
        table.client.getRecords(table.type, table.name, 10, 5, descending);
    Check.equal("a page", read.subList(10, 15), page.getData());
    Check.equal("more after a page", true, page.getHasMoreRecords());
    page = table.client.getRecords(table.type, table.name, ROWS - 5, GPUdb.END_OF_SET, descending);
    Check.equal("the last page", read.subList(ROWS - 5, ROWS), page.getData());
    Check.equal("more after the last page", false, page.getHasMoreRecords());
    page = table.client.getRecords(table.type, table.name, ROWS, 10, descending);
    Check.equal("a page beyond the end", List.of(), page.getData());
  }

  private static void byColumn(Table table, List<Record> rows) throws Exception {
    List<Record> read = table.readColumns(
        List.of("value", "id"), GPUdbBase.options("expression", "id < 50", "order_by", "id desc"));
    Check.equal("rows by column", 50, read.size());
    for (int i = 0; i < 50; i++) {
      Record row = rows.get(49 - i);
      Check.equal("columns", 2, read.get(i).getType().getColumnCount());
      Check.equal("value by column", row.get("value"), read.get(i).get(0));
      Check.equal("id by column", row.get("id"), read.get(i).get("id"));
    }
    List<Record> all = table.readColumns(List.of("*"), GPUdbBase.options("sort_by", "id"));
    Check.equal("all columns", table.type.getColumnCount(), all.get(0).getType().getColumnCount());
    Check.equal("rows of all columns", ROWS, all.size());
    Check.equal("no rows by column", List.of(),
        table.readColumns(List.of("id"), GPUdbBase.options("expression", "id < 0")));
  }

  private static void aggregates(Table table) throws Exception {
    Map<String, Double> stats =
        table.client
            .aggregateStatistics(table.name, "value", "count,sum,min,max,mean", Table.NO_OPTIONS)
            .getStats();
    double sum = 0;
    int count = 0;
    for (int i = 0; i < ROWS; i++) {
      if (i % 10 == 0)
        continue;
      sum += i / 2.0;
      count++;
    }
    // Of rows, whether they have a value or not.
    Check.equal("count", (double) ROWS, stats.get("count"));
    Check.equal("sum", sum, stats.get("sum"));
    Check.equal("min", 0.5, stats.get("min"));
    Check.equal("max", 499.5, stats.get("max"));
    Check.equal("mean", sum / count, stats.get("mean"));

    AggregateMinMaxResponse minMax =
        table.client.aggregateMinMax(table.name, "id", Table.NO_OPTIONS);
    Check.equal("the least id", 0.0, minMax.getMin());
    Check.equal("the greatest id", 999.0, minMax.getMax());

    List<Record> unique =
        table.client.aggregateUnique(table.name, "kind", 0, 100, Table.NO_OPTIONS).getData();
    TreeSet<String> groups = new TreeSet<>();
    for (Record row : unique) groups.add((String) row.get(0));
    Check.equal("unique values", 4, unique.size());
    Check.equal("the unique values", "[g0, g1, g2, g3]", groups.toString());
  }
}
