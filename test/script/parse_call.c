#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "script/parse_inside.h"

static bool expected_error(struct scan *scan, struct range *ret_range)
{
	struct word word = scan_peek(scan);
	int error;

	if (!names_value(names_errors, word.at, word.len, &error))
		return false;
	scan_take(scan);
	*ret_range = (struct range){ -error, -error, true };
	return true;
}

/* `waits`, `= 7`, `= ECONNREFUSED`; nothing: @usual. */
static bool result(struct scan *scan, struct call_pattern *call, int64_t usual)
{
	call->result = (struct range){ usual, usual, true };
	if (scan_is(scan, "waits")) {
		call->waits = true;
		return true;
	}
	if (scan_ended(scan))
		return true;
	return scan_need(scan, "=") && (expected_error(scan, &call->result) ||
	                                scan_range(scan, "result or error", &call->result));
}

static bool address_result(struct scan *scan, struct call_pattern *call)
{
	call->result = (struct range){ 0, 0, true };
	return scan_need(scan, "=") &&
	       (expected_error(scan, &call->result) || scan_ends(scan, &call->from));
}

static bool small(struct scan *scan, const char *what, int min, int max, int *ret_number)
{
	int64_t number;

	if (!scan_number(scan, what, min, max, &number))
		return false;
	*ret_number = (int)number;
	return true;
}

static bool parse_socket(struct scan *scan, struct call_pattern *call)
{
	static const struct word_value kinds[] = {
		{ "tcp", IPPROTO_TCP },
		{ "udp", IPPROTO_UDP },
		{ "icmp", IPPROTO_ICMP },
		{ NULL, 0 },
	};

	if (!scan_word(scan, kinds, "kind of socket", &call->protocol))
		return false;
	call->family = AF_INET;
	call->type = call->protocol == IPPROTO_TCP ? SOCK_STREAM : SOCK_DGRAM;
	call->nonblocking = scan_is(scan, "nonblocking");
	return result(scan, call, 0);
}

static bool parse_ends(struct scan *scan, struct call_pattern *call)
{
	call->family = AF_INET;
	call->length = -1;
	if (scan_is(scan, "unspec"))
		call->family = AF_UNSPEC;
	else if (!scan_ends(scan, &call->to))
		return false;
	if (scan_is(scan, "family") && !small(scan, "family", 0, 100, &call->family))
		return false;
	if (scan_is(scan, "length") && !small(scan, "length", -1000, 1000, &call->length))
		return false;
	return result(scan, call, 0);
}

static bool parse_listen(struct scan *scan, struct call_pattern *call)
{
	return scan_number(scan, "backlog", -1, 1000000, &call->amount) && result(scan, call, 0);
}

static bool parse_accept(struct scan *scan, struct call_pattern *call)
{
	if (!scan_name(scan, "socket", call->accepted))
		return false;
	if (scan_is(scan, "from") && !scan_ends(scan, &call->from))
		return false;
	return result(scan, call, 0);
}

static bool parse_transfer(struct scan *scan, struct call_pattern *call)
{
	if (!scan_number(scan, "number of bytes", 0, 4 << 20, &call->amount))
		return false;
	call->family = AF_INET;
	call->length = -1;
	for (;;) {
		struct word word = scan_peek(scan);
		int flag;

		if (scan_is(scan, "to")) {
			if (!scan_ends(scan, &call->to))
				return false;
		} else if (scan_is(scan, "from")) {
			if (!scan_ends(scan, &call->from))
				return false;
		} else if (names_value(names_message_flags, word.at, word.len, &flag)) {
			scan_take(scan);
			call->flags |= flag;
		} else {
			return result(scan, call, call->amount);
		}
	}
}

static bool parse_shutdown(struct scan *scan, struct call_pattern *call)
{
	static const struct word_value hows[] = {
		{ "read", SHUT_RD },
		{ "write", SHUT_WR },
		{ "both", SHUT_RDWR },
		{ NULL, 0 },
	};
	int how;

	if (!scan_word(scan, hows, "direction", &how))
		return false;
	call->amount = how;
	return result(scan, call, 0);
}

static bool parse_plain(struct scan *scan, struct call_pattern *call)
{
	return result(scan, call, 0);
}

static bool option(struct scan *scan, struct call_pattern *call)
{
	struct word word = scan_take(scan);

	call->option = names_option(word.at, word.len);
	return call->option != NULL || scan_fail(scan, word, "is no option of a socket",
	                                         "one like SO_KEEPALIVE or TCP_NODELAY");
}

