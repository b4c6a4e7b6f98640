/*
 * ping_status.h -- what became of a question: an answer, silence, or the error that came instead.
 *
 * The words are RouterOS's; pings and traces share them.
 */
#ifndef HOST_PING_STATUS_H
#define HOST_PING_STATUS_H

struct pkt;

enum ping_status {
	PING_REPLY,
	PING_TIMEOUT,
	PING_NET_UNREACHABLE,
	PING_HOST_UNREACHABLE,
	PING_PROTOCOL_UNREACHABLE,
	PING_PORT_UNREACHABLE,
	PING_FRAGMENT_NEEDED, /* says another router */
	PING_PROHIBITED,
	PING_TTL_EXCEEDED,
	PING_REASSEMBLY,
	PING_PARAMETER,
	PING_TOO_BIG, /* says this one */
	PING_NO_ROUTE,
};

/* What the ICMP error @p says. */
enum ping_status ping_status_of(const struct pkt *p);

/* What a person reads: "" for a reply, "timeout", "host unreachable", ... */
const char *ping_status_word(enum ping_status status);

#endif
