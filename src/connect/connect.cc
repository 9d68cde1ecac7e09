// The SPI is headers only; this file proves that they stand alone.
#include "connect/connector.h"
#include "connect/converter.h"
