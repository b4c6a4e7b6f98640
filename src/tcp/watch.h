/*
 * watch.h -- who looks on at a connection is told what it does (connection_trace()).
 *
 * Free when nobody does: one test of a bit. Memory: TCP_WATCHED_MAX watchers in struct tcp.
 */
#ifndef TCP_WATCH_H
#define TCP_WATCH_H

#include "tcp/connection_inside.h"

/* Call through watch(). */
void watch_tell(struct connection *c, const char *stage, const char *format, ...) PRINTF_LIKE(3, 4);
void watch_forget(struct connection *c);

#define watch(c, stage, ...) ((c)->is_watched ? watch_tell((c), (stage), __VA_ARGS__) : (void)0)

#endif
