/*
 * socket_policy.h -- which programs and services may connect, bind and listen, and where: the rules
 * of /ip/socket/policy, asked by sockets before anything is done (host/sock.h).
 *
 * The first rule that matches decides; where none does, all is well. A rule says nothing of what it
 * does not name. What it says of the far end (dst) holds for connect only: who binds or listens has
 * none.
 *
 * Memory: one block a set, the publisher's until socket_policy_publish(). Threads: the router's.
 */
#ifndef ROUTER_SOCKET_POLICY_H
#define ROUTER_SOCKET_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fw/rule.h"

struct router;

#define SOCKET_RULES_MAX  1000
#define SOCKET_NAME_BYTES 16

enum socket_deed { /* bits of a rule's `deeds`: what is asked */
	SOCKET_CONNECT = 1 << 0,
	SOCKET_BIND = 1 << 1,
	SOCKET_LISTEN = 1 << 2,
};

struct socket_rule {
	uint32_t id;    /* of the configuration's row */
	uint32_t deeds; /* enum socket_deed; 0: all */
	int32_t result; /* 0: accepted; else -EACCES or -EPERM */
	uint8_t proto;  /* IPPROTO_*; 0: any */
	bool of_user;
	uint32_t uid;
	struct match_addr src, dst;
	struct match_ports sport, dport;
	char program[SOCKET_NAME_BYTES], service[SOCKET_NAME_BYTES]; /* "": any */
	uint64_t hits;
};

struct socket_policy {
	size_t n;
	struct socket_rule at[];
};

/* All zeroes, to be filled. */
MUST_USE struct socket_policy *socket_policy_new(size_t n);
void socket_policy_free(struct socket_policy *policy);
/* Take @policy in place of the one before, whose counts go on. */
void socket_policy_publish(struct router *router, struct socket_policy *policy);
/* How often the rule of row @id has decided. */
uint64_t socket_policy_hits(const struct router *router, uint32_t id);

#endif
