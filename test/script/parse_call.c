#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "script/parse_inside.h"

static bool expected_error(struct lex *lex, struct range *ret_range)
{
	struct word word = lex_peek(lex);
	int error;

	if (!names_value(names_errors, word.at, word.len, &error))
		return false;
	lex_take(lex);
	*ret_range = (struct range){ -error, -error, true };
	return true;
}

/* `waits`, `= 7`, `= ECONNREFUSED`; nothing: @usual. */
static bool result(struct lex *lex, struct call_pattern *call, int64_t usual)
{
	call->result = (struct range){ usual, usual, true };
	if (lex_is(lex, "waits")) {
		call->waits = true;
		return true;
	}
	if (lex_ended(lex))
		return true;
	return lex_need(lex, "=") && (expected_error(lex, &call->result) ||
	                              lex_range(lex, "result or error", &call->result));
}

static bool address_result(struct lex *lex, struct call_pattern *call)
{
	call->result = (struct range){ 0, 0, true };
	return lex_need(lex, "=") &&
	       (expected_error(lex, &call->result) || lex_ends(lex, &call->from));
}

static bool small(struct lex *lex, const char *what, int min, int max, int *ret_number)
{
	int64_t number;

	if (!lex_number(lex, what, min, max, &number))
		return false;
	*ret_number = (int)number;
	return true;
}

static bool parse_socket(struct lex *lex, struct call_pattern *call)
{
	static const struct word_value kinds[] = {
		{ "tcp", IPPROTO_TCP },
		{ "udp", IPPROTO_UDP },
		{ "icmp", IPPROTO_ICMP },
		{ NULL, 0 },
	};

	if (!lex_word(lex, kinds, "kind of socket", &call->protocol))
		return false;
	call->family = AF_INET;
	call->type = call->protocol == IPPROTO_TCP ? SOCK_STREAM : SOCK_DGRAM;
	call->nonblocking = lex_is(lex, "nonblocking");
	return result(lex, call, 0);
}

static bool parse_ends(struct lex *lex, struct call_pattern *call)
{
	call->family = AF_INET;
	call->length = -1;
	if (lex_is(lex, "unspec"))
		call->family = AF_UNSPEC;
	else if (!lex_ends(lex, &call->to))
		return false;
	if (lex_is(lex, "family") && !small(lex, "family", 0, 100, &call->family))
		return false;
	if (lex_is(lex, "length") && !small(lex, "length", -1000, 1000, &call->length))
		return false;
	return result(lex, call, 0);
}

static bool parse_listen(struct lex *lex, struct call_pattern *call)
{
	return lex_number(lex, "backlog", -1, 1000000, &call->amount) && result(lex, call, 0);
}

static bool parse_accept(struct lex *lex, struct call_pattern *call)
{
	if (!lex_name(lex, "socket", call->accepted))
		return false;
	if (lex_is(lex, "from") && !lex_ends(lex, &call->from))
		return false;
	return result(lex, call, 0);
}

static bool parse_transfer(struct lex *lex, struct call_pattern *call)
{
	if (!lex_number(lex, "number of bytes", 0, 4 << 20, &call->amount))
		return false;
	call->length = -1;
	for (;;) {
		struct word word = lex_peek(lex);
		int flag;

		if (lex_is(lex, "to")) {
			if (!lex_ends(lex, &call->to))
				return false;
		} else if (lex_is(lex, "from")) {
			if (!lex_ends(lex, &call->from))
				return false;
		} else if (names_value(names_message_flags, word.at, word.len, &flag)) {
			lex_take(lex);
			call->flags |= flag;
		} else {
			return result(lex, call, call->amount);
		}
	}
}

static bool parse_shutdown(struct lex *lex, struct call_pattern *call)
{
	static const struct word_value hows[] = {
		{ "read", SHUT_RD },
		{ "write", SHUT_WR },
		{ "both", SHUT_RDWR },
		{ NULL, 0 },
	};
	int how;

	if (!lex_word(lex, hows, "direction", &how))
		return false;
	call->amount = how;
	return result(lex, call, 0);
}

static bool parse_plain(struct lex *lex, struct call_pattern *call)
{
	return result(lex, call, 0);
}

static bool option(struct lex *lex, struct call_pattern *call)
{
	struct word word = lex_take(lex);

	call->option = names_option(word.at, word.len);
	return call->option != NULL || lex_fail(lex, word, "is no option of a socket",
	                                        "one like SO_KEEPALIVE or TCP_NODELAY");
}

static bool text_value(struct lex *lex, struct call_pattern *call)
{
	struct word word = lex_take(lex);

	if (word.len == 0 || word.len >= sizeof call->text)
		return lex_fail(lex, word, "is no value", "a word of up to 47 letters");
	if (!word_is(word, "\"\""))
		memcpy(call->text, word.at, word.len);
	return true;
}

static bool value(struct lex *lex, struct call_pattern *call)
{
	unsigned n = call->option->type == OPTION_LINGER ? 2 : 1;

	if (call->option->type == OPTION_TEXT || call->option->type == OPTION_BYTES)
		return text_value(lex, call);
	while (call->n_values < n)
		if (!lex_number(lex, "value", INT32_MIN, UINT32_MAX,
		                &call->values[call->n_values++]))
			return false;
	return true;
}

