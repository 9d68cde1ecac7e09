#include "main/declared_commands.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "main/command_tree.h"
#include "main/completion.h"

namespace kc::main {
namespace {

void add_standalone(CLI::App& app, StandaloneOptions& options, int& status) {
  CLI::App* command = app.add_subcommand(
      "standalone", "Run a worker with the connectors of the given files (connect-standalone.sh)");
  command->footer(
      "Prints `ready http://HOST:PORT` (the REST API) on standard output when the connectors are "
      "started; logs go to standard error.\n"
      "SIGTERM and SIGINT flush, commit and leave within 10 seconds.\n"
      "Exit status: 0 after a signal, 1 when a file is at fault (every fault is named).");
  command
      ->add_option("worker", options.worker_file,
                   "Worker properties: bootstrap.servers, converters, listeners ...")
      ->required()
      ->type_name("WORKER.properties");
  command
      ->add_option("connectors", options.connector_files,
                   "Connector properties, one file each; properties or JSON")
      ->type_name("CONNECTOR.properties");
  command->callback([&] { status = run_standalone(options); });
}

void add_server(CLI::App& app, ServerOptions& options, int& status) {
  CLI::App* command =
      app.add_subcommand("server", "Run the embedded Kinetica-compatible server alone");
  command->footer(
      "Prints `ready http://HOST:PORT` on standard output when it answers; logs go to standard "
      "error.");
  command
      ->add_option("--listen", options.listen,
                   "Address to listen on; port 0 lets the kernel choose")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  command
      ->add_option("--advertise", options.advertised_host,
                   "Host name or address in the URLs that clients are told (default: that of "
                   "--listen)")
      ->type_name("HOST");
  CLI::Option* const certificate =
      command
          ->add_option("--tls-cert", options.tls_certificate_file,
                       "PEM file with the server's certificate and its chain: HTTPS on all ports")
          ->type_name("FILE");
  command
      ->add_option("--tls-key", options.tls_key_file,
                   "PEM file with its private key (default: in the file of --tls-cert)")
      ->type_name("FILE")
      ->needs(certificate);
  command
      ->add_option("--tls-client-ca", options.tls_client_ca_file,
                   "PEM file with authorities; clients then need a certificate signed by one")
      ->type_name("FILE")
      ->needs(certificate);
  command
      ->add_option("--users", options.users_file,
                   "File with lines of user:password or `Bearer TOKEN`; others are answered 401 "
                   "(default: the environment's KINETICA_USERS, else nobody is asked)")
      ->type_name("FILE");
  command
      ->add_option("--ha-ring", options.ha_ring,
                   "Head URLs of the servers that clients are told as one high-availability ring")
      ->type_name("URL,...")
      ->delimiter(',');
  command
      ->add_option("--ranks", options.ranks,
                   "Worker ranks for multi-head inserts, each with an HTTP port of its own")
      ->type_name("COUNT")
      ->check(CLI::Range(0, 64, ""))
      ->capture_default_str();
  command
      ->add_option("--rank-ports", options.rank_ports,
                   "The ranks' ports (default: those after the port of --listen, or any free ones "
                   "when that is 0)")
      ->type_name("PORT,...")
      ->delimiter(',');
  command
      ->add_option("--monitor-port", options.monitor_port,
                   "Port of the table monitors (ZeroMQ); 0 lets the kernel choose")
      ->type_name("PORT")
      ->capture_default_str();
  command
      ->add_option("--memory-limit", options.memory_limit_bytes,
                   "Memory for tables, such as 512M or 8G; inserts beyond it are refused")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false))
      ->default_str("8G");
  CLI::Option* const data_dir =
      command
          ->add_option(
              "--data-dir", options.data_dir,
              "Folder to keep the tables in; without it they are gone when the server ends")
          ->type_name("DIR");
  command
      ->add_flag("--data-sync", options.data_synced,
                 "Answer when the disk has the rows: they survive a power cut as well; slow")
      ->needs(data_dir);
  command
      ->add_option("--kinetica-version", options.kinetica_version,
                   "Release to behave as, where the releases differ")
      ->type_name("RELEASE")
      ->check(CLI::IsMember({"7.0", "7.1", "7.2"}))
      ->capture_default_str();
  command->callback([&] { status = run_server(options); });
}

