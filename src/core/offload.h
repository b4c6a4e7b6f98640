/*
 * offload.h -- what a virtual card leaves for later, done in software.
 *
 * A frame from a virtual machine or a network namespace comes with its checksum unfinished. A port
 * that can't finish it needs a whole one; so does whoever cuts the packet.
 */
#ifndef CORE_OFFLOAD_H
#define CORE_OFFLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/port.h"

/*
 * Finish a partial checksum over the @len bytes at @bytes as @offload says, and note in @offload
 * that it is whole now. Nothing to do is a success. False when the offsets point outside.
 */
MUST_USE bool offload_finish_checksum(uint8_t *bytes, uint32_t len, struct offload *offload);

#endif
