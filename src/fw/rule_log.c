/*
 * rule_log.c -- the line a rule writes about a packet, in the form RouterOS has:
 * "prefix forward: in:ether1 out:ether2, connection-state:new src-mac 02:00:00:00:00:07, proto TCP
 * (SYN), 192.0.2.1:5->198.51.100.9:80, len 60", without a line's end in it.
 */
#include <netinet/in.h>

#include "core/net.h"
#include "fw/rule_set.h"
#include "lib/log.h"
#include "lib/text.h"

static const char *iface_word(const struct net *net, iface_id id)
{
	const struct iface *iface = id != IFACE_NONE ? iface_get_const(net, id) : NULL;

	return iface != NULL ? iface->name : "(unknown 0)";
}

static void flags_line(uint8_t flags, struct text *out)
{
	static const char *const words[] = {
		"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR",
	};
	const char *between = "";

	for (unsigned i = 0; i < ARRAY_LEN(words); i++) {
		if ((flags >> i & 1) == 0)
			continue;
		text_printf(out, "%s%s", between, words[i]);
		between = ",";
	}
}

/* "connection-state:established,snat src-mac ..."; what the router sends itself has no card. */
static void connection_line(const struct pkt *p, struct text *out)
{
	text_printf(out, "connection-state:%s%s%s", rule_state_words[p->state],
	            (p->nat & NAT_SRC) != 0 ? ",snat" : "", (p->nat & NAT_DST) != 0 ? ",dnat" : "");
	if (p->in != IFACE_NONE) {
		text_add(out, " src-mac ");
		mac_print(&p->ether_src, out);
	}
	text_add(out, ", ");
}

/* Protocol and addresses, as far as the packet has been translated. */
static void packet_line(const struct pkt *p, struct text *out)
{
	char src[IP4_TEXT_BYTES], dst[IP4_TEXT_BYTES];
	bool ports = p->now.proto == IPPROTO_TCP || p->now.proto == IPPROTO_UDP;

	text_add(out, "proto ");
	if (p->now.proto == IPPROTO_TCP) {
		text_add(out, "TCP (");
		flags_line(p->tcp_flags, out);
		text_char(out, ')');
	} else if (p->now.proto == IPPROTO_UDP) {
		text_add(out, "UDP");
	} else if (p->now.proto == IPPROTO_ICMP) {
		text_printf(out, "ICMP (type %u, code %u)", p->icmp_type, p->icmp_code);
	} else {
		text_printf(out, "%u", p->now.proto);
	}
	ip4_str(p->now.src, src);
	ip4_str(p->now.dst, dst);
	if (ports)
		text_printf(out, ", %s:%u->%s:%u", src, p->now.sport, dst, p->now.dport);
	else
		text_printf(out, ", %s->%s", src, dst);
	text_printf(out, ", len %u", p->ip_bytes);
}

void rule_log_write(const struct rules *rules, const struct rule *rule, const struct net *net,
                    const struct pkt *p, iface_id out)
{
	char buffer[LOG_TEXT_BYTES];
	struct text line = text_into(buffer, sizeof buffer);
	const struct rule_spec *spec = rule->spec;
	struct rule_log *log = rules->log;

	if (!rate_take(&log->rate, net->now)) {
		log->missed++;
		return;
	}
	if (log->missed > 0)
		log_write(net->log, LOG_INFO, "firewall",
		          "%s: left out %lu lines, too many a second",
		          facility_words[rules->facility], (unsigned long)log->missed);
	log->missed = 0;
	text_printf(&line, "%s%s%s: in:%s out:%s, ", spec->log_prefix,
	            spec->log_prefix[0] != '\0' ? " " : "", spec->chain, iface_word(net, p->in),
	            iface_word(net, out));
	connection_line(p, &line);
	packet_line(p, &line);
	log_write(net->log, LOG_INFO, "firewall", "%s", text_str(&line));
}
