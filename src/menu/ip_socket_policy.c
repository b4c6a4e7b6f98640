/*
 * ip_socket_policy.c -- /ip/socket/policy: what programs and services may connect to, bind, listen
 * on.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "menu/type_match.h"
#include "router/router.h"
#include "router/socket_policy.h"

struct policy_row {
	uint8_t action, protocol, error;
	uint8_t zero;
	uint32_t operation; /* enum socket_deed */
	uint32_t user;
	struct match_addr src_address, dst_address;
	struct match_ports src_port, dst_port;
	char program[SOCKET_NAME_BYTES], service[SOCKET_NAME_BYTES];
	uint64_t hits; /* observed */
};

enum { /* places in fields[] */
	AT_ERROR = 1,
	AT_USER = 8,
	AT_HITS = 11,
};

static const char *const action_words[] = { "accept", "deny", NULL };
static const char *const error_words[] = { "EACCES", "EPERM", NULL };
static const char *const operation_words[] = { "connect", "bind", "listen", NULL };
static const char *const protocol_words[] = { "any", "tcp", "udp", "icmp", NULL };

static const struct field fields[] = {
	{ "action", &type_enum, AT(struct policy_row, action), .words = action_words,
	  .dflt = "accept", .flags = F_BRIEF,
	  .help = "what the rule says; the first that matches decides" },
	{ "error", &type_enum, AT(struct policy_row, error), .words = error_words, .dflt = "EACCES",
	  .flags = F_QUIET, .help = "what the program is told when it is denied" },
	{ "operation", &type_set, AT(struct policy_row, operation), .words = operation_words,
	  .flags = F_BRIEF, .help = "which calls it is about; all when none is given" },
	{ "protocol", &type_enum, AT(struct policy_row, protocol), .words = protocol_words,
	  .dflt = "any", .flags = F_BRIEF, .help = "of which sockets" },
	{ "src-address", &type_match_addr, AT(struct policy_row, src_address),
	  .flags = F_NEGATE | F_BRIEF,
	  .help = "our end: what is bound or listened on; before a route is chosen it is 0.0.0.0" },
	{ "src-port", &type_match_ports, AT(struct policy_row, src_port), .flags = F_NEGATE,
	  .help = "our port; 0 before one is chosen" },
	{ "dst-address", &type_match_addr, AT(struct policy_row, dst_address),
	  .flags = F_NEGATE | F_BRIEF, .help = "the far end: the rule is about connect only" },
	{ "dst-port", &type_match_ports, AT(struct policy_row, dst_port),
	  .flags = F_NEGATE | F_BRIEF,
	  .help = "the far end's port: the rule is about connect only" },
	{ "user", &type_uint, AT(struct policy_row, user), .min = 0, .max = UINT32_MAX,
	  .help = "the number of the account that runs the program; 0 is root, and the router "
	          "itself" },
	{ "program", &type_word, AT(struct policy_row, program), .max = SOCKET_NAME_BYTES - 1,
	  .min = 1, .help = "the program's name, at most 15 characters of it" },
	{ "service", &type_word, AT(struct policy_row, service), .max = SOCKET_NAME_BYTES - 1,
	  .min = 1, .help = "the router's own service that the socket is for: telnet, fetch" },
	{ "hits", &type_uint, AT(struct policy_row, hits), .flags = F_READ_ONLY | F_STATS | F_RIGHT,
	  .help = "how often it has decided" },
};

static bool policy_check(const struct row *row, struct diag *diag)
{
	const struct policy_row *body = (const void *)row->body;
	bool far = body->dst_address.on || body->dst_port.on;

	if (far && body->operation != 0 && (body->operation & SOCKET_CONNECT) == 0)
		return diag_fail(diag, "dst-address",
		                 "failure: bind and listen have no far end: leave dst-address and "
		                 "dst-port out, or operation=connect");
	if (body->protocol == 3 && (body->src_port.on || body->dst_port.on))
		return diag_fail(diag, "protocol", "failure: icmp has no ports");
	if (row_given(row, AT_ERROR) && body->action == 0)
		return diag_fail(diag, "error", "failure: error= goes with action=deny");
	return true;
}

static bool policy_check_all(const struct conf_state *state, struct rows rows, struct diag *diag)
{
	if (rows.n <= SOCKET_RULES_MAX)
		return true;
	return diag_fail(diag, NULL, "failure: there are at most %d rules", SOCKET_RULES_MAX);
}

static void fill_rule(const struct row *row, struct socket_rule *rule)
{
	static const uint8_t protocols[] = { 0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };
	static const int errors[] = { -EACCES, -EPERM };
	const struct policy_row *body = (const void *)row->body;

	*rule = (struct socket_rule){
		.id = row->id,
		.deeds = body->operation,
		.result = body->action == 0 ? 0 : errors[body->error],
		.proto = protocols[body->protocol],
		.of_user = row_given(row, AT_USER),
		.uid = body->user,
		.src = body->src_address,
		.dst = body->dst_address,
		.sport = body->src_port,
		.dport = body->dst_port,
	};
	memcpy(rule->program, body->program, sizeof rule->program);
	memcpy(rule->service, body->service, sizeof rule->service);
}

static bool policy_prepare(struct router *router, const struct conf_state *state,
                           void **ret_prepared, struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/ip/socket/policy");
	struct socket_policy *policy = socket_policy_new(rows.n);

	policy->n = 0;
	for (size_t i = 0; i < rows.n; i++)
		if ((rows.at[i]->flags & ROW_DISABLED) == 0)
			fill_rule(rows.at[i], &policy->at[policy->n++]);
	*ret_prepared = policy;
	return true;
}

static void policy_publish(struct router *router, void *prepared)
{
	socket_policy_publish(router, prepared);
}

static void policy_discard(void *prepared)
{
	socket_policy_free(prepared);
}

static void policy_status(struct router *router, const struct conf_state *state, struct row *row)
{
	struct policy_row *body = (void *)row->body;

	body->hits = socket_policy_hits(router, row->id);
	row->given |= 1ULL << AT_HITS;
}

const struct menu menu_ip_socket_policy = {
	.path = "/ip/socket/policy",
	.title = "What programs and services may connect to, bind and listen on",
	.kind = MENU_ORDERED,
	.detail = true,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct policy_row),
	.check = policy_check,
	.check_all = policy_check_all,
	.prepare = policy_prepare,
	.publish = policy_publish,
	.discard = policy_discard,
	.status = policy_status,
};
