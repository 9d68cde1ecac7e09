package judge;

import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.Record;
import com.gpudb.Type;
import java.util.ArrayList;
import java.util.List;

/** A server that asks for a user: none, a wrong password, the right one (on workers too). */
final class CredentialsScenario implements Scenario {
  @Override
  public void run(Setup setup) throws Exception {
    refused(setup, "nobody", null, null);
    refused(setup, "a wrong password", setup.get("user"), setup.get("password") + "x");
    refused(setup, "a stranger", setup.get("user") + "x", setup.get("password"));

    GPUdb client = setup.connect(
        setup.options().setUsername(setup.get("user")).setPassword(setup.get("password")));
    Table table = Table.create(
        client, "credentials", new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY));
    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < 1000; i++) rows.add(table.row(i));
    table.insert(rows);
    Check.equal("rows", 1000, table.read().size());
    Check.equal("a row by key", List.of(table.row(17)),
        KeysScenario.retriever(table).getByKey(List.of(17), "").getData());
  }

  private static void refused(Setup setup, String who, String user, String password) {
    Check.fails(who, GPUdbBase.GPUdbUnauthorizedAccessException.class,
        () -> setup.connect(setup.options().setUsername(user).setPassword(password)));
  }
}