static bool text_value(struct scan *scan, struct call_pattern *call)
{
	struct word word = scan_take(scan);

	if (word.len == 0 || word.len >= sizeof call->text)
		return scan_fail(scan, word, "is no value", "a word of up to 47 letters");
	if (!word_is(word, "\"\""))
		memcpy(call->text, word.at, word.len);
	return true;
}

static bool value(struct scan *scan, struct call_pattern *call)
{
	unsigned n = call->option->type == OPTION_LINGER ? 2 : 1;

	if (call->option->type == OPTION_TEXT || call->option->type == OPTION_BYTES)
		return text_value(scan, call);
	while (call->n_values < n)
		if (!scan_number(scan, "value", INT32_MIN, UINT32_MAX,
		                 &call->values[call->n_values++]))
			return false;
	return true;
}

static bool parse_set(struct scan *scan, struct call_pattern *call)
{
	return option(scan, call) && value(scan, call) && result(scan, call, 0);
}

/* The value stands where the result does: `get SO_ERROR = ECONNREFUSED`. */
static bool parse_get(struct scan *scan, struct call_pattern *call)
{
	struct range error;

	if (!option(scan, call) || !scan_need(scan, "="))
		return false;
	call->result = (struct range){ 0, 0, true };
	if (call->option->type == OPTION_TEXT || call->option->type == OPTION_BYTES)
		return text_value(scan, call);
	if (!expected_error(scan, &error))
		return scan_range(scan, "value", &call->result);
	/* Of SO_ERROR an errno is the value; else it is what the call came to. */
	call->result = call->option->type == OPTION_ERROR
	                       ? (struct range){ -error.high, -error.low, true }
	                       : error;
	return true;
}

static bool parse_poll(struct scan *scan, struct call_pattern *call)
{
	int64_t bits = 0;

	if (!scan_need(scan, "="))
		return false;
	if (!scan_is(scan, "nothing"))
		do {
			int bit;

			if (!scan_word(scan, names_poll, "readiness", &bit))
				return false;
			bits |= bit;
		} while (!scan_ended(scan));
	call->result = (struct range){ bits, bits, true };
	return true;
}

static bool one_info(struct scan *scan, struct info_pattern *info)
{
	struct word word = scan_take(scan), next = scan_peek(scan);
	int state;

	info->field = names_info(word.at, word.len);
	if (info->field == NULL)
		return scan_fail(scan, word, "is no field of tcp_info", "one like state or cwnd");
	if (word_is(word, "state") && names_value(names_states, next.at, next.len, &state)) {
		scan_take(scan);
		info->value = (struct range){ state, state, true };
		return true;
	}
	return scan_range(scan, "value", &info->value);
}

static bool parse_info(struct scan *scan, struct call_pattern *call)
{
	call->result = (struct range){ 0, 0, true };
	do {
		if (call->n_infos == SCRIPT_INFOS_MAX)
			return scan_fail(scan, scan_peek(scan), "is one too many", "at most eight");
		if (!one_info(scan, &call->infos[call->n_infos++]))
			return false;
	} while (scan_is(scan, ","));
	return true;
}

static bool parse_returns(struct scan *scan, struct call_pattern *call)
{
	return scan_need(scan, "=") && (expected_error(scan, &call->result) ||
	                                scan_range(scan, "result or error", &call->result));
}

static bool parse_link(struct scan *scan, struct call_pattern *call)
{
	static const struct word_value ways[] = {
		{ "down", ENVIRONMENT_LINK_DOWN },
		{ "up", ENVIRONMENT_LINK_UP },
		{ NULL, 0 },
	};
	int way;

	if (!scan_word(scan, ways, "state of a link", &way))
		return false;
	call->environment = (enum environment)way;
	return true;
}

static bool parse_address(struct scan *scan, struct call_pattern *call)
{
	call->environment = ENVIRONMENT_ADDRESS_REMOVE;
	call->to.given = true;
	return scan_need(scan, "remove") && scan_address(scan, "the host", &call->to.address);
}

static const struct {
	const char *word;
	enum call_kind kind;
	bool (*parse)(struct scan *scan, struct call_pattern *call);
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

bool parse_call(struct scan *scan, struct call_pattern *ret_call)
{
	struct word word = scan_take(scan);

	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		if (word_is(word, calls[i].word)) {
			ret_call->kind = calls[i].kind;
			return calls[i].parse(scan, ret_call);
		}
	return scan_fail(
		scan, word, "is no call",
		"> or <, or one of socket bind connect listen accept send receive shutdown "
		"close set get poll name peer info returns nothing link address");
}
