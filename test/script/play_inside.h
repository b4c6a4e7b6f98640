/* play_inside.h -- the parts of play(): flows by name, calls with what they are to return. */
#ifndef SCRIPT_PLAY_INSIDE_H
#define SCRIPT_PLAY_INSIDE_H

#include "script/flow.h"
#include "script/play.h"

struct played_socket {
	char name[SCRIPT_NAME_BYTES];
	int number;
	bool stream;
	uint64_t sent, received; /* bytes so far: where the next lie in their streams */
};

struct player {
	const struct script *script;
	struct stack *stack;
	struct text *why;
	bool told;
	int64_t base_us; /* when the step before took place */
	unsigned n_flows, n_sockets;
	struct flow flows[SCRIPT_FLOWS_MAX];
	struct played_socket sockets[STACK_SOCKETS_MAX];
	uint16_t listened_port; /* where a flow that nobody described leads to */
	struct call_io io;      /* of the call being made */
	struct call_io waiting; /* of the one that waits */
	const struct call_pattern *waited;
	struct played_socket *waited_socket;
	uint8_t packet[FLOW_PACKET_BYTES_MAX];
};

/* Add to why; always false. */
bool play_fail(struct player *player, const char *format, ...) PRINTF_LIKE(2, 3);
struct flow *play_flow(struct player *player, const char *name);
/* The flow to which the host's @packet belongs, or NULL. */
struct flow *play_flow_of(struct player *player, const struct packet *packet);
/* A socket that is about to connect begins its flow anew. */
void play_flow_connect(struct player *player, const struct call_pattern *call);
bool play_call(struct player *player, const struct call_pattern *call);
/* The call that waited came to @result. */
bool play_returned(struct player *player, const struct call_pattern *call, int64_t result);

#endif
