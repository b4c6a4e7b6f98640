/*
 * stack.h -- a host that scripts are played against.
 *
 * It is 192.0.2.1/24 on a link called link0 whose other stations are played by whoever holds the
 * script: all of 192.0.2.0/24 and, through 192.0.2.254, the rest of the world. Packets of IP go in
 * and out; ARP is answered below (cable.h). Time begins with 0 when the stack is opened: the
 * kernel's passes by itself, that of ours only in wait().
 */
#ifndef SCRIPT_STACK_H
#define SCRIPT_STACK_H

#include "lib/text.h"
#include "script/script.h"

#define STACK_HOST        0xc0000201u /* 192.0.2.1 */
#define STACK_PEER        0xc0000202u /* 192.0.2.2 */
#define STACK_GATEWAY     0xc00002feu /* 192.0.2.254 */
#define STACK_LINK        "link0"
#define STACK_MTU         1500
#define STACK_SOCKETS_MAX 64
#define STACK_BYTES_MAX   (4 << 20) /* that one call moves */

/* What goes in and comes out of a call beside its pattern and result. */
struct call_io {
	uint8_t *bytes;  /* send: to be sent; receive: STACK_BYTES_MAX of room */
	bool has_source; /* receive, accept, name, peer: whose */
	ip4 source;
	uint16_t source_port;
	int64_t values[2];
	char text[SCRIPT_WORD_BYTES];
	uint8_t info[512]; /* struct tcp_info as the stack has it */
	unsigned info_len;
};

struct caught {
	int64_t at_us;
	size_t len;
	uint8_t *bytes; /* the IP packet; the stack's, until the next stack_take() */
};

struct stack {
	const struct stack_ops *ops;
	unsigned which; /* enum script_stack */
	/* How far from its time something may be: how well time can be seen from here. */
	int64_t early_us, late_us, late_percent;
};

struct stack_ops {
	int64_t (*now_us)(struct stack *stack);
	/* Let time pass up to @until_us, or until a packet or the end of a call has come. */
	void (*wait)(struct stack *stack, int64_t until_us);
	bool (*take)(struct stack *stack, struct caught *ret_caught);
	void (*give)(struct stack *stack, const uint8_t *packet, size_t len);
	/* Returns what the call did, or -errno; socket and accept return a number for the socket.
	 */
	int64_t (*call)(struct stack *stack, int socket, const struct call_pattern *call,
	                struct call_io *io);
	/* The same, for a call that waits: it goes on by itself, one at a time. */
	bool (*start)(struct stack *stack, int socket, const struct call_pattern *call,
	              struct call_io *io);
	bool (*returned)(struct stack *stack, int64_t *ret_result, int64_t *ret_at_us);
	void (*close)(struct stack *stack);
};

/* @call's address as connect() and bind() take it; returns its length. */
int stack_address(const struct call_pattern *call, uint8_t bytes[128]);
/* And back: what a call gave for an address. */
void stack_address_seen(struct call_io *io, const void *bytes, int len);

/* Open one set up as @script wants it. NULL: @why says what failed, or that it can't be had here.
 */
struct stack *stack_open_linux(const struct script *script, struct text *why);
struct stack *stack_open_towpath(const struct script *script, struct text *why);

#endif