static bool parse_set(struct lex *lex, struct call_pattern *call)
{
	return option(lex, call) && value(lex, call) && result(lex, call, 0);
}

/* The value stands where the result does: `get SO_ERROR = ECONNREFUSED`. */
static bool parse_get(struct lex *lex, struct call_pattern *call)
{
	struct range error;

	if (!option(lex, call) || !lex_need(lex, "="))
		return false;
	call->result = (struct range){ 0, 0, true };
	if (call->option->type == OPTION_TEXT || call->option->type == OPTION_BYTES)
		return text_value(lex, call);
	if (!expected_error(lex, &error))
		return lex_range(lex, "value", &call->result);
	/* Of SO_ERROR an errno is the value; else it is what the call came to. */
	call->result = call->option->type == OPTION_ERROR
	                       ? (struct range){ -error.high, -error.low, true }
	                       : error;
	return true;
}

static bool parse_poll(struct lex *lex, struct call_pattern *call)
{
	int64_t bits = 0;

	if (!lex_need(lex, "="))
		return false;
	if (!lex_is(lex, "nothing"))
		do {
			int bit;

			if (!lex_word(lex, names_poll, "readiness", &bit))
				return false;
			bits |= bit;
		} while (!lex_ended(lex));
	call->result = (struct range){ bits, bits, true };
	return true;
}

static bool one_info(struct lex *lex, struct info_pattern *info)
{
	struct word word = lex_take(lex), next = lex_peek(lex);
	int state;

	info->field = names_info(word.at, word.len);
	if (info->field == NULL)
		return lex_fail(lex, word, "is no field of tcp_info", "one like state or cwnd");
	if (word_is(word, "state") && names_value(names_states, next.at, next.len, &state)) {
		lex_take(lex);
		info->value = (struct range){ state, state, true };
		return true;
	}
	return lex_range(lex, "value", &info->value);
}

static bool parse_info(struct lex *lex, struct call_pattern *call)
{
	call->result = (struct range){ 0, 0, true };
	do {
		if (call->n_infos == SCRIPT_INFOS_MAX)
			return lex_fail(lex, lex_peek(lex), "is one too many", "at most eight");
		if (!one_info(lex, &call->infos[call->n_infos++]))
			return false;
	} while (lex_is(lex, ","));
	return true;
}

static bool parse_returns(struct lex *lex, struct call_pattern *call)
{
	return lex_need(lex, "=") && (expected_error(lex, &call->result) ||
	                              lex_range(lex, "result or error", &call->result));
}

static bool parse_link(struct lex *lex, struct call_pattern *call)
{
	static const struct word_value ways[] = {
		{ "down", ENVIRONMENT_LINK_DOWN },
		{ "up", ENVIRONMENT_LINK_UP },
		{ NULL, 0 },
	};
	int way;

	if (!lex_word(lex, ways, "state of a link", &way))
		return false;
	call->environment = (enum environment)way;
	return true;
}

static bool parse_address(struct lex *lex, struct call_pattern *call)
{
	call->environment = ENVIRONMENT_ADDRESS_REMOVE;
	call->to.given = true;
	return lex_need(lex, "remove") && lex_address(lex, "the host", &call->to.address);
}

static const struct {
	const char *word;
	enum call_kind kind;
	bool (*parse)(struct lex *lex, struct call_pattern *call);
} calls[] = {
	{ "socket", CALL_SOCKET, parse_socket },
	{ "bind", CALL_BIND, parse_ends },
	{ "connect", CALL_CONNECT, parse_ends },
	{ "listen", CALL_LISTEN, parse_listen },
	{ "accept", CALL_ACCEPT, parse_accept },
	{ "send", CALL_SEND, parse_transfer },
	{ "receive", CALL_RECEIVE, parse_transfer },
	{ "shutdown", CALL_SHUTDOWN, parse_shutdown },
	{ "close", CALL_CLOSE, parse_plain },
	{ "set", CALL_SET, parse_set },
	{ "get", CALL_GET, parse_get },
	{ "poll", CALL_POLL, parse_poll },
	{ "name", CALL_NAME, address_result },
	{ "peer", CALL_PEER, address_result },
	{ "info", CALL_INFO, parse_info },
	{ "returns", CALL_RETURNS, parse_returns },
	{ "nothing", CALL_NOTHING, parse_plain },
	{ "link", CALL_ENVIRONMENT, parse_link },
	{ "address", CALL_ENVIRONMENT, parse_address },
};

bool parse_call(struct lex *lex, struct call_pattern *ret_call)
{
	struct word word = lex_take(lex);

	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		if (word_is(word, calls[i].word)) {
			ret_call->kind = calls[i].kind;
			return calls[i].parse(lex, ret_call);
		}
	return lex_fail(lex, word, "is no call",
	                "> or <, or one of socket bind connect listen accept send receive shutdown "
	                "close set get poll name peer info returns nothing link address");
}
