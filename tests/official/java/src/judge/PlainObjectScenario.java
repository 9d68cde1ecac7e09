package judge;

import com.gpudb.ColumnProperty;
import com.gpudb.GPUdb;
import com.gpudb.RecordRetriever;
import com.gpudb.Type;
import com.gpudb.TypeObjectMap;
import com.gpudb.WorkerList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A class that knows nothing of the client, mapped onto a table's type. */
final class PlainObjectScenario implements Scenario {
  /** A row; the client makes one by the constructor and fills in the fields. */
  public static final class Customer {
    public Integer id;
    public String name;
    public Double balance;

    public Customer() {}

    Customer(Integer id, String name, Double balance) {
      this.id = id;
      this.name = name;
      this.balance = balance;
    }

    List<String> values() {
      return List.of(id.toString(), String.valueOf(name), balance.toString());
    }
  }

  @Override
  public void run(Setup setup) throws Exception {
    GPUdb client = setup.connect();
    Table table = Table.create(client, "customers",
        new Type.Column("id", Integer.class, ColumnProperty.PRIMARY_KEY),
        new Type.Column("name", String.class, ColumnProperty.CHAR16, ColumnProperty.NULLABLE),
        new Type.Column("balance", Double.class));
    TypeObjectMap<Customer> map = TypeObjectMap.fromType(table.type, Customer.class);
    List<Customer> customers = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      customers.add(new Customer(i, i % 5 == 0 ? null : "customer " + i, i * 0.01));
    }
    // Not by the BulkInserter: in these versions it takes what is no record for JSON, and sends
    // nothing.
    Check.equal("rows inserted", 500,
        client.insertRecords(map, table.name, customers, Table.NO_OPTIONS).getCountInserted());
    List<Customer> read = new ArrayList<>(
        client.<Customer>getRecords(map, table.name, 0, 1000, Table.NO_OPTIONS).getData());
    read.sort(Comparator.comparing(customer -> customer.id));
    Check.equal("the customers", customers.stream().map(Customer::values).toList(),
        read.stream().map(Customer::values).toList());

    RecordRetriever<Customer> retriever =
        new RecordRetriever<>(client, table.name, map, new WorkerList(client));
    List<Customer> found = retriever.getByKey(List.of(42), "").getData();
    Check.equal("a customer by key", List.of(customers.get(42).values()),
        found.stream().map(Customer::values).toList());
  }
}
