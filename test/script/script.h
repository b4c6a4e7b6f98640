/*
 * script.h -- behaviour scripts: what a host says and returns, line by line, at what time.
 *
 *     # A RST with the right acknowledgement refuses the connection (RFC 9293, 3.10.7.3).
 *     +0     socket tcp nonblocking
 *     +0     connect 192.0.2.2:80 = EINPROGRESS
 *     +0     > SYN seq 0 win 64240 <mss 1460, sack ok, timestamps, wscale *>
 *     +0.1   < RST,ACK seq 0 ack 1
 *     +0     poll = in out err hup rdhup
 *
 * A line is a time after the line before, and what happens then: `>` the host sends, `<` it is
 * sent, else a call on it with its result. test/script/README.md is the language. A script is
 * played (play.h) against any struct stack (stack.h): the Linux kernel's, to prove the script, and
 * ours.
 *
 * Here is a script as data: what script_parse() makes of its text. Sequence numbers are relative
 * to the sender's first; a range stands wherever a number does, and `*` is the range of all.
 *
 * Memory: a struct script is one piece of the caller's, about half a megabyte; nothing hangs off
 * it.
 */
#ifndef SCRIPT_SCRIPT_H
#define SCRIPT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/ip.h"
#include "script/names.h"

#define SCRIPT_STEPS_MAX    256
#define SCRIPT_OPTIONS_MAX  16
#define SCRIPT_FLOWS_MAX    16
#define SCRIPT_NAME_BYTES   12
#define SCRIPT_WORD_BYTES   48
#define SCRIPT_REASON_BYTES 400
#define SCRIPT_SACKS_MAX    4

/* Both ends included. */
struct range {
	int64_t low, high;
	bool given;
};

static inline bool range_has(const struct range *range, int64_t value)
{
	return !range->given || (value >= range->low && value <= range->high);
}

/* An address and a port as a script has them: each may be left open. */
struct ends_with {
	bool given, any_address;
	ip4 address;
	struct range port;
};

enum script_stack {
	SCRIPT_LINUX = 1,
	SCRIPT_TOWPATH = 2,
	SCRIPT_BOTH = 3
};

/* --- packets -----------------------------------------------------------------------------------
 */

enum packet_kind {
	PACKET_TCP,
	PACKET_UDP,
	PACKET_ICMP,
	PACKET_ECHO
};

struct option_pattern {
	uint8_t kind;       /* TCP_OPTION_* */
	struct range value; /* mss, wscale, timestamp */
	struct range echo;  /* timestamp */
};

#define SCRIPT_SEGMENT_OPTIONS_MAX 8

struct packet_pattern {
	enum packet_kind kind;
	bool out; /* the host sends it */
	char flow[SCRIPT_NAME_BYTES];
	/* TCP */
	uint8_t flags;
	struct range seq, end, ack, window, urgent;
	bool options_given, options_more;
	unsigned n_options;
	struct option_pattern options[SCRIPT_SEGMENT_OPTIONS_MAX];
	unsigned n_sacks;
	struct range sack_from[SCRIPT_SACKS_MAX], sack_to[SCRIPT_SACKS_MAX];
	uint8_t raw[40]; /* `bytes`: the list of options as it stands */
	unsigned raw_len;
	bool bad_checksum;
	/* UDP and echo: bytes of payload */
	struct range len;
	bool reply;
	/* ICMP errors */
	struct range type, code, mtu;
	bool has_from;
	ip4 from;
	/* the IP header */
	struct range ttl, tos, dont_fragment;
};

/* --- calls -------------------------------------------------------------------------------------
 */

enum call_kind {
	CALL_SOCKET,
	CALL_BIND,
	CALL_CONNECT,
	CALL_LISTEN,
	CALL_ACCEPT,
	CALL_SEND,
	CALL_RECEIVE,
	CALL_SHUTDOWN,
	CALL_CLOSE,
	CALL_SET,
	CALL_GET,
	CALL_POLL,
	CALL_NAME,
	CALL_PEER,
	CALL_INFO,
	CALL_RETURNS, /* the call that waited has come back */
	CALL_NOTHING, /* and nothing was sent up to now */
	CALL_ENVIRONMENT,
};

enum environment {
	ENVIRONMENT_LINK_DOWN,
	ENVIRONMENT_LINK_UP,
	ENVIRONMENT_ADDRESS_REMOVE
};

#define SCRIPT_INFOS_MAX 8

/* What getsockopt(TCP_INFO) is to say of one field. */
struct info_pattern {
	const struct info_field *field;
	struct range value;
};

struct call_pattern {
	enum call_kind kind;
	char socket[SCRIPT_NAME_BYTES];
	char accepted[SCRIPT_NAME_BYTES]; /* accept: what its result is called from here on */
	int family, type, protocol;       /* socket */
	bool nonblocking;
	struct ends_with to; /* bind, connect, send */
	int length;          /* of the address; -1: as long as it is */
	int64_t amount;      /* listen, send, receive, shutdown */
	int flags;           /* MSG_* */
	const struct option_name *option;
	int64_t values[2];
	unsigned n_values;
	char text[SCRIPT_WORD_BYTES];
	enum environment environment;
	bool waits;
	/* The result: a number, or -errno; poll's bits; an address. */
	struct range result;
	struct ends_with from; /* receive, accept, name, peer */
	unsigned n_infos;
	struct info_pattern infos[SCRIPT_INFOS_MAX];
};

struct step {
	unsigned line;
	unsigned stacks;    /* enum script_stack */
	struct range at_us; /* after the step before; high may be INT64_MAX */
	bool is_packet;
	struct packet_pattern packet;
	struct call_pattern call;
};

/* --- the whole ---------------------------------------------------------------------------------
 */

/* `option WORD VALUE...`: how the host, its routes and its link are set up. */
struct setting {
	const struct setting_name *name;
	int64_t number;
	char words[6][SCRIPT_WORD_BYTES];
	unsigned n_words;
};

struct flow_spec {
	char name[SCRIPT_NAME_BYTES];
	ip4 their, our;
	uint16_t their_port, our_port;
};

struct script {
	char title[SCRIPT_REASON_BYTES];  /* its first comment */
	char reason[SCRIPT_REASON_BYTES]; /* why `only` or `differs` */
	unsigned stacks;                  /* for which it is */
	bool differs;                     /* some lines are of one stack only */
	unsigned n_settings, n_flows, n_steps;
	struct setting settings[SCRIPT_OPTIONS_MAX];
	struct flow_spec flows[SCRIPT_FLOWS_MAX];
	struct step steps[SCRIPT_STEPS_MAX];
};

struct script_error {
	unsigned line, column; /* from 1 */
	char text[200];
};

/* False, and @ret_error says where and what, when @text of @len bytes is no script. */
bool script_parse(struct script *script, const char *text, size_t len,
                  struct script_error *ret_error);
/* Time from the first step to the last at the least, in microseconds. */
int64_t script_duration_us(const struct script *script, unsigned stack);

#endif
