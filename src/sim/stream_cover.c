#include "sim/stream_cover.h"

#include <string.h>

#include "lib/text.h"

static const char in_order[] = "a stream ends in order";
static const char aborted[] = "a stream is aborted";
static const char closed_early[] = "a stream is closed early";
static const char never_made[] = "a stream is never made";
static const char sent_again[] = "segments of streams are sent again";
static const char challenged[] = "a segment of a stream is challenged";
static const char reset[] = "a stream is reset";

/* What sim/stream_net.c says that it changes, and what is told here. */
static const char *const all_words[] = {
	"a cable of streams",
	"a link of streams clogs",
	"a link of streams is let go",
	"a link of streams heals",
	"an MTU of streams",
	"a link of streams gets bad",
	in_order,
	aborted,
	closed_early,
	never_made,
	sent_again,
	challenged,
	reset,
};

static const enum cover_event all_events[] = {
	COVER_NEAR_WRAP,  COVER_IN,         COVER_OUT,       COVER_REPLAYED, COVER_WALKED,
	COVER_DST_NAT,    COVER_MASQUERADE, COVER_OWN,       COVER_MADE,     COVER_LOST,
	COVER_DUPLICATED, COVER_REORDERED,  COVER_CORRUPTED, COVER_TOO_BIG,  COVER_QUEUE_FULL,
	COVER_FLAPS,      COVER_CLOGS,
};

void stream_cover_stream(struct cover *cover, const struct stream *stream)
{
	bool is_early = false, is_aborted = false;

	for (unsigned i = 0; i < 2; i++) {
		is_early |= stream->ends[i].ending == STREAM_CLOSES_EARLY;
		is_aborted |= stream->ends[i].ending == STREAM_ABORTS;
	}
	if (!stream->was_made)
		cover_change(cover, never_made, 1);
	else if (is_early)
		cover_change(cover, closed_early, 1);
	else if (is_aborted)
		cover_change(cover, aborted, 1);
	else
		cover_change(cover, in_order, 1);
}

static void count(struct cover *cover, const char *what, uint64_t n)
{
	if (n > 0)
		cover_change(cover, what, n);
}

void stream_cover_net(struct cover *cover, const struct stream_net *net)
{
	const struct world *world = net->world;

	for (unsigned i = 0; i < world->routers_n; i++)
		cover_router(cover, world->routers[i].router);
	for (unsigned i = 0; i < net->links_n; i++)
		cover_link(cover, link_counters(net->links[i]));
	for (unsigned i = 0; i < 2; i++) {
		const struct tcp_counts *counts = tcp_counts(net->hosts[i]->router->host.tcp);

		count(cover, sent_again, counts->segments_again);
		count(cover, challenged, counts->challenge_acks);
		count(cover, reset, counts->resets_seen);
	}
}

static bool has_changed(const struct cover *cover, const char *what)
{
	for (unsigned i = 0; i < cover->changes_n; i++) {
		if (strcmp(cover->changes[i].what, what) == 0)
			return true;
	}
	return false;
}

bool stream_cover_is_complete(const struct cover *cover, struct text *out)
{
	bool complete = true;

	for (unsigned i = 0; i < ARRAY_LEN(all_words); i++) {
		if (has_changed(cover, all_words[i]))
			continue;
		text_printf(out, "never: %s\n", all_words[i]);
		complete = false;
	}
	for (unsigned i = 0; i < ARRAY_LEN(all_events); i++) {
		if (cover->events[all_events[i]] != 0)
			continue;
		text_printf(out, "never: %s\n", cover_word(all_events[i]));
		complete = false;
	}
	return complete;
}
