/* rule_refused.c -- what rules of RouterOS have and rules here have not, and why
 * (docs/firewall.md). */
#include "menu/rule_row.h"

/* clang-format off */
#define EVERYWHERE                                                                                \
	{ "connection-type",                                                                       \
	  "no helper for FTP, SIP and their like runs here; match their ports with "               \
	  "protocol= and dst-port=" },                                                             \
	{ "connection-rate", "the rate of one connection is not measured; connection-bytes tells " \
	                     "large ones, limit and dst-limit bound rates" },                      \
	{ "content", "what a packet carries is not searched; match addresses, ports and sizes" },  \
	{ "layer7-protocol",                                                                       \
	  "what a connection carries is not searched; match addresses and ports" },                \
	{ "tls-host", "TLS names are not read; match dst-address or an address list" },            \
	{ "hotspot", "there is no hotspot in this router" },                                       \
	{ "realm", "routes have no realms here; use a routing-mark or dst-address" },              \
	{ "psd", "port scans are not weighed; dst-limit=rate,burst,src-address with "              \
	         "connection-state=new finds who opens too much" },                                \
	{ "priority", "packets carry no priority of their own here; match dscp or a packet-mark" }, \
	{ "ingress-priority", "packets carry no priority of their own here; match dscp or a "      \
	                      "packet-mark" },                                                     \
	{ "in-bridge-port", "rules see the bridge, not its ports; use in-interface" },             \
	{ "out-bridge-port", "rules see the bridge, not its ports; use out-interface" },           \
	{ "in-bridge-port-list", "rules see the bridge, not its ports; use in-interface-list" },   \
	{ "out-bridge-port-list", "rules see the bridge, not its ports; use out-interface-list" }, \
	{ "new-priority", "packets carry no priority of their own here; use mark-packet or "       \
	                  "change-dscp" },                                                         \
	{ "route-dst", "a rule can't choose a gateway; use mark-routing and a routing table" },    \
	{ "sniff-target", "rules send no copies of packets; towpathd --pcap records them" },       \
	{ "sniff-target-port", "rules send no copies of packets; towpathd --pcap records them" },  \
	{ "sniff-id", "rules send no copies of packets; towpathd --pcap records them" }
/* clang-format on */

const struct refused rule_row_refused[] = { EVERYWHERE, { NULL, NULL } };

#define NO_CONNECTION                                                                              \
	"raw comes before connections are looked up; write the rule in /ip/firewall/filter"
#define NO_MARK                                                                                    \
	"raw comes before mangle puts marks on packets; write the rule in /ip/firewall/mangle"

const struct refused rule_row_refused_raw[] = {
	{ "connection-state", NO_CONNECTION },
	{ "connection-nat-state", NO_CONNECTION },
	{ "connection-mark", NO_CONNECTION },
	{ "connection-bytes", NO_CONNECTION },
	{ "connection-limit", NO_CONNECTION },
	{ "packet-mark", NO_MARK },
	{ "routing-mark", NO_MARK },
	EVERYWHERE,
	{ NULL, NULL },
};
