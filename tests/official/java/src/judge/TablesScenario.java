package judge;

import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.GPUdbException;
import com.gpudb.Record;
import com.gpudb.Type;
import com.gpudb.WorkerList;
import com.gpudb.protocol.AlterTableRequest;
import com.gpudb.protocol.CreateTableResponse;
import com.gpudb.protocol.ShowSchemaResponse;
import com.gpudb.protocol.ShowTableResponse;
import java.util.List;
import java.util.Map;

/** The system, schemas and tables as a client sees, makes and clears them. */
final class TablesScenario implements Scenario {
  private static final Type TYPE =
      new Type(new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY));

  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    system(setup, client);
    tables(client);
    schemas(client);
  }

  private static void system(Setup setup, GPUdb client) throws Exception {
    client.ping();
    Check.equal("the answer to a ping", "Kinetica is running!", client.ping(client.getURL()));
    Check.equal("the HA ring", setup.urls().size(), client.getHARingSize());
    Check.equal("the head", setup.urls().get(0), client.getURL().toString());
    Check.equal("the workers", setup.ranks(), new WorkerList(client).size());
    Map<String, String> properties = client.showSystemProperties(Table.NO_OPTIONS).getPropertyMap();
    Check.that("the version " + properties.get("version.gpudb_core_version"),
        properties.get("version.gpudb_core_version").startsWith(setup.kineticaVersion() + "."));
    Check.contains("the status", "running",
        client.showSystemStatus(Table.NO_OPTIONS).getStatusMap().get("system"));
    client.showSystemTiming(Table.NO_OPTIONS);
    Check.that("permission to insert",
        client.hasPermission("", "ki_home", "schema", "insert", Table.NO_OPTIONS)
            .getHasPermission());
  }

  private static void tables(GPUdb client) throws Exception {
    String name = Setup.freshTable(client, "tables");
    Check.equal("hasTable before", false, client.hasTable(name, Table.NO_OPTIONS).getTableExists());
    Check.fails(
        "showTable before", GPUdbException.class, () -> client.showTable(name, Table.NO_OPTIONS));
    Check.fails("fromTable before", GPUdbException.class, () -> Type.fromTable(client, name));
    Check.contains("clearTable before", name,
        Check
            .fails("clearTable before", GPUdbException.class,
                () -> client.clearTable(name, "", Table.NO_OPTIONS))
            .getMessage());

    String typeId = TYPE.create(client);
    Check.equal("hasType", true, client.hasType(typeId, Table.NO_OPTIONS).getTypeExists());
    Check.equal("hasType of none", false, client.hasType("none", Table.NO_OPTIONS).getTypeExists());
    CreateTableResponse created = client.createTable(name, typeId, Table.NO_OPTIONS);
    Check.equal(
        "the qualified name", "ki_home." + name, created.getInfo().get("qualified_table_name"));
    Check.equal("a collection", false, created.getIsCollection());
    Check.contains("createTable again", name,
        Check
            .fails("createTable again", GPUdbException.class,
                () -> client.createTable(name, typeId, Table.NO_OPTIONS))
            .getMessage());
    client.createTable(name, typeId, GPUdbBase.options("no_error_if_exists", "true"));
    Check.fails("a type id of none", GPUdbException.class,
        () -> client.createTable("other", "none", Table.NO_OPTIONS));

    ShowTableResponse shown = client.showTable(name, GPUdbBase.options("get_sizes", "true"));
    Check.equal("names shown", 1, shown.getTableNames().size());
    Check.equal("the type id shown", List.of(typeId), shown.getTypeIds());
    Check.equal("the sizes shown", List.of(0L), shown.getFullSizes());
    Check.equal("the description shown", List.of(List.of()), shown.getTableDescriptions());

    String renamed = Setup.freshTable(client, "tables_renamed");
    client.alterTable(name, AlterTableRequest.Action.RENAME_TABLE, renamed, Table.NO_OPTIONS);
    Check.equal("the old name", false, client.hasTable(name, Table.NO_OPTIONS).getTableExists());
    Check.equal("the new name", true, client.hasTable(renamed, Table.NO_OPTIONS).getTableExists());
    client.clearTable(renamed, "", Table.NO_OPTIONS);
    Check.equal(
        "after clearTable", false, client.hasTable(renamed, Table.NO_OPTIONS).getTableExists());
  }

  private static void schemas(GPUdb client) throws Exception {
    String schema = "judged";
    client.dropSchema(
        schema, GPUdbBase.options("no_error_if_not_exists", "true", "cascade", "true"));
    Check.equal(
        "hasSchema before", false, client.hasSchema(schema, Table.NO_OPTIONS).getSchemaExists());
    client.createSchema(schema, Table.NO_OPTIONS);
    Check.fails("createSchema again", GPUdbException.class,
        () -> client.createSchema(schema, Table.NO_OPTIONS));
    client.createSchema(schema, GPUdbBase.options("no_error_if_exists", "true"));
    Check.equal("hasSchema", true, client.hasSchema(schema, Table.NO_OPTIONS).getSchemaExists());

    Table qualified = Table.create(client, schema + ".queries", TYPE, Table.NO_OPTIONS);
    Record row = qualified.row(7);
    qualified.insert(List.of(row));
    Check.equal("the row", List.of(row), qualified.read());
    Check.equal("the row by key", List.of(row),
        KeysScenario.retriever(qualified).getByKey(List.of(7), "").getData());

    ShowSchemaResponse shown = client.showSchema(schema, Table.NO_OPTIONS);
    Check.equal("the schema shown", List.of(schema), shown.getSchemaNames());
    Check.equal("its tables", 1, shown.getSchemaTables().get(0).size());
    Check.that("the table among those of the schema",
        client.showTable(schema, GPUdbBase.options("show_children", "true"))
            .getTableNames()
            .stream()
            .anyMatch(name -> name.endsWith("queries")));
    Check.fails("dropSchema of one with tables", GPUdbException.class,
        () -> client.dropSchema(schema, Table.NO_OPTIONS));
    client.dropSchema(schema, GPUdbBase.options("cascade", "true"));
    Check.equal("a table of a dropped schema", false,
        client.hasTable(qualified.name, Table.NO_OPTIONS).getTableExists());
  }
}
