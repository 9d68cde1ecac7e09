// Every request and response of Kinetica's endpoints that this project speaks.
#pragma once

#include "wire/messages/aggregates.h"
#include "wire/messages/alter_table.h"
#include "wire/messages/message_types.h"
#include "wire/messages/monitors.h"
#include "wire/messages/records.h"
#include "wire/messages/schemas.h"
#include "wire/messages/security.h"
#include "wire/messages/sql.h"
#include "wire/messages/system.h"
#include "wire/messages/tables.h"
#include "wire/messages/types.h"
