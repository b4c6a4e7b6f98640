/*
 * rule_row.h -- what the menus of filter, nat, mangle and raw share.
 *
 * One body for all four: a rule_spec, what people spell differently per menu, and counters. The
 * tables are four, because each facility knows other actions; their matchers are the same rows.
 */
#ifndef MENU_RULE_ROW_H
#define MENU_RULE_ROW_H

#include "conf/menu.h"
#include "conf/policy.h"
#include "conf/type.h"
#include "fw/rule.h"
#include "menu/type_address_list.h"
#include "menu/type_match.h"

struct rule_row {
	struct rule_spec spec;
	char new_connection_mark[MARK_NAME_BYTES];
	char new_packet_mark[MARK_NAME_BYTES];
	char new_routing_mark[MARK_NAME_BYTES];
	bool hw_offload;      /* pasted with fasttrack-connection; there is nothing it could mean */
	char tcp_options[16]; /* older spelling in mangle; never stored */
	uint64_t packets, bytes;
};

/* uint32_t: an action that the facility (field->min) knows. */
extern const struct type type_rule_action;

#define RULE_AT(member) AT(struct rule_row, spec.member)

/* clang-format off */

#define RULE_FIELDS_MATCH_ENDS                                                                     \
	{ "src-address", &type_match_addr, RULE_AT(src_address), .flags = F_NEGATE,                \
	  .help = "source: an address, a network or a range" },                                    \
	{ "dst-address", &type_match_addr, RULE_AT(dst_address), .flags = F_NEGATE,                \
	  .help = "destination: an address, a network or a range" },                               \
	{ "src-address-list", &type_match_address_list, RULE_AT(src_address_list),                 \
	  .max = LIST_NAME_BYTES - 1, .flags = F_NEGATE,                                           \
	  .help = "an address list that the source is in" },                                       \
	{ "dst-address-list", &type_match_address_list, RULE_AT(dst_address_list),                 \
	  .max = LIST_NAME_BYTES - 1, .flags = F_NEGATE,                                           \
	  .help = "an address list that the destination is in" },                                  \
	{ "protocol", &type_match_protocol, RULE_AT(protocol), .flags = F_NEGATE,                  \
	  .help = "IP protocol, by name or number" },                                              \
	{ "src-port", &type_match_ports, RULE_AT(src_port), .flags = F_NEGATE,                     \
	  .help = "source ports; with protocol=tcp or udp" },                                      \
	{ "dst-port", &type_match_ports, RULE_AT(dst_port), .flags = F_NEGATE,                     \
	  .help = "destination ports; with protocol=tcp or udp" },                                 \
	{ "port", &type_match_ports, RULE_AT(any_port), .flags = F_NEGATE,                         \
	  .help = "source or destination ports; with protocol=tcp or udp" },                       \
	{ "in-interface", &type_match_ref, RULE_AT(in_interface), .ref = "interface",              \
	  .flags = F_NEGATE | F_HOLDS, .help = "the interface it came in by" },                    \
	{ "out-interface", &type_match_ref, RULE_AT(out_interface), .ref = "interface",            \
	  .flags = F_NEGATE | F_HOLDS, .help = "the interface it leaves by" },                     \
	{ "in-interface-list", &type_match_ref, RULE_AT(in_interface_list),                        \
	  .ref = "/interface/list", .flags = F_NEGATE | F_HOLDS,                                   \
	  .help = "a list with the interface it came in by" },                                     \
	{ "out-interface-list", &type_match_ref, RULE_AT(out_interface_list),                      \
	  .ref = "/interface/list", .flags = F_NEGATE | F_HOLDS,                                   \
	  .help = "a list with the interface it leaves by" }

#define RULE_FIELDS_MATCH_MARKS                                                                    \
	{ "connection-mark", &type_match_mark, RULE_AT(connection_mark),                           \
	  .max = MARK_NAME_BYTES - 1, .flags = F_NEGATE, .help = "mark of its connection" },       \
	{ "packet-mark", &type_match_mark, RULE_AT(packet_mark), .max = MARK_NAME_BYTES - 1,       \
	  .flags = F_NEGATE, .help = "mark that mangle put on the packet" }

