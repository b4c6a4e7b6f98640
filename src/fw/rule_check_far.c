#include "fw/rule_set.h"
#include "lib/text.h"

#define KEPT_S_MAX (7 * DAY_S)

struct check {
	const struct rule_spec *spec;
	size_t place;
	struct rule_error *error;
};

static bool check_types(const struct check *c, const char *field, const struct match_bits *m)
{
	if (!m->on || (m->bits != 0 && m->bits >> ADDRESS_TYPES == 0))
		return true;
	return rule_fail(c->error, c->place, field,
	                 "name one or more of unicast, local, broadcast, multicast, blackhole");
}

static bool check_rate(const struct check *c, const char *field, const struct limit_rate *rate)
{
	if (rate->rate != 0 && rate->burst != 0 && rate->time_s != 0 &&
	    rate->time_s <= LIMIT_TIME_S_MAX)
		return true;
	return rule_fail(c->error, c->place, field,
	                 "rate and burst must be 1 or more, the time from 1s to 1d");
}

static bool check_limits(const struct check *c)
{
	const struct match_dst_limit *by = &c->spec->dst_limit;

	if (c->spec->limit.on && !check_rate(c, "limit", &c->spec->limit.rate))
		return false;
	if (!by->on)
		return true;
	if (!check_rate(c, "dst-limit", &by->rate))
		return false;
	if (by->by < LIMIT_BY_COUNT && by->expire_s != 0 && by->expire_s <= KEPT_S_MAX)
		return true;
	return rule_fail(c->error, c->place, "dst-limit",
	                 "a bucket is kept from 1s to 1w, for one of the known modes");
}

static bool check_counts(const struct check *c)
{
	const struct rule_spec *spec = c->spec;

	if (spec->connection_limit.on && spec->connection_limit.bits > 32)
		return rule_fail(c->error, c->place, "connection-limit",
		                 "a network has 0 to 32 bits; write it as in 100,32");
	if (spec->connection_bytes.on && spec->connection_bytes.low > spec->connection_bytes.high)
		return rule_fail(c->error, c->place, "connection-bytes",
		                 "the range ends before it begins; the smaller number comes first, "
		                 "and 0 at the end means without end");
	if (spec->nth.on && (spec->nth.packet == 0 || spec->nth.packet > spec->nth.every))
		return rule_fail(c->error, c->place, "nth",
		                 "the packet's number must be from 1 to how many there are, as in "
		                 "3,1");
	if (spec->random.on && (spec->random.low < 1 || spec->random.low > 99 ||
	                        spec->random.low != spec->random.high))
		return rule_fail(c->error, c->place, "random", "give one percentage from 1 to 99");
	return true;
}

static bool check_classifier(const struct check *c)
{
	const struct match_classifier *m = &c->spec->classifier;

	if (!m->on || (m->by < CLASSIFY_COUNT && m->remainder < m->denominator))
		return true;
	return rule_fail(c->error, c->place, "per-connection-classifier",
	                 "the remainder must be less than the denominator, as in "
	                 "both-addresses:2/0 and both-addresses:2/1");
}

static bool check_week(const struct check *c)
{
	const struct match_week *m = &c->spec->time;

	if (!m->on ||
	    (m->days != 0 && m->days >> WEEK_DAYS == 0 && m->from_s <= DAY_S && m->to_s <= DAY_S))
		return true;
	return rule_fail(c->error, c->place, "time",
	                 "give two times of day and one or more days, as in "
	                 "8h-18h,mon,tue,wed,thu,fri");
}

bool rule_check_far(const struct rule_spec *spec, size_t place, struct rule_error *error)
{
	struct check c = { .spec = spec, .place = place, .error = error };

	if (spec->ipv4_options.on && spec->ipv4_options.kind >= OPTIONS_COUNT)
		return rule_fail(error, place, "ipv4-options", "is not known");
	if (spec->ipsec_policy.on && spec->ipsec_policy.kind >= IPSEC_COUNT)
		return rule_fail(error, place, "ipsec-policy", "is not known");
	return check_types(&c, "src-address-type", &spec->src_address_type) &&
	       check_types(&c, "dst-address-type", &spec->dst_address_type) && check_limits(&c) &&
	       check_counts(&c) && check_classifier(&c) && check_week(&c);
}
