/*
 * guard_proto.h -- what a router and its guard say to each other, over a SOCK_SEQPACKET pair.
 *
 * One message a packet, each of one size: a question with the number that its answer will carry.
 * Both ends are the same program, so numbers are in the machine's byte order. What a field does not
 * use is zero, and a message that is anything but what the builders make is refused: the two
 * processes do not trust each other.
 *
 * Memory: none. Threads: any.
 */
#ifndef SVC_GUARD_PROTO_H
#define SVC_GUARD_PROTO_H

#include <stddef.h>
#include <stdint.h>

#include "lib/guard.h"
#include "lib/must.h"

#define GUARD_PROTO_VERSION  1
#define GUARD_QUESTION_BYTES 560
#define GUARD_ANSWER_BYTES   24
#define GUARD_RETRY_MS_MAX   (3600U * 1000)

void guard_proto_put_question(uint8_t bytes[GUARD_QUESTION_BYTES], uint64_t number,
                              const struct guard_question *question);
void guard_proto_put_answer(uint8_t bytes[GUARD_ANSWER_BYTES], uint64_t number,
                            const struct guard_answer *answer);

/* False for anything that is not such a message of this version; what was returned is then not to
 * be looked at. */
MUST_USE bool guard_proto_question(const uint8_t *bytes, size_t len, uint64_t *ret_number,
                                   struct guard_question *ret_question);
MUST_USE bool guard_proto_answer(const uint8_t *bytes, size_t len, uint64_t *ret_number,
                                 struct guard_answer *ret_answer);

#endif
