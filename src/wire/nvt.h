/*
 * nvt.h -- the network virtual terminal: telnet's bytes, at the end where a person sits.
 *
 * What comes by the wire is taken apart into what the far end says and what it wants to know; what
 * is typed is put into its form (RFC 854, 855). Options are kept as RFC 1143 has it, without its
 * queue, since we never ask first: echo (857), suppress go-ahead (858) and 8 bits (856) are agreed
 * to, the window (1073) and the terminal (1091) are told when asked, everything else is refused.
 *
 * The far end is a stranger's. Its bytes move this machine one by one; there is no length among
 * them to be believed, nothing that grows, and no word of theirs is answered by more than
 * NVT_ANSWER_BYTES. That is why it is read here and by no process of its own, and works in
 * simulated and embedded routers, too.
 *
 * Memory: the struct, the caller's. Threads: one at a time.
 */
#ifndef WIRE_NVT_H
#define WIRE_NVT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/must.h"
#include "wire/cursor.h"

#define NVT_TERMINAL_BYTES 41 /* with its end; RFC 1091: at most 40 characters */
#define NVT_ANSWER_BYTES   96 /* to one byte of theirs, at most */

struct nvt {
	uint8_t place;          /* in what comes */
	uint8_t verb;           /* WILL, WONT, DO or DONT, whose option comes next */
	uint8_t asked;          /* of a subnegotiation: its option, */
	uint8_t first;          /* its first byte, */
	uint8_t asked_bytes;    /* and how many came, to 2 */
	uint32_t ours, theirs;  /* options that are in use here and there: bit n is option n */
	uint16_t width, height; /* 0: not known */
	char terminal[NVT_TERMINAL_BYTES];
};

/* All zeroes is one that has heard nothing yet. What our terminal is called, cut if it is too long:
 */
void nvt_set_terminal(struct nvt *nvt, const char *terminal);

/* Read on in @from: what they say goes to @said, answers to @answers. Ends before a byte for which
 * @said has no room or @answers not NVT_ANSWER_BYTES, and goes on there the next time. */
void nvt_read(struct nvt *nvt, struct reader *from, struct writer *said, struct writer *answers);

/* Say @n bytes; returns how many found room in @to. A return that stands alone gets the NUL that
 * RFC 854 wants there, unless 8 bits are agreed. */
size_t nvt_say(const struct nvt *nvt, const uint8_t *bytes, size_t n, struct writer *to);

/* The window has another size: they are told if they wanted to know. False: @to has less room than
 * NVT_ANSWER_BYTES, nothing has changed. */
MUST_USE bool nvt_resize(struct nvt *nvt, uint16_t width, uint16_t height, struct writer *to);

/* Do they show what is typed? Otherwise it is shown here. */
bool nvt_is_echoed(const struct nvt *nvt);
/* Do they take each key as it is typed? Otherwise they are sent lines. */
bool nvt_takes_keys(const struct nvt *nvt);

#endif
