#include "fw/match_text.h"

#include <string.h>

#include "lib/text.h"

void match_text_seconds(uint32_t seconds, struct text *out)
{
	static const struct {
		char unit;
		uint32_t s;
	} units[] = { { 'w', 604800 }, { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };

	if (seconds == 0)
		text_add(out, "0s");
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (seconds >= units[i].s)
			text_printf(out, "%u%c", seconds / units[i].s, units[i].unit);
		seconds %= units[i].s;
	}
}

/* A second is what is meant when nothing is said. */
static void rate_text(const struct limit_rate *rate, struct text *out)
{
	text_printf(out, "%u", rate->rate);
	if (rate->time_s != 1) {
		text_char(out, '/');
		match_text_seconds(rate->time_s, out);
	}
	text_printf(out, ",%u", rate->burst);
}

void match_text_limit(const struct match_limit *m, struct text *out)
{
	rate_text(&m->rate, out);
	text_add(out, m->bits ? ":bit" : ":packet");
}

void match_text_dst_limit(const struct match_dst_limit *m, struct text *out)
{
	rate_text(&m->rate, out);
	text_printf(out, ",%s/", rule_limit_by_words[m->by]);
	match_text_seconds(m->expire_s, out);
}

void match_text_connections(const struct match_connections *m, struct text *out)
{
	text_printf(out, "%u,%u", m->n, m->bits);
}

void match_text_bytes(const struct match_bytes *m, struct text *out)
{
	text_printf(out, "%llu-%llu", (unsigned long long)m->low,
	            m->high == UINT64_MAX ? 0 : (unsigned long long)m->high);
}

void match_text_nth(const struct match_nth *m, struct text *out)
{
	text_printf(out, "%u,%u", m->every, m->packet);
}

void match_text_classifier(const struct match_classifier *m, struct text *out)
{
	text_printf(out, "%s:%u/%u", classifier_words[m->by], m->denominator, m->remainder);
}

void match_text_week(const struct match_week *m, struct text *out)
{
	match_text_seconds(m->from_s, out);
	text_char(out, '-');
	match_text_seconds(m->to_s, out);
	for (unsigned i = 0; i < WEEK_DAYS; i++) {
		if ((m->days >> i & 1) != 0)
			text_printf(out, ",%s", week_words[i]);
	}
}

void match_text_mac(const struct match_mac *m, struct text *out)
{
	struct mac mac;

	memcpy(mac.b, m->mac, sizeof mac.b);
	mac_print(&mac, out);
}

void match_text_ttl_change(const struct ttl_change *change, struct text *out)
{
	if (change->how != TTL_CHANGE_NONE)
		text_printf(out, "%s:%u", rule_ttl_change_words[change->how], change->n);
}
