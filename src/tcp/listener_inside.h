/* listener_inside.h -- what listeners keep; for room tcp only. */
#ifndef TCP_LISTENER_INSIDE_H
#define TCP_LISTENER_INSIDE_H

#include "tcp/arrival.h"
#include "tcp/listener.h"

#define LISTENER_NONE    UINT32_MAX
#define LISTENER_BUCKETS 1024U /* by port */

struct listener {
	struct tcp *tcp;
	void *owner;
	ip4 addr; /* zero: all */
	uint16_t port;
	bool in_use, shared, has_news;
	uint32_t backlog;
	uint32_t waiting; /* for listener_take() */
	uint32_t half_open;
	uint32_t first, last; /* connections that wait */
	uint32_t bucket_next, free_next;
	uint32_t news_next;
	struct connection_settings settings;
};

struct listeners {
	struct listener *all;
	uint32_t capacity, touched, n;
	uint32_t free;
	uint32_t news; /* those whose owner is to be told */
	uint32_t buckets[LISTENER_BUCKETS];
};

void listeners_init(struct listeners *listeners, uint32_t capacity);
void listeners_free(struct listeners *listeners);
/* Whose is a SYN with @ends (src: ours) that came in by @in? NULL: nobody's. */
struct listener *listener_find(struct tcp *tcp, const struct tuple *ends, iface_id in);
uint32_t listener_place(const struct listener *l);
/* Tell the owners of those that have something to take; tcp_turn()'s part. */
void listeners_tell(struct tcp *tcp);
/* @c has gone through the handshake and waits; there is room (listener_has_room()). */
void listener_add(struct listener *l, struct connection *c);
bool listener_has_room(const struct listener *l);

/* LISTEN, SYN-RECEIVED: RFC 9293, 3.10.7.2. False: nobody has it, it is to be refused. */
bool listener_input(struct tcp *tcp, const struct arrival *a);
/* The same for a SYN that ends a TIME-WAIT: our sequence numbers go on behind @sequence_least. */
bool listener_input_after(struct tcp *tcp, const struct arrival *a, uint32_t sequence_least);
bool listener_half_open_input(struct tcp *tcp, uint32_t place, const struct arrival *a);
/* SYN-ACKs whose time has come. */
void listener_turn(struct tcp *tcp);

#endif
