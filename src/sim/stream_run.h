/*
 * stream_run.h -- the life of some TCP connections between two of our own (RELIABILITY, G2 to G4,
 * G9).
 *
 * For some seconds streams (sim/stream.h) are begun while links do all they can do wrong. Then all
 * is put right. Asserted:
 *
 *   no byte is wrong, missing or doubled     each stream ends in order, or as one end has planned
 *   once all is well, every stream moves within two of its timeouts, and all end
 *   at the end no connection, record, chunk, port or packet is held
 *   packets add up (sim/ledger.h)
 *
 * In half of the seeds clocks, sequence numbers, timestamps and identifications come round.
 */
#ifndef SIM_STREAM_RUN_H
#define SIM_STREAM_RUN_H

#include "sim/seed.h"

/* False: something failed, and @seed says what. */
MUST_USE bool stream_run(struct seed *seed);

#endif
