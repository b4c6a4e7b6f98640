/*
 * services.h -- what answers people from afar, as /ip/service publishes it.
 *
 * Whoever has the door (telnet: main/telnet_door.h) reads it, and looks again when `version` has
 * moved on. `status` is the door's to write: what people see of it.
 *
 * Threads: the router's. Memory: this struct, within struct manage.
 */
#ifndef MANAGE_SERVICES_H
#define MANAGE_SERVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/ip.h"

#define SERVICE_NETWORKS 16

/* Networks that somebody may come from. */
struct service_networks {
	uint32_t n; /* 0: not limited */
	struct ip_prefix at[SERVICE_NETWORKS];
};

enum service_kind {
	SERVICE_TELNET,
	SERVICE_KINDS,
};

struct service {
	bool enabled;
	uint16_t port;
	uint16_t max_sessions;
	struct service_networks from;
};

struct service_status {
	uint32_t sessions;
	int error; /* why it can't answer: -errno; 0: it does, or is disabled */
};

struct services {
	uint32_t version; /* 0: not published yet */
	struct service at[SERVICE_KINDS];
	/* Bits of an interface's lists: what is inside, what outside (router/inner.h). */
	uint64_t lan, wan;
	struct service_status status[SERVICE_KINDS];
};

/* @fresh is copied; its version and status are not looked at. */
void services_replace(struct services *services, const struct services *fresh);
/* "telnet" */
const char *service_word(enum service_kind kind);
/* Does @networks name @addr? Those without a limit name everybody. */
bool service_admits(const struct service_networks *networks, const struct ip_addr *addr);

#endif
