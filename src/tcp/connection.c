#include "tcp/connection.h"

#include "tcp/tcp_inside.h"

const char *connection_state_word(enum connection_state state)
{
	static const char *const words[] = {
		[CONNECTION_CLOSED] = "closed",
		[CONNECTION_SYN_SENT] = "syn-sent",
		[CONNECTION_SYN_RECEIVED] = "syn-received",
		[CONNECTION_ESTABLISHED] = "established",
		[CONNECTION_FIN_WAIT_1] = "fin-wait-1",
		[CONNECTION_FIN_WAIT_2] = "fin-wait-2",
		[CONNECTION_CLOSE_WAIT] = "close-wait",
		[CONNECTION_CLOSING] = "closing",
		[CONNECTION_LAST_ACK] = "last-ack",
		[CONNECTION_TIME_WAIT] = "time-wait",
	};

	return words[state];
}

/* The pool is an array whose end was never touched: a budget costs memory when it is used. */
struct connection *connection_new(struct tcp *tcp)
{
	uint32_t place = tcp->connections_free;
	struct connection *c;

	if (place != CONNECTION_NONE)
		tcp->connections_free = tcp->connections[place].list_next;
	else if (tcp->connections_touched < tcp->budget.connections)
		place = tcp->connections_touched++;
	else
		return NULL;
	c = &tcp->connections[place];
	*c = (struct connection){ .tcp = tcp,
		                  .in_use = true,
		                  .table_next = CONNECTION_NONE,
		                  .list_next = CONNECTION_NONE };
	tcp->connections_n++;
	return c;
}

void connection_free(struct connection *c)
{
	struct tcp *tcp = c->tcp;

	must(c->in_use);
	c->in_use = false;
	c->list_next = tcp->connections_free;
	tcp->connections_free = (uint32_t)(c - tcp->connections);
	tcp->connections_n--;
}

void connection_set_owner(struct connection *c, void *owner)
{
	c->owner = owner;
}

const struct connection_settings *connection_settings(const struct connection *c)
{
	return &c->settings;
}

enum connection_state connection_state(const struct connection *c)
{
	return c->state;
}

struct tuple connection_ends(const struct connection *c)
{
	return c->ends;
}
