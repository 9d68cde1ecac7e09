// What stands between Kafka's bytes and a task: the converters of one task and its transformations.
#pragma once

#include <memory>
#include <string>

#include "connect/converter.h"
#include "worker/transformation_chain.h"

namespace kc::worker {

struct ConverterStep {
  std::unique_ptr<connect::Converter> converter;
  std::string class_name;
};

struct RecordSteps {
  ConverterStep key;
  ConverterStep value;
  ConverterStep header;  // without converter: headers are left out
  TransformationChain transformations;
};

}  // namespace kc::worker