#define RULE_FIELDS_MATCH_HEADER                                                                   \
	{ "icmp-options", &type_match_icmp, RULE_AT(icmp_options), .flags = F_NEGATE,              \
	  .help = "ICMP type and codes, such as 8:0; with protocol=icmp" },                        \
	{ "packet-size", &type_match_number, RULE_AT(packet_size), .min = 0, .max = 65535,         \
	  .flags = F_NEGATE, .help = "bytes of the IP packet" },                                   \
	{ "dscp", &type_match_number, RULE_AT(dscp), .min = 0, .max = 63, .flags = F_NEGATE,       \
	  .help = "differentiated services code point" },                                          \
	{ "ttl", &type_match_ttl, RULE_AT(ttl), .min = 0, .max = 255, .flags = F_NEGATE,           \
	  .help = "time to live, such as less-than:10" },                                                                \
	{ "fragment", &type_bool, RULE_AT(fragment), .dflt = "no", .flags = F_QUIET,               \
	  .help = "only fragments other than the first" },                                           \
	{ "src-address-type", &type_match_bits, RULE_AT(src_address_type),                         \
	  .words = address_type_words, .flags = F_NEGATE,                                          \
	  .help = "what kind of address the source is, any of the list" },                         \
	{ "dst-address-type", &type_match_bits, RULE_AT(dst_address_type),                         \
	  .words = address_type_words, .flags = F_NEGATE,                                          \
	  .help = "what kind of address the destination is, any of the list" },                    \
	{ "src-mac-address", &type_match_mac, RULE_AT(src_mac), .flags = F_NEGATE,                 \
	  .help = "the card that sent it" },                                                       \
	{ "ipv4-options", &type_match_kind, RULE_AT(ipv4_options), .words = option_match_words,    \
	  .flags = F_NEGATE, .help = "options in its IPv4 header" },                               \
	{ "ipsec-policy", &type_match_kind, RULE_AT(ipsec_policy), .words = rule_ipsec_words,      \
	  .flags = F_NEGATE, .help = "nothing comes or goes by IPsec here: none always holds" },   \
	{ "per-connection-classifier", &type_match_classifier, RULE_AT(classifier),                \
	  .flags = F_NEGATE, .help = "one class of connections, such as both-addresses:2/0" },     \
	{ "time", &type_match_week, RULE_AT(time), .flags = F_NEGATE,                              \
	  .help = "time of day (UTC) and days, such as 8h-18h,mon,tue" }

#define RULE_FIELDS_MATCH_CONNECTION                                                               \
	{ "connection-bytes", &type_match_bytes, RULE_AT(connection_bytes), .flags = F_NEGATE,     \
	  .help = "bytes its connection has carried, such as 500000-0 for more" },                 \
	{ "connection-limit", &type_match_connections, RULE_AT(connection_limit),                  \
	  .flags = F_NEGATE, .help = "more connections from one network, such as 100,32" }

#define RULE_FIELDS_MATCH_RATE                                                                     \
	{ "nth", &type_match_nth, RULE_AT(nth), .flags = F_NEGATE,                                 \
	  .help = "one packet of so many, such as 3,1" },                                          \
	{ "random", &type_match_number, RULE_AT(random), .min = 1, .max = 99,                      \
	  .flags = F_NEGATE, .help = "so many of a hundred packets, by chance" },                                     \
	{ "limit", &type_match_limit, RULE_AT(limit), .flags = F_NEGATE,                           \
	  .help = "up to a rate, such as 10/1m,5:packet" },                                        \
	{ "dst-limit", &type_match_dst_limit, RULE_AT(dst_limit), .flags = F_NEGATE,               \
	  .help = "up to a rate for each address, such as 10,5,src-address/1m" }

/* In the order in which they are shown; raw, which comes before connections and marks, has a
 * part of them. */
#define RULE_FIELDS_MATCH                                                                         \
	RULE_FIELDS_MATCH_ENDS, RULE_FIELDS_MATCH_MARKS, RULE_FIELDS_MATCH_HEADER,                 \
		RULE_FIELDS_MATCH_CONNECTION, RULE_FIELDS_MATCH_RATE

#define RULE_FIELDS_MATCH_TCP                                                                      \
	{ "tcp-flags", &type_match_tcp_flags, RULE_AT(tcp_flags),                                  \
	  .help = "TCP flags that are set, or with ! clear" },                                     \
	{ "tcp-mss", &type_match_number, RULE_AT(tcp_mss), .min = 0, .max = 65535,                 \
	  .flags = F_NEGATE, .help = "value of the MSS option" }

