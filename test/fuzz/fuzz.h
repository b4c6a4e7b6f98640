/*
 * fuzz.h -- what a fuzz target is.
 *
 * It gets any bytes of any number and must come back without having touched a byte outside them.
 * It also states, with must(), what holds whatever the bytes are: what was parsed can be built
 * again, two ways of computing agree, a walk ends. State lives no longer than the call, or a
 * finding could not be had again from its bytes alone.
 */
#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's name for it. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
