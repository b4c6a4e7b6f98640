/*
 * ends.h -- which pairs of ends are in use: by a connection, a half-open one or a TIME-WAIT.
 *
 * For who chooses ports and keeps maps of them. tcp_tuple_is_used() says whether a new connection
 * could have the pair, which of a TIME-WAIT may be so; here it exists until it is gone.
 */
#ifndef TCP_ENDS_H
#define TCP_ENDS_H

#include <stdbool.h>

#include "core/pkt.h"

struct tcp;

/* @ends: src ours, dst theirs. */
bool ends_exist(const struct tcp *tcp, const struct tuple *ends);
/* @changed is called when a pair comes into use and when it goes; NULL: nobody is told. It calls
 * nothing of TCP. */
typedef void ends_watcher(void *arg, const struct tuple *ends, bool there);
void ends_watch(struct tcp *tcp, ends_watcher *changed, void *arg);

#endif