void add_datapump(CLI::App& app, DatapumpOptions& options, int& status) {
  CLI::App* command = app.add_subcommand(
      "datapump",
      "Create the tables KafkaConnectorTest and KafkaConnectorTest2 and insert random rows");
  command->add_option("url", options.url, "Kinetica, as http://localhost:9191")->type_name("URL");
  command
      ->add_option("-c,--configFile", options.config_file,
                   "Properties file with kinetica.url, .username, .password and .timeout; the URL "
                   "argument is then ignored")
      ->type_name("PATH");
  command->add_option("-d,--delay-time", options.delay_seconds, "Seconds between batches")
      ->type_name("SECONDS")
      ->capture_default_str();
  command->add_option("-n,--batch-size", options.batch_size, "Rows in a batch")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1'000'000, ""))
      ->capture_default_str();
  command->add_option("-t,--total-batches", options.total_batches, "Batches to insert")
      ->type_name("COUNT")
      ->capture_default_str();
  command->footer(
      "The tables are made in collection TEST unless they are there. Exit status 1 on any fault.");
  command->callback([&] { status = run_datapump(options); });
}

void add_demo(CLI::App& app, DemoOptions& options, int& status) {
  CLI::App* command = app.add_subcommand(
      "demo",
      "Show both connectors at work: table -> topic -> table, on an embedded broker and server");
  command->footer(
      "Runs the system test of the product document and compares every column of every row.\n"
      "Exit status 0 only when all are equal.");
  command->add_option("--batches", options.batches, "Batches to insert into each table")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1'000'000, ""))
      ->capture_default_str();
  command->add_option("--batch-size", options.batch_size, "Rows in a batch")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 100'000, ""))
      ->capture_default_str();
  command->add_flag_callback(
      "--schemas", [&] { options.schemas = true; },
      "The JSON on the topics carries its schema (default)");
  command->add_flag_callback(
      "--no-schemas", [&] { options.schemas = false; }, "The JSON on the topics is plain");
  command->add_flag("--keep", options.keep,
                    "Stay up afterwards and print addresses and commands to look around");
  command->callback([&] { status = run_demo(options); });
}

void add_pump_options(CLI::App& command, PumpKind kind, PumpOptions& options) {
  const bool schema_test = kind == PumpKind::schema_test;
  command
      .add_option("url", options.url,
                  "Kafka brokers to begin with, as localhost:9092 or http://localhost:9092")
      ->type_name("URL");
  command
      .add_option("--configFile", options.config_file,
                  "Properties file of a worker: bootstrap.servers, security.protocol, ssl.*, "
                  "sasl.*, producer.*, and the registry's properties")
      ->type_name("PATH");
  if (!schema_test) {
    command.add_option("-n,--batch-size", options.batch_size, "Records in a batch")
        ->type_name("COUNT")
        ->check(CLI::Range(1, 1'000'000, ""))
        ->capture_default_str();
  }
  if (kind != PumpKind::avro) {
    command
        .add_option("-c,--total-batches", options.total_batches,
                    schema_test ? "Records to send" : "Batches to send")
        ->type_name("COUNT")
        ->check(CLI::Range(1, 1'000'000, ""))
        ->capture_default_str();
  }
  if (schema_test) {
    command
        .add_option("-v,--schema-version", options.schema_version,
                    "Version of SchemaTest, 1 to 4; with any other Employee records are sent")
        ->type_name("VERSION");
  } else {
    command.add_option("-t,--topic", options.topic, "Topic to send to")
        ->type_name("NAME")
        ->capture_default_str();
  }
  if (kind != PumpKind::string) {
    command
        .add_option("-s,--schema-registry", options.schema_registry,
                    "Schema Registry, as http://localhost:8081 (default: that of --configFile)")
        ->type_name("URL");
  }
}

