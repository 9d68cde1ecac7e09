import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Kinetica's JDBC driver, used as its users do: java -cp DRIVER JdbcJudge.java URL. Each value that
 * comes back is compared; the first that differs ends the program with status 1. "passed N" is its
 * last line.
 */
public final class JdbcJudge {
  private static final int BATCH_ROWS = 2_500;
  private static final int LARGE_ROWS = 25_000; // more than two pages of the driver's

  private static int compared;

  private final Connection connection;

  private JdbcJudge(Connection connection) {
    this.connection = connection;
  }

  public static void main(String[] arguments) throws Exception {
    Class.forName("com.kinetica.jdbc.Driver");
    try (Connection connection = DriverManager.getConnection("jdbc:kinetica:URL=" + arguments[0])) {
      JdbcJudge judge = new JdbcJudge(connection);
      judge.createTables();
      judge.listTables();
      judge.insertEveryType();
      judge.insertBatch();
      judge.readPages();
      judge.changeRows();
      judge.refuse();
      judge.dropTables();
    }
    System.out.println("passed " + compared);
  }

  private static void same(String what, Object expected, Object found) {
    compared++;
    if (!Objects.deepEquals(expected, found)) {
      throw new AssertionError(what + ": expected " + show(expected) + ", found " + show(found));
    }
  }

  private static String show(Object value) {
    return value instanceof byte[] bytes ? Arrays.toString(bytes) : String.valueOf(value);
  }

  private int update(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  private List<List<Object>> rows(ResultSet result) throws SQLException {
    List<List<Object>> rows = new ArrayList<>();
    while (result.next()) {
      List<Object> row = new ArrayList<>();
      for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) row.add(result.getObject(i));
      rows.add(row);
    }
    return rows;
  }

