// The transformations and predicates that Apache Kafka ships with Connect, under its class names
// (org.apache.kafka.connect.transforms and .predicates), with its messages and quirks as of 4.3.
#pragma once

#include <vector>

#include "connect/transformation.h"

namespace kc::transform {

std::vector<connect::TransformationPlugin> built_in_transformations();
std::vector<connect::PredicatePlugin> built_in_predicates();

}  // namespace kc::transform
