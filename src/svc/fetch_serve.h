/*
 * fetch_serve.h -- the process that speaks HTTP and TLS for the router: one request over one
 * connection of our own stack, which it has been handed.
 *
 * libcurl does the speaking. It is given the connection instead of opening one, looks up no name,
 * reads no file once it is confined, follows nowhere: where an answer points elsewhere, the router
 * is told, and decides.
 *
 *   fetch_serve_new() -> fetch_serve_ask(), which reads certificates if they are to be checked ->
 *   the caller confines the process -> fetch_serve_run()
 *
 * Memory: what libcurl takes. Threads: the process's only one.
 */
#ifndef SVC_FETCH_SERVE_H
#define SVC_FETCH_SERVE_H

#include "lib/must.h"

struct fetch_serve;

/* @router: a SOCK_SEQPACKET socket (fetch_proto.h). @wire: a stream, connected. */
MUST_USE struct fetch_serve *fetch_serve_new(int router, int wire);
void fetch_serve_free(struct fetch_serve *serve);
/* Wait for the question. 0, -ECONNRESET, -EPROTO or -errno. */
MUST_USE int fetch_serve_ask(struct fetch_serve *serve);
/* Do it, and tell the router how it went. 0 also when it failed. */
MUST_USE int fetch_serve_run(struct fetch_serve *serve);

#endif
