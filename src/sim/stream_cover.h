/*
 * stream_cover.h -- what happened in the lives of streams, so that they can't silently go blank
 * (sim/cover.h).
 */
#ifndef SIM_STREAM_COVER_H
#define SIM_STREAM_COVER_H

#include "sim/cover.h"
#include "sim/stream.h"

/* What the streams of @net have come to. */
void stream_cover_stream(struct cover *cover, const struct stream *stream);
/* What the network and its hosts' TCP have counted; before their connections are forgotten. */
void stream_cover_net(struct cover *cover, const struct stream_net *net);
/* False: kinds of event that never occurred are written to @out. */
MUST_USE bool stream_cover_is_complete(const struct cover *cover, struct text *out);

#endif
