package judge;

import com.gpudb.BulkInserter;
import com.gpudb.GPUdb;
import com.gpudb.GPUdbBase;
import com.gpudb.GPUdbException;
import com.gpudb.GenericRecord;
import com.gpudb.Record;
import com.gpudb.Type;
import com.gpudb.WorkerList;
import com.gpudb.protocol.GetRecordsByColumnResponse;
import com.gpudb.protocol.GetRecordsResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A table, newly made, and the ways in which a client fills and reads it. */
final class Table {
  static final Map<String, String> NO_OPTIONS = Map.of();
  // Small, so that a read takes several requests.
  private static final int PAGE_ROWS = 700;

  final GPUdb client;
  final String name;
  final Type type;

  private Table(GPUdb client, String name, Type type) {
    this.client = client;
    this.name = name;
    this.type = type;
  }

  /** Clears a table of that name first. */
  static Table create(GPUdb client, String name, Type type, Map<String, String> options)
      throws GPUdbException {
    Setup.freshTable(client, name);
    client.createTable(name, type.create(client), options);
    return new Table(client, name, type);
  }

  static Table create(GPUdb client, String name, Type.Column... columns) throws GPUdbException {
    return create(client, name, new Type(columns), NO_OPTIONS);
  }

  /** One that is there, with the type that the server tells. */
  static Table open(GPUdb client, String name) throws GPUdbException {
    return new Table(client, name, Type.fromTable(client, name));
  }

  Record row(Object... values) {
    Check.equal("values of a row of " + name, type.getColumnCount(), values.length);
    GenericRecord row = new GenericRecord(type);
    for (int i = 0; i < values.length; i++) row.put(i, values[i]);
    return row;
  }

  /** To all ranks, each row to the one that the client's own routing names. */
  BulkInserter<Record> inserter(int batchRows, Map<String, String> options) throws GPUdbException {
    WorkerList workers = new WorkerList(client);
    Check.that("the client finds no worker of " + client.getURL(), !workers.isEmpty());
    return new BulkInserter<>(client, name, type, batchRows, options, workers);
  }

  /** Through all ranks; returns the rows that the server counted as inserted. */
  long insert(List<Record> rows, Map<String, String> options) throws GPUdbException {
    try (BulkInserter<Record> inserter = inserter(500, options)) {
      inserter.insert(rows);
      inserter.flush();
      Check.equal("errors of inserts into " + name, List.of(), inserter.getErrors());
      return inserter.getCountInserted();
    }
  }

  void insert(List<Record> rows) throws GPUdbException {
    Check.equal("rows inserted into " + name, (long) rows.size(), insert(rows, NO_OPTIONS));
  }

  /** By /get/records, page by page. */
  List<Record> read(Map<String, String> options) throws GPUdbException {
    List<Record> rows = new ArrayList<>();
    GetRecordsResponse<Record> page;
    do {
      page = client.getRecords(type, name, rows.size(), PAGE_ROWS, options);
      rows.addAll(page.getData());
      Check.that("an empty page that promises more of " + name,
          !page.getData().isEmpty() || !page.getHasMoreRecords());
    } while (page.getHasMoreRecords());
    Check.equal(
        "total_number_of_records of " + name, (long) rows.size(), page.getTotalNumberOfRecords());
    return rows;
  }

  List<Record> read() throws GPUdbException {
    return read(NO_OPTIONS);
  }

  /** By /get/records/bycolumn, page by page; the records are of the type that the server tells. */
  List<Record> readColumns(List<String> columns, Map<String, String> options)
      throws GPUdbException {
    List<Record> rows = new ArrayList<>();
    GetRecordsByColumnResponse page;
    do {
      page = client.getRecordsByColumn(name, columns, rows.size(), PAGE_ROWS, options);
      rows.addAll(page.getData());
      Check.that("an empty page that promises more of " + name,
          !page.getData().isEmpty() || !page.getHasMoreRecords());
    } while (page.getHasMoreRecords());
    return rows;
  }

  /** As /show/table counts them. */
  long size() throws GPUdbException {
    return client.showTable(name, GPUdbBase.options("get_sizes", "true")).getTotalFullSize();
  }
}