/* Matchers that nat has no use for: it sees only a connection's first packet. */
#define RULE_FIELDS_MATCH_STATE                                                                    \
	{ "connection-state", &type_match_bits, RULE_AT(connection_state),                         \
	  .words = rule_state_words, .flags = F_NEGATE,                                            \
	  .help = "state of its connection, any of the list" },                                    \
	{ "connection-nat-state", &type_match_bits, RULE_AT(connection_nat_state),                 \
	  .words = rule_nat_state_words, .flags = F_NEGATE,                                        \
	  .help = "how its connection is translated" },  \
	RULE_FIELDS_MATCH_TCP

#define RULE_FIELDS_ACTION                                                                         \
	{ "jump-target", &type_word, RULE_AT(jump_target), .max = CHAIN_NAME_BYTES - 1,            \
	  .help = "chain to go on with; for action=jump" },                                        \
	{ "address-list", &type_word, RULE_AT(address_list), .max = LIST_NAME_BYTES - 1,           \
	  .help = "list to add to; for action=add-src-to-address-list or add-dst-..." },           \
	{ "address-list-timeout", &type_address_list_timeout, RULE_AT(address_list_timeout),       \
	  .dflt = "none-dynamic", .flags = F_QUIET,                                                \
	  .help = "how long what it adds stays there; each packet begins the time anew" },         \
	{ "log", &type_bool, RULE_AT(log), .dflt = "no", .flags = F_QUIET,                         \
	  .help = "write a line to the log for what matches" },                                    \
	{ "log-prefix", &type_string, RULE_AT(log_prefix), .max = LOG_PREFIX_BYTES - 1,            \
	  .help = "how that line begins" },                                                        \
	{ "packets", &type_uint, AT(struct rule_row, packets),                                     \
	  .flags = F_READ_ONLY | F_STATS | F_RIGHT, .help = "packets that matched" },              \
	{ "bytes", &type_uint, AT(struct rule_row, bytes),                                         \
	  .flags = F_READ_ONLY | F_STATS | F_RIGHT, .help = "their bytes" }

/* What a rule is: these come first wherever it is shown. */
#define RULE_FIELDS_CHAIN(facility, chains, help_)                                                 \
	{ "chain", &type_word, RULE_AT(chain), .min = 1, .max = CHAIN_NAME_BYTES - 1,              \
	  .words = (chains), .flags = F_REQUIRED | F_STATS, .help = help_ },                       \
	{ "action", &type_rule_action, RULE_AT(action), .min = (facility), .dflt = "accept",       \
	  .flags = F_STATS, .help = "what happens to a packet that matches" }

/* clang-format on */

/* The hooks' common part. */
bool rule_row_prepare(struct router *router, const struct conf_state *state, enum facility facility,
                      void **ret_prepared, struct diag *diag);
void rule_row_discard(void *prepared);
void rule_row_status(struct router *router, const struct conf_state *state, enum facility facility,
                     struct row *row);
/* A rule in a chain that no packet comes to, or a jump to a chain without rules: a slip of the pen,
 * or the other half is still to come. */
bool rule_row_warn(struct router *router, const struct conf_state *state, enum facility facility,
                   const struct row *row, struct text *out);

/* RouterOS's arguments that rules here don't have, each with the reason. */
extern const struct refused rule_row_refused[];
/* The same for raw, which in RouterOS has no matchers of connections and marks either. */
extern const struct refused rule_row_refused_raw[];

/* reset-counters and reset-counters-all of @facility's menu, for menu->actions. */
#define RULE_ROW_ACTIONS(facility_items, facility_all)                                             \
	{ .name = "reset-counters",                                                                \
	  .help = "Begin to count anew for these items",                                           \
	  .items = facility_items },                                                               \
	{                                                                                          \
		.name = "reset-counters-all", .help = "Begin to count anew for all items",         \
		.start = facility_all, .policy = POLICY_WRITE                                      \
	}
void rule_row_reset(struct router *router, enum facility facility, const uint32_t *ids, size_t n);
void rule_row_reset_all(struct router *router, enum facility facility);

/* What rule sets name: NULL-terminated, for menu->depends. */
extern const char *const rule_row_depends[];
/* I - invalid: an interface or list that the rule names is gone, so that it never matches. */
/* Where the rules of a facility are. */
extern const char *const rule_row_paths[FACILITY_COUNT];
extern const struct menu_flag rule_row_flags[1];

#endif
