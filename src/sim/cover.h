/*
 * cover.h -- what happened in simulated worlds, so that they can't silently go blank.
 *
 * Each kind of event is counted. After many seeds a kind that never occurred is a failure: a
 * property that holds because nothing happened says nothing.
 */
#ifndef SIM_COVER_H
#define SIM_COVER_H

#include "router/router.h"

struct text;
struct link_counters;

enum cover_event {
	COVER_NEAR_WRAP, /* seeds whose clocks and counters began next to their wrap */
	COVER_IN,        /* frames given to routers */
	COVER_OUT,       /* frames that they sent */
	COVER_REPLAYED,
	COVER_WALKED,
	COVER_CONNECTIONS,
	COVER_SRC_NAT, /* connections at the end of a seed, by what they are */
	COVER_DST_NAT,
	COVER_MASQUERADE,
	COVER_HAIRPIN,
	COVER_OWN,
	COVER_TCP_ESTABLISHED,
	COVER_GAVE_WAY, /* connections, to others */
	COVER_MADE,     /* packets that routers made */
	COVER_ABSORBED, /* fragments put together, packets cut */
	COVER_JOINED,   /* segments that left in a frame with others */
	COVER_LOST,     /* of links: what they did to frames */
	COVER_DUPLICATED,
	COVER_REORDERED,
	COVER_CORRUPTED,
	COVER_TOO_BIG,
	COVER_QUEUE_FULL,
	COVER_FLAPS,
	COVER_CLOGS,
	COVER_COUNT,
};

#define COVER_CHANGES 64

struct cover {
	uint64_t seeds;
	uint64_t events[COVER_COUNT];
	uint64_t drops[DROP_COUNT];
	struct {
		const char *what; /* a literal, from scene_change() and its like */
		uint64_t n;
	} changes[COVER_CHANGES];
	unsigned changes_n;
};

/* What is changed in scenes and networks, ended by NULL: each must occur in a run that is complete.
 */
extern const char *const cover_change_words[];
/* @what, a literal, was changed @n times. */
void cover_change(struct cover *cover, const char *what, uint64_t n);
uint64_t cover_changes(const struct cover *cover);
/* "frames lost" */
const char *cover_word(enum cover_event event);
/* What @router counted from its start on. Once, at its end. */
void cover_router(struct cover *cover, const struct router *router);
void cover_link(struct cover *cover, const struct link_counters *counters);
/* All of it as lines, a word and a number each. */
void cover_print(const struct cover *cover, struct text *out);
/* False: kinds of event that never occurred are written to @out. */
MUST_USE bool cover_is_complete(const struct cover *cover, struct text *out);

#endif
