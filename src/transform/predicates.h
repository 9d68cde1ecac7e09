// org.apache.kafka.connect.transforms.predicates.
#pragma once

#include "connect/transformation.h"

namespace kc::transform {

connect::PredicatePlugin has_header_key();
connect::PredicatePlugin record_is_tombstone();
connect::PredicatePlugin topic_name_matches();

}  // namespace kc::transform
