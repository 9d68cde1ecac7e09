// The converters of single values in a fixed number of bytes, big-endian, as Kafka's serializers of
// the same names write them: ShortConverter (2 bytes), IntegerConverter (4), LongConverter (8),
// FloatConverter (4), DoubleConverter (8), BooleanConverter (1: 0 or 1), all of the package
// org.apache.kafka.connect.converters and for keys, values and headers.
//
// Reading gives an optional schema; a null is null bytes. Bytes of another length and values of
// another type are refused with Error(skip_record); no number is converted to another type.
#pragma once

#include <vector>

#include "connect/converter.h"

namespace kc::convert {

std::vector<connect::ConverterPlugin> primitive_converters();

}  // namespace kc::convert
