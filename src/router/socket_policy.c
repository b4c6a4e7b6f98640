#include "router/socket_policy.h"

#include <string.h>

#include "core/explain.h"
#include "host/sock.h"
#include "lib/mem.h"
#include "router/router.h"

struct socket_policy *socket_policy_new(size_t n)
{
	struct socket_policy *policy = mem_new(1, sizeof *policy + n * sizeof policy->at[0]);

	policy->n = n;
	return policy;
}

void socket_policy_free(struct socket_policy *policy)
{
	mem_free(policy);
}

static bool holds_addr(const struct match_addr *match, ip4 addr)
{
	bool within = addr.v >= match->range.low.v && addr.v <= match->range.high.v;

	return !match->on || within != match->negate;
}

static bool holds_port(const struct match_ports *match, uint16_t port)
{
	bool within = false;

	for (unsigned i = 0; i < match->n; i++)
		within |= port >= match->ranges[i].low && port <= match->ranges[i].high;
	return !match->on || within != match->negate;
}

static bool holds_name(const char *wanted, const char *name)
{
	return wanted[0] == '\0' || (name != NULL && strcmp(wanted, name) == 0);
}

static bool holds_owner(const struct socket_rule *rule, const struct sock_owner *owner)
{
	return holds_name(rule->program, owner->program) &&
	       holds_name(rule->service, owner->service) &&
	       (!rule->of_user || rule->uid == owner->uid);
}

struct question {
	enum socket_deed deed;
	struct sock_info info;
	struct sock_end src, dst;
};

static bool matches(const struct socket_rule *rule, const struct question *q)
{
	bool far = rule->dst.on || rule->dport.on;

	if (rule->deeds != 0 && (rule->deeds & q->deed) == 0)
		return false;
	if (rule->proto != 0 && rule->proto != q->info.proto)
		return false;
	if (far && q->deed != SOCKET_CONNECT)
		return false;
	return holds_addr(&rule->src, q->src.addr.v4) && holds_port(&rule->sport, q->src.port) &&
	       holds_addr(&rule->dst, q->dst.addr.v4) && holds_port(&rule->dport, q->dst.port) &&
	       holds_owner(rule, q->info.owner);
}

static enum socket_deed deed_of(enum sock_ask ask)
{
	return ask == SOCK_ASK_CONNECT ? SOCKET_CONNECT
	       : ask == SOCK_ASK_BIND  ? SOCKET_BIND
	                               : SOCKET_LISTEN;
}

static int ask_policy(void *arg, const struct sock *sock, enum sock_ask ask,
                      const struct sock_end *end, struct explain *why)
{
	struct socket_policy *policy = arg;
	struct question q = { .deed = deed_of(ask) };

	sock_describe(sock, &q.info);
	q.src = ask == SOCK_ASK_CONNECT ? q.info.local : *end;
	q.dst = ask == SOCK_ASK_CONNECT ? *end : (struct sock_end){ 0 };
	for (size_t i = 0; i < policy->n; i++) {
		struct socket_rule *rule = &policy->at[i];

		if (!matches(rule, &q))
			continue;
		rule->hits++;
		explain(why, "policy", "/ip/socket/policy *%X: %s", rule->id,
		        rule->result == 0 ? "accepted" : "denied");
		return rule->result;
	}
	explain(why, "policy", "no rule of /ip/socket/policy says anything");
	return 0;
}

void socket_policy_publish(struct router *router, struct socket_policy *policy)
{
	for (size_t i = 0; i < policy->n; i++)
		policy->at[i].hits = socket_policy_hits(router, policy->at[i].id);
	socket_policy_free(router->socket_policy);
	router->socket_policy = policy;
	sock_set_policy(&router->host, policy->n > 0 ? ask_policy : NULL, policy);
}

uint64_t socket_policy_hits(const struct router *router, uint32_t id)
{
	const struct socket_policy *policy = router->socket_policy;

	for (size_t i = 0; policy != NULL && i < policy->n; i++)
		if (policy->at[i].id == id)
			return policy->at[i].hits;
	return 0;
}