void add_pumps(CLI::App& app, Options& options, int& status) {
  CLI::App* pump = app.add_subcommand(
      "pump", "Send random records to a topic, for tests (the Java connector's data pumps)");
  pump->require_subcommand(1);
  pump->footer(
      "Topics are created when the brokers do so by themselves. Exit status 1 on any fault.");
  const auto add = [&](const char* name, const char* description, PumpKind kind,
                       PumpOptions& given) {
    CLI::App* command = pump->add_subcommand(name, description);
    add_pump_options(*command, kind, given);
    command->callback([&status, &given, kind] { status = run_pump(kind, given); });
    return command;
  };
  options.pump_string.topic = "Apple";
  options.pump_json.topic = "fruits";
  options.pump_avro.topic = "SchemaTest";
  add("string", "Apples as JSON without schema, keys null (StringDataPump)", PumpKind::string,
      options.pump_string);
  add("json", "Apples, oranges and bananas as JSON or Avro, keys their names (JsonDataPump)",
      PumpKind::json, options.pump_json)
      ->footer(
          "With a Schema Registry the values are Avro and \"avro\" stands before the topic's "
          "name; else they are JSON without schema.");
  add("avro",
      "Four versions of the Avro record SchemaTest, one after the other "
      "(AvroSerializerDataPump)",
      PumpKind::avro, options.pump_avro);
  add("schema-test",
      "One version of SchemaTest to topic SchemaTest, or Employee to topic Employee "
      "(SchemaTestSerializerDataPump)",
      PumpKind::schema_test, options.pump_schema_test);
}

void add_offsets(CLI::App& app, OffsetsOptions& options, int& status) {
  CLI::App* offsets = app.add_subcommand(
      "offsets", "Show or change where a connector is, while its worker does not run");
  offsets->require_subcommand(1);
  offsets->footer(
      "A sink's place is its consumer group's committed offsets, a source's stands in the worker's "
      "offset.storage.file.filename. Changes are refused while a worker answers at the listeners "
      "of "
      "the worker's file, or the group has members.");
  const auto add = [&](const char* name, const char* description, OffsetsAction action) {
    CLI::App* command = offsets->add_subcommand(name, description);
    command->add_option("worker", options.worker_file, "The worker's properties")
        ->required()
        ->type_name("WORKER.properties");
    command
        ->add_option("connector", options.connector_file,
                     "The connector's properties or JSON: its name and class are used")
        ->required()
        ->type_name("CONNECTOR.properties");
    command->callback([&options, &status, action] { status = run_offsets(action, options); });
    return command;
  };
  add("show", "Print the offset of each partition", OffsetsAction::show);
  add("export", "Write the offsets as JSON, as the REST API has them", OffsetsAction::export_)
      ->add_option("file", options.file, "File to write; - is standard output")
      ->type_name("FILE")
      ->capture_default_str();
  CLI::App* import = add("import", "Set the offsets of such a file", OffsetsAction::import_);
  import->add_option("file", options.file, "File to read; - is standard input")
      ->type_name("FILE")
      ->capture_default_str();
  import->footer(
      "Partitions that the file does not name keep their offsets; one whose offset is null is "
      "forgotten. A sink's offset is {\"kafka_offset\":N}, the next to read; a source's is "
      "{\"record\":N}, the last sent.");
  add("reset", "Forget all offsets: the connector begins anew", OffsetsAction::reset);
}

// The script is made of `app` itself, with all that is declared by then.
void add_completion(CLI::App& app, Options& options, int& status) {
  CLI::App* command = app.add_subcommand(
      "completion", "Print a script that lets the shell complete commands, options and files");
  command->add_option("shell", options.completion_shell, "The shell that is to source the script")
      ->type_name("SHELL")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->required();
  command->footer("bash: source <(kinetica-connect completion bash)");
  command->callback([&app, &options, &status] {
    const Shell shell = options.completion_shell == "bash"  ? Shell::bash
                        : options.completion_shell == "zsh" ? Shell::zsh
                                                            : Shell::fish;
    std::fputs(completion_script(command_tree(app), shell).c_str(), stdout);
    status = 0;
  });
}

// For the project itself, and not shown.
void add_reference(CLI::App& app, ReferenceOptions& options, int& status) {
  CLI::App* command = app.add_subcommand("reference", "Write the pages of docs/reference");
  command->group("");
  command->add_option("folder", options.folder)->required();
  command->add_flag("--check", options.check, "Write nothing; name the pages that are stale");
  command->callback([&] { status = run_reference(options, command_tree(app)); });
}

}  // namespace

void declare_commands(CLI::App& app, Options& options, int& status) {
  add_standalone(app, options.standalone, status);
  add_server(app, options.server, status);
  add_datapump(app, options.datapump, status);
  add_pumps(app, options, status);
  add_offsets(app, options.offsets, status);
  add_demo(app, options.demo, status);
  add_completion(app, options, status);
  add_reference(app, options.reference, status);
}

}  // namespace kc::main
