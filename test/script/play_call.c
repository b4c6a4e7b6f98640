#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "script/names.h"
#include "script/play_inside.h"

static struct played_socket *socket_find(struct player *player, const char *name)
{
	for (unsigned i = 0; i < player->n_sockets; i++)
		if (strcmp(player->sockets[i].name, name) == 0)
			return &player->sockets[i];
	return NULL;
}

static struct played_socket *socket_put(struct player *player, const char *name, int number,
                                        bool stream)
{
	struct played_socket *played = socket_find(player, name);

	if (played == NULL && player->n_sockets == STACK_SOCKETS_MAX)
		return NULL;
	if (played == NULL)
		played = &player->sockets[player->n_sockets++];
	memset(played, 0, sizeof *played);
	memcpy(played->name, name, SCRIPT_NAME_BYTES);
	played->number = number;
	played->stream = stream;
	return played;
}

/* --- what came of it ---------------------------------------------------------------------------
 */

static void print_value(struct text *text, const struct call_pattern *call, int64_t value)
{
	const char *error = value < 0 ? names_word(names_errors, (int)-value) : NULL;
	const char *word = "";

	if (call->kind == CALL_GET && call->option->type == OPTION_ERROR && value > 0)
		error = names_word(names_errors, (int)value);
	if (error != NULL) {
		text_add(text, error);
	} else if (call->kind == CALL_POLL) {
		for (const struct word_value *bit = names_poll; bit->word != NULL; bit++)
			if (value & bit->value) {
				text_printf(text, "%s%s", word, bit->word);
				word = " ";
			}
		text_add(text, value == 0 ? "nothing" : "");
	} else {
		text_printf(text, "%lld", (long long)value);
	}
}

static bool check_result(struct player *player, const struct call_pattern *call, int64_t result)
{
	if (range_has(&call->result, result))
		return true;
	play_fail(player, "the result is ");
	print_value(player->why, call, result);
	play_fail(player, ", expected ");
	print_value(player->why, call, call->result.low);
	return false;
}

static bool check_source(struct player *player, const struct call_pattern *call,
                         const struct call_io *io)
{
	const struct ends_with *from = &call->from;

	if (!from->given)
		return true;
	if (io->has_source && (from->any_address || ip4_equal(from->address, io->source)) &&
	    range_has(&from->port, io->source_port))
		return true;
	return play_fail(player, "the address is %u.%u.%u.%u:%u", io->source.v >> 24,
	                 io->source.v >> 16 & 0xff, io->source.v >> 8 & 0xff, io->source.v & 0xff,
	                 io->source_port);
}

static bool check_bytes(struct player *player, const struct played_socket *played,
                        const struct call_io *io, int64_t n)
{
	uint64_t at = played->stream ? played->received : 0;

	for (int64_t i = 0; i < n; i++)
		if (io->bytes[i] != flow_byte(at + (uint64_t)i))
			return play_fail(player, "byte %lld is wrong", (long long)i);
	return true;
}

static bool check_received(struct player *player, struct played_socket *played,
                           const struct call_pattern *call, const struct call_io *io, int64_t n)
{
	/* The queue of errors gives back what was sent; TRUNC on a stream gives nothing at all. */
	if (n <= 0 || call->flags & (MSG_ERRQUEUE | MSG_OOB | MSG_TRUNC))
		return true;
	if (!check_bytes(player, played, io, n))
		return false;
	if (!(call->flags & MSG_PEEK))
		played->received += (uint64_t)n;
	return true;
}

static int64_t info_value(const struct info_field *field, const struct call_io *io)
{
	uint64_t value = 0;

	if (field->offset + field->bytes > io->info_len)
		return -1;
	memcpy(&value, io->info + field->offset, field->bytes); /* little-endian, as tests run */
	return (int64_t)(field->mask != 0 ? value >> field->shift & field->mask : value);
}

static bool check_infos(struct player *player, const struct call_pattern *call,
                        const struct call_io *io)
{
	for (unsigned i = 0; i < call->n_infos; i++) {
		const struct info_pattern *info = &call->infos[i];
		int64_t value = info_value(info->field, io);

		if (!range_has(&info->value, value))
			return play_fail(player, "%s is %lld, expected %lld~%lld",
			                 info->field->word, (long long)value,
			                 (long long)info->value.low, (long long)info->value.high);
	}
	return true;
}

static bool check_get(struct player *player, const struct call_pattern *call,
                      const struct call_io *io, int64_t result)
{
	if (call->option->type == OPTION_TEXT || call->option->type == OPTION_BYTES) {
		if (result < 0)
			return check_result(player, call, result);
		return strcmp(io->text, call->text) == 0 ||
		       play_fail(player, "the value is \"%s\"", io->text);
	}
	return check_result(player, call, result < 0 ? result : io->values[0]);
}

