package judge;

import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.GPUdbException;
import com.gpudb.Record;
import com.gpudb.Type;
import com.gpudb.protocol.AlterTableColumnsResponse;
import com.gpudb.protocol.AlterTableRequest;
import com.gpudb.protocol.AlterTableResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Columns added, changed, renamed and deleted under rows that stay. */
final class ColumnsScenario implements Scenario {
  private static final String NAME = "columns";

  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    Table before =
        Table.create(client, NAME, new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY),
            new Type.Column("code", String.class, ColumnProperty.CHAR4),
            new Type.Column("amount", Integer.class), new Type.Column("old", String.class));
    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < 500; i++) rows.add(before.row(i, "c" + i % 100, i * 2, "old " + i));
    before.insert(rows);

    severalAtOnce(client, before);
    oneByOne(client);
    refused(client);
  }

  private static void severalAtOnce(GPUdb client, Table before) throws Exception {
    String typeIdBefore = client.showTable(NAME, Table.NO_OPTIONS).getTypeIds().get(0);
    AlterTableColumnsResponse altered = client.alterTableColumns(NAME,
        List.of(alteration("add_column", "note", "column_type", "string", "column_properties",
                    "char16,nullable"),
            alteration(
                "add_column", "score", "column_type", "double", "column_default_value", "1.5"),
            alteration("change_column", "code", "column_type", "string", "column_properties",
                "char16,nullable"),
            alteration("change_column", "amount", "column_type", "long"),
            alteration("delete_column", "old")),
        Table.NO_OPTIONS);
    Check.that("a new type id", !typeIdBefore.equals(altered.getTypeId()));
    Type expected = new Type("", new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY),
        new Type.Column("code", String.class, ColumnProperty.CHAR16, ColumnProperty.NULLABLE),
        new Type.Column("amount", Long.class),
        new Type.Column("note", String.class, ColumnProperty.CHAR16, ColumnProperty.NULLABLE),
        new Type.Column("score", Double.class));
    Check.equal("the type in the response", expected,
        new Type("", altered.getTypeDefinition(), altered.getProperties()));
    Table after = Table.open(client, NAME);
    Check.equal("the type of the table", expected, after.type);
    Check.equal("the type by id", expected, Type.fromType(client, altered.getTypeId()));

    List<Record> rows = after.read(GPUdbBase.options("sort_by", "id"));
    Check.equal("rows", 500, rows.size());
    for (int i = 0; i < rows.size(); i++) {
      Check.equal("row " + i, after.row(i, "c" + i % 100, i * 2L, null, 1.5), rows.get(i));
    }
    Record added = after.row(1000, null, 1L << 40, "a note", -0.5);
    after.insert(List.of(added));
    Check.equal("a row of the new type", List.of(added),
        KeysScenario.retriever(after).getByKey(List.of(1000), "").getData());
    // Rows in the old form are refused: they have other columns.
    Check.fails("rows of the old type", GPUdbException.class,
        () -> before.insert(List.of(before.row(2000, "c", 1, "x"))));
  }

  private static void oneByOne(GPUdb client) throws Exception {
    AlterTableResponse renamed =
        client.alterTable(NAME, AlterTableRequest.Action.CHANGE_COLUMN, "note",
            GPUdbBase.options("column_type", "string", "column_properties", "char16,nullable",
                "rename_column", "remark"));
    Check.that("the new name in the response",
        new Type("", renamed.getTypeDefinition(), renamed.getProperties()).getColumn("remark")
            != null);
    client.alterTable(NAME, AlterTableRequest.Action.ADD_COLUMN, "late",
        GPUdbBase.options("column_type", "long", "column_properties", "timestamp,nullable"));
    client.alterTable(NAME, AlterTableRequest.Action.DELETE_COLUMN, "score", Table.NO_OPTIONS);
    Table after = Table.open(client, NAME);
    Check.equal("columns", List.of("id", "code", "amount", "remark", "late"),
        after.type.getColumns().stream().map(Type.Column::getName).toList());
    Check.equal("a row", List.of(after.row(1000, null, 1L << 40, "a note", null)),
        after.read(GPUdbBase.options("expression", "id = 1000")));
  }

  private static void refused(GPUdb client) throws Exception {
    Type before = Type.fromTable(client, NAME);
    refuse(client, "remark",
        alteration("change_column", "remark", "column_type", "string", "column_properties",
            "char2,nullable"));
    refuse(client, "id", alteration("delete_column", "id"));
    refuse(client, "absent", alteration("delete_column", "absent"));
    refuse(client, "code", alteration("add_column", "code", "column_type", "int"));
    refuse(client, "sideways", alteration("sideways", "code"));
    Check.equal("the type after refusals", before, Type.fromTable(client, NAME));
    Check.equal("rows after refusals", 501, Table.open(client, NAME).read().size());
  }

  private static void refuse(GPUdb client, String named, Map<String, String> alteration) {
    GPUdbException refused = Check.fails(alteration.toString(), GPUdbException.class,
        () -> client.alterTableColumns(NAME, List.of(alteration), Table.NO_OPTIONS));
    Check.contains("the reason", named, refused.getMessage());
  }

  static Map<String, String> alteration(String action, String column, String... options) {
    Map<String, String> alteration = GPUdbBase.options(options);
    alteration.put("action", action);
    alteration.put("column_name", column);
    return alteration;
  }
}
