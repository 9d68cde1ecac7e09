// The test datapump: two tables of random rows, as TestDataPump of the Java connector's tests makes
// them.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "kinetica/client.h"
#include "wire/insert_body.h"

namespace kc::main {

class Datapump {
 public:
  // KafkaConnectorTest and KafkaConnectorTest2, in collection TEST.
  static const std::vector<std::string>& table_names();

  explicit Datapump(kinetica::Client& client, uint64_t seed = std::random_device{}());

  // Creates the table unless it is there; false when it is.
  bool create_table(const std::string& name);
  // Inserts `rows` random rows.
  void insert(const std::string& table, uint32_t rows);

 private:
  void append_row();
  std::string random_text(size_t length);

  kinetica::Client& client_;
  std::mt19937_64 random_;
  wire::InsertBody body_;
};

}  // namespace kc::main
