#include "main/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "base/log.h"
#include "base/version.h"
#include "main/commands.h"

namespace kc::main {
namespace {

constexpr const char* description =
    "Kafka Connect for Kinetica without a JVM: a worker with Kinetica's source and sink connectors "
    "built in.\n"
    "Takes the files of connect-standalone.sh as they are.";

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
  command
      ->add_option("--data-dir", options.data_dir,
                   "Folder to keep the tables in; without it they are gone when the server ends")
      ->type_name("DIR");
  command->add_flag("--data-sync", options.data_synced,
                    "Answer when the disk has the rows: they survive a power cut as well; slow");
  command
      ->add_option("--kinetica-version", options.kinetica_version,
                   "Release to behave as, where the releases differ")
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

// A datapump's faults read as the original tool's.
int report(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() != 0 && app.got_subcommand("datapump")) {
    std::fprintf(stderr, "PARAM ERROR: %s\n", error.what());
    return 1;
  }
  return app.exit(error) == 0 ? 0 : 1;
}

}  // namespace

int run_command(int argc, char** argv) {
  CLI::App app(description, "kinetica-connect");
  app.set_version_flag("--version", std::string(base::version()));
  app.require_subcommand(1);
  app.fallthrough();
  app.get_formatter()->column_width(34);
  bool verbose = false;
  app.add_flag("-v,--verbose", verbose, "Log more (DEBUG)");
  app.parse_complete_callback([&] {
    if (verbose) base::set_log_level(base::LogLevel::debug);
  });

  int status = 0;
  StandaloneOptions standalone;
  ServerOptions server;
  DatapumpOptions datapump;
  DemoOptions demo;
  add_standalone(app, standalone, status);
  add_server(app, server, status);
  add_datapump(app, datapump, status);
  add_demo(app, demo, status);
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  const auto named = [&](const CLI::App* command) { return command->get_name() == argv[1]; };
  if (argc > 1 && argv[1][0] != '-' && std::ranges::none_of(commands, named)) {
    std::fprintf(stderr, "There is no command %s. Commands:", argv[1]);
    for (const CLI::App* command : commands) {
      std::fprintf(stderr, " %s", command->get_name().c_str());
    }
    std::fprintf(stderr, "\nRun with --help for more information.\n");
    return 1;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report(app, error);
  }
  return status;
}

}  // namespace kc::main
