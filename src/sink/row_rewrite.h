// Rows that were written for a type that their table had, written anew for the one that it has now.
#pragma once

#include <string>

#include "kinetica/client.h"
#include "kinetica/insert_batch.h"

namespace kc::sink {

// The batch, with its rows in their order and what is left of them, is for `table` afterwards.
// Values find their columns by name; what is new is null. False, with the batch as it was and
// `reason` a phrase, when a value would be lost or has no place: a column of before is gone, a new
// one takes no null, or a value does not fit any more.
bool rewrite_rows(kinetica::InsertBatch& batch, const kinetica::Table& table, std::string& reason);

}  // namespace kc::sink