  private List<List<Object>> query(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
         ResultSet result = statement.executeQuery(sql)) {
      return rows(result);
    }
  }

  private static List<Object> row(Object... values) {
    return Arrays.asList(values);
  }

  private void createTables() throws SQLException {
    same("create schema", 0, update("CREATE SCHEMA jdbc"));
    same("create", 0,
        update("CREATE TABLE jdbc.orders (id INT NOT NULL, name VARCHAR(16), price DECIMAL(10, 2), "
            + "PRIMARY KEY (id))"));
    same("create types", 0,
        update("CREATE TABLE jdbc.types (b BOOLEAN, ti TINYINT, si SMALLINT, i INT NOT NULL, "
            + "bi BIGINT, r REAL, d DOUBLE, dc DECIMAL(10, 2), c VARCHAR(16), s VARCHAR, ip IPV4, u UUID, da DATE, "
            + "tm TIME, dt DATETIME, ts TIMESTAMP, bl BLOB, PRIMARY KEY (i))"));
  }

  private void listTables() throws SQLException {
    DatabaseMetaData metadata = connection.getMetaData();
    same("product", "Kinetica", metadata.getDatabaseProductName());
    List<String> tables = new ArrayList<>();
    try (ResultSet result = metadata.getTables(null, "jdbc", "%", null)) {
      while (result.next()) {
        tables.add(result.getString("TABLE_SCHEM") + "." + result.getString("TABLE_NAME") + " "
            + result.getString("TABLE_TYPE"));
      }
    }
    tables.sort(null);
    same("tables", List.of("jdbc.orders TABLE", "jdbc.types TABLE"), tables);
    List<String> columns = new ArrayList<>();
    try (ResultSet result = metadata.getColumns(null, "jdbc", "orders", null)) {
      while (result.next()) {
        columns.add(result.getString("COLUMN_NAME") + " " + result.getString("TYPE_NAME") + " "
            + result.getInt("DATA_TYPE") + " " + result.getString("IS_NULLABLE"));
      }
    }
    same("columns", 3, columns.size());
    same("column id", "id INTEGER " + Types.INTEGER + " NO", columns.get(0));
    same("column name", "name VARCHAR " + Types.VARCHAR + " YES", columns.get(1));
    try (ResultSet result = metadata.getPrimaryKeys(null, "jdbc", "orders")) {
      same("a primary key", true, result.next());
      same("its column", "id", result.getString("COLUMN_NAME"));
      same("one column", false, result.next());
    }
  }

  private void insertEveryType() throws SQLException {
    byte[] bytes = {0, (byte) 255, 7};
    Timestamp moment = Timestamp.valueOf("2024-02-29 12:34:56.789");
    String places = "?"
        + ", ?".repeat(16);
    try (PreparedStatement insert =
             connection.prepareStatement("INSERT INTO jdbc.types VALUES (" + places + ")")) {
      insert.setBoolean(1, true);
      insert.setByte(2, (byte) -128);
      insert.setShort(3, Short.MAX_VALUE);
      insert.setInt(4, 1);
      insert.setLong(5, Long.MIN_VALUE);
      insert.setFloat(6, 0.5f);
      insert.setDouble(7, 1e300);
      insert.setBigDecimal(8, new BigDecimal("19.99"));
      insert.setString(9, "Ada's \"?\" --");
      insert.setString(10, "na\u00efve \u65e5\u672c");
      insert.setString(11, "10.1.2.3");
      insert.setString(12, "123e4567-e89b-12d3-a456-426614174000");
      insert.setDate(13, Date.valueOf("2024-02-29"));
      insert.setTime(14, Time.valueOf("12:34:56"));
      insert.setTimestamp(15, moment);
      insert.setTimestamp(16, moment);
      insert.setBytes(17, bytes);
      same("insert", 1, insert.executeUpdate());
      for (int i = 1; i <= 17; i++) insert.setNull(i, Types.VARCHAR);
      insert.setInt(4, 2);
      same("insert nulls", 1, insert.executeUpdate());
    }
    try (Statement statement = connection.createStatement();
         ResultSet result = statement.executeQuery("SELECT * FROM jdbc.types ORDER BY i")) {
      same("a row", true, result.next());
      same("boolean", true, result.getBoolean("b"));
      same("int8", (byte) -128, result.getByte("ti"));
      same("int16", Short.MAX_VALUE, result.getShort("si"));
      same("int", 1, result.getInt("i"));
      same("long", Long.MIN_VALUE, result.getLong("bi"));
      same("float", 0.5f, result.getFloat("r"));
      same("double", 1e300, result.getDouble("d"));
      same("decimal", new BigDecimal("19.99"), result.getBigDecimal("dc"));
      same("char16", "Ada's \"?\" --", result.getString("c"));
      same("string", "na\u00efve \u65e5\u672c", result.getString("s"));
      same("ipv4", "10.1.2.3", result.getString("ip"));
      same("uuid", "123e4567-e89b-12d3-a456-426614174000", result.getString("u"));
      same("date", Date.valueOf("2024-02-29"), result.getDate("da"));
      same("time", LocalTime.of(12, 34, 56), result.getTime("tm").toLocalTime());
      same("datetime", moment, result.getTimestamp("dt"));
      same("timestamp", moment, result.getTimestamp("ts"));
      same("bytes", bytes, result.getBytes("bl"));
      same("a second row", true, result.next());
      for (int i = 1; i <= 17; i++) {
        same("column " + i + " of nulls", i == 4 ? (Object) 2 : null, result.getObject(i));
      }
      same("no third row", false, result.next());
    }
    chooseByEveryType(moment);
  }

  private void chooseByEveryType(Timestamp moment) throws SQLException {
    String[] columns = {
        "b", "ti", "si", "bi", "r", "d", "dc", "c", "s", "ip", "u", "da", "tm", "dt", "ts"};
    Object[] values = {true, (byte) -128, Short.MAX_VALUE, Long.MIN_VALUE, 0.5f, 1e300,
        new BigDecimal("19.99"), "Ada's \"?\" --", "na\u00efve \u65e5\u672c", "10.1.2.3",
        "123e4567-e89b-12d3-a456-426614174000", Date.valueOf("2024-02-29"),
        Time.valueOf("12:34:56"), moment, moment};
    for (int i = 0; i < columns.length; i++) {
      String sql = "SELECT i, " + columns[i] + " FROM jdbc.types WHERE " + columns[i] + " = ?";
      try (PreparedStatement select = connection.prepareStatement(sql)) {
        // setObject rounds a decimal to a whole number that the driver then cannot send.
        if (values[i] instanceof BigDecimal decimal) {
          select.setBigDecimal(1, decimal);
        } else {
          select.setObject(1, values[i]);
        }
        try (ResultSet result = select.executeQuery()) {
          same(sql, true, result.next());
          same(sql, 1, result.getInt(1));
          same(sql, false, result.next());
        }
      }
    }
  }

  private void insertBatch() throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(
             "INSERT INTO jdbc.orders (name, id, price) VALUES (?, ?, ?)")) {
      for (int i = 0; i < BATCH_ROWS; i++) {
        insert.setString(1, i % 10 == 0 ? null : "n" + i);
        insert.setInt(2, i);
        // As a text: in a batch the driver sends 1 for the decimal 1.20.
        insert.setString(3, BigDecimal.valueOf(i, 2).toString());
        insert.addBatch();
      }
      // The driver gives one count for all of them.
      same("batch", BATCH_ROWS, Arrays.stream(insert.executeBatch()).sum());
    }
    same("count(*)", List.of(row((long) BATCH_ROWS)), query("SELECT count(*) FROM jdbc.orders"));
    same("where", List.of(row(120, null, "1.20"), row(121, "n121", "1.21")),
        query("SELECT id, name, price FROM jdbc.orders WHERE id BETWEEN 120 AND 121 ORDER BY id"));
    same("aggregates", List.of(row((long) BATCH_ROWS * (BATCH_ROWS - 1) / 2, "n999")),
        query("SELECT sum(id), max(name) FROM jdbc.orders"));
  }

  private void readPages() throws SQLException {
    update("CREATE TABLE jdbc.large (n INT NOT NULL, PRIMARY KEY (n))");
    try (PreparedStatement insert =
             connection.prepareStatement("INSERT INTO jdbc.large VALUES (?)")) {
      for (int i = 0; i < LARGE_ROWS; i++) {
        insert.setInt(1, i);
        insert.addBatch();
      }
      insert.executeBatch();
    }
    try (Statement statement = connection.createStatement();
         ResultSet result = statement.executeQuery("SELECT n FROM jdbc.large ORDER BY n DESC")) {
      for (int i = LARGE_ROWS - 1; i >= 0; i--) {
        if (!result.next() || result.getInt(1) != i)
          same("row of a page", i, result.getInt(1));
      }
      same("the end of the pages", false, result.next());
    }
  }

  private void changeRows() throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(
             "UPDATE jdbc.orders SET name = ?, price = ? WHERE id = ?")) {
      update.setString(1, "changed");
      update.setBigDecimal(2, new BigDecimal("0.05"));
      update.setInt(3, 7);
      same("update", 1, update.executeUpdate());
    }
    same("updated", List.of(row(7, "changed", "0.05")),
        query("SELECT * FROM jdbc.orders WHERE name = 'changed'"));
    same("delete", BATCH_ROWS - 8, update("DELETE FROM jdbc.orders WHERE id >= 8"));
    same("insert by statement", 1,
        update("INSERT INTO jdbc.orders (id, name) VALUES (100, 'plain''s')"));
    same("inserted", List.of(row(100, "plain's", null)),
        query("SELECT * FROM jdbc.orders WHERE id > 50"));
    same("groups", List.of(row(0L, 8L, "n6"), row(1L, 1L, "plain's")),
        query("SELECT id > 50, count(*), max(name) FROM jdbc.orders GROUP BY 1 ORDER BY 1"));
  }

  private void refuse() {
    try {
      query("SELECT id FROM jdbc.orders UNION SELECT 1");
      throw new AssertionError("UNION was taken");
    } catch (SQLException e) {
      same("an error with its place: " + e.getMessage(), true,
          e.getMessage().contains("character 28"));
    }
  }

  private void dropTables() throws SQLException {
    for (String table : List.of("orders", "types", "large"))
      same("drop", 0, update("DROP TABLE jdbc." + table));
    try (ResultSet result = connection.getMetaData().getTables(null, "jdbc", "%", null)) {
      same("no tables", false, result.next());
    }
  }
}
