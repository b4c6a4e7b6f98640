/*
 * drop.h -- every reason for which a packet ends here.
 *
 * There is no other way to lose one: pkt_drop() wants a reason, counts it and tells whoever asked
 * for an explanation. This list is the project's one X-macro, so that reason, word and sentence
 * can't drift apart. The words are shown to people and are not renamed.
 */
#ifndef CORE_DROP_H
#define CORE_DROP_H

#include <stdbool.h>

#define DROP_LIST(X)                                                                               \
	X(FRAME_SHORT, "frame-short", "shorter than an Ethernet header")                           \
	X(NOT_FOR_US, "not-for-us", "the frame's destination is another card's address")           \
	X(ETHER_TYPE, "ether-type", "an EtherType that nobody here takes")                         \
	X(IPV6, "ipv6", "IPv6 is not forwarded by this version")                                   \
	X(VLAN, "vlan", "a VLAN tag for which there is no interface")                              \
	X(BRIDGE_SAME_SIDE, "bridge-same-side", "its station is behind the port it came in by")    \
	X(BRIDGE_NOWHERE, "bridge-nowhere", "no port of the bridge may have it")                   \
	X(BRIDGE_RESERVED, "bridge-reserved", "to a group that no bridge hands on")                \
	X(BRIDGE_SOURCE, "bridge-source", "its source is a group, which sends nothing")            \
	X(BRIDGE_CUT, "bridge-cut-off", "the port is cut off: a loop leads through it")            \
	X(BRIDGE_OWN, "bridge-own", "the bridge's own address as its source: a loop?")             \
	X(ARP_BAD, "arp-bad", "an ARP packet with wrong fields")                                   \
	X(ARP_UNASKED, "arp-unasked", "an ARP reply to a question that was not asked")             \
	X(ARP_NOT_OURS, "arp-not-ours", "an ARP request for somebody else's address")              \
	X(ARP_CONSUMED, "arp-consumed", "an ARP packet that was understood and answered")          \
	X(IP_SHORT, "ip-short", "shorter than its IPv4 header says")                               \
	X(IP_VERSION, "ip-version", "not version 4, or a header length below 20 bytes")            \
	X(IP_CHECKSUM, "ip-checksum", "the IPv4 header's checksum is wrong")                       \
	X(IP_SOURCE, "ip-source", "a source address that no host may have")                        \
	X(IP_DESTINATION, "ip-destination", "a destination that must not be routed")               \
	X(IP_OPTIONS, "ip-options", "a source route, or options that do not parse")                \
	X(L4_SHORT, "l4-short", "shorter than its TCP, UDP or ICMP header")                        \
	X(L4_CHECKSUM, "l4-checksum", "for this router, with a wrong TCP, UDP or ICMP checksum")   \
	X(FRAGMENT, "fragment", "a fragment that could not be put together")                       \
	X(FRAGMENT_TIMEOUT, "fragment-timeout", "the other fragments did not come in time")        \
	X(NO_CONFIG, "no-configuration", "came before the configuration was loaded")               \
	X(IFACE_DISABLED, "interface-disabled", "the interface is disabled")                       \
	X(TTL_EXPIRED, "ttl-expired", "its time to live ran out here")                             \
	X(NEEDS_FRAGMENT, "needs-fragment", "larger than the MTU of its way, with DF set")         \
	X(NO_ROUTE, "no-route", "no route leads to its destination")                               \
	X(ROUTE_BLACKHOLE, "blackhole", "its route is a blackhole")                                \
	X(ROUTE_PROHIBIT, "prohibited", "its route is prohibited")                                 \
	X(NO_PORT_OPEN, "no-port-open", "nobody listens on that port of this router")              \
	X(NO_PROTOCOL, "no-protocol", "this router does not speak that protocol")                  \
	X(LOCAL_CONSUMED, "local", "for this router, and taken by it")                             \
	X(NEIGH_FAILED, "neighbour-failed", "the next hop does not answer ARP")                    \
	X(NEIGH_QUEUE, "neighbour-queue", "too many packets wait for the same next hop")           \
	X(LINK_DOWN, "link-down", "the interface it must leave by has no link")                    \
	X(TX_FULL, "tx-full", "the port could not take it")                                        \
	X(TOO_BIG, "too-big", "larger than the port can send")                                     \
	X(POOL_EMPTY, "pool-empty", "no packet buffer was free")                                   \
	X(TURN_FULL, "turn-full", "the queue of packets this router sends itself is full")         \
	X(RATE, "icmp-rate", "an ICMP message above the rate limit")                               \
	X(FLOW_INVALID, "connection-invalid", "belongs to no connection and can't begin one")      \
	X(FLOW_FULL, "connections-full", "the connection table is full")                           \
	X(NAT_NO_PORT, "nat-no-port", "no port is left for the translation")                       \
	X(NAT_NO_ADDRESS, "nat-no-address", "masquerade found no address on the way out")          \
	X(NAT_REROUTED, "nat-rerouted", "its connection began on a way that wants another source") \
	X(NAT_FILTERED, "nat-filtered", "the host behind that port has not talked to its sender")  \
	X(FILTER, "filter", "a filter rule says drop")                                             \
	X(FILTER_REJECT, "filter-reject", "a filter rule says reject; the sender was told")        \
	X(FILTER_TARPIT, "filter-tarpit", "a filter rule says tarpit; the sender is held")         \
	X(RULE, "rule", "a rule outside the filter says drop")                                     \
	X(LOOP, "loop", "went round inside this router more often than any packet should")

enum drop_reason {
#define DROP_ENUM(name, word, sentence) DROP_##name,
	DROP_LIST(DROP_ENUM)
#undef DROP_ENUM
	DROP_COUNT,
};

/* "ttl-expired" */
const char *drop_word(enum drop_reason reason);
/* "its time to live ran out here" */
const char *drop_sentence(enum drop_reason reason);
/* Some of the reasons say that a packet did, or will do, what it was sent for. */
bool drop_is_loss(enum drop_reason reason);

#endif