/* What a socket says of its port is what stands in its packets: nobody has translated them. */
static bool check_port(struct player *player, const struct played_socket *played,
                       const struct call_io *io)
{
	for (unsigned i = 0; i < player->n_flows; i++) {
		const struct flow *flow = &player->flows[i];

		if (strcmp(flow->name, played->name) == 0 && flow->begun && flow->quote_len > 0 &&
		    flow->our_port != io->source_port)
			return play_fail(player, "its packets come from port %u, it says %u",
			                 flow->our_port, io->source_port);
	}
	return true;
}

static bool check_call(struct player *player, struct played_socket *played,
                       const struct call_pattern *call, const struct call_io *io, int64_t result)
{
	switch (call->kind) {
	case CALL_GET:
		return check_get(player, call, io, result);
	case CALL_INFO:
		return check_result(player, call, result) && check_infos(player, call, io);
	case CALL_RECEIVE:
		return check_result(player, call, result) && check_source(player, call, io) &&
		       check_received(player, played, call, io, result);
	case CALL_SEND:
		if (result > 0 && played->stream)
			played->sent += (uint64_t)result;
		return check_result(player, call, result);
	case CALL_ACCEPT:
		if (result < 0)
			return check_result(player, call, result);
		return (!call->result.given || call->result.low >= 0 ||
		        check_result(player, call, result)) &&
		       socket_put(player, call->accepted, (int)result, true) != NULL &&
		       check_source(player, call, io);
	case CALL_NAME:
		return check_result(player, call, result) && check_source(player, call, io) &&
		       (result < 0 || check_port(player, played, io));
	default:
		return check_result(player, call, result) && check_source(player, call, io);
	}
}

/* --- making it ---------------------------------------------------------------------------------
 */

static bool call_socket(struct player *player, const struct call_pattern *call)
{
	int64_t number = player->stack->ops->call(player->stack, -1, call, &player->io);

	if (number < 0 || call->result.low < 0)
		return check_result(player, call, number);
	return socket_put(player, call->socket, (int)number, call->type == SOCK_STREAM) != NULL ||
	       play_fail(player, "there are too many sockets");
}

/* What a call means for flows: where they lead to from now on. */
static void note_before(struct player *player, const struct played_socket *played,
                        const struct call_pattern *call)
{
	bool begins = call->waits || call->result.low == -EINPROGRESS ||
	              (!played->stream && call->result.low >= 0);

	if (call->kind == CALL_BIND && call->to.port.low > 0)
		player->listened_port = (uint16_t)call->to.port.low;
	if ((call->kind == CALL_CONNECT || (call->kind == CALL_SEND && !played->stream)) &&
	    call->to.given && begins)
		play_flow_connect(player, call);
}

static void fill(struct player *player, const struct played_socket *played,
                 const struct call_pattern *call, struct call_io *io)
{
	uint64_t at = played->stream ? played->sent : 0;

	io->has_source = false;
	if (call->kind == CALL_SEND)
		for (int64_t i = 0; i < call->amount; i++)
			io->bytes[i] = flow_byte(at + (uint64_t)i);
}

static bool call_waits(struct player *player, struct played_socket *played,
                       const struct call_pattern *call)
{
	if (player->waited != NULL)
		return play_fail(player, "another call still waits");
	fill(player, played, call, &player->waiting);
	player->waited = call;
	player->waited_socket = played;
	return player->stack->ops->start(player->stack, played->number, call, &player->waiting) ||
	       play_fail(player, "the call can't be left waiting");
}

bool play_call(struct player *player, const struct call_pattern *call)
{
	struct played_socket *played;
	int64_t result;

	if (call->kind == CALL_NOTHING)
		return true;
	if (call->kind == CALL_ENVIRONMENT)
		return check_result(player, call,
		                    player->stack->ops->call(player->stack, -1, call, &player->io));
	if (call->kind == CALL_SOCKET)
		return call_socket(player, call);
	played = socket_find(player, call->socket);
	if (played == NULL)
		return play_fail(player, "there is no socket %s", call->socket);
	note_before(player, played, call);
	if (call->waits)
		return call_waits(player, played, call);
	fill(player, played, call, &player->io);
	result = player->stack->ops->call(player->stack, played->number, call, &player->io);
	return check_call(player, played, call, &player->io, result);
}

bool play_returned(struct player *player, const struct call_pattern *call, int64_t result)
{
	const struct call_pattern *waited = player->waited;
	struct call_pattern now;

	if (waited == NULL)
		return play_fail(player, "no call waits");
	player->waited = NULL;
	now = *waited;
	now.result = call->result;
	return check_call(player, player->waited_socket, &now, &player->waiting, result);
}
