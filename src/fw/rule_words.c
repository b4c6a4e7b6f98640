#include "fw/rule.h"

const char *const facility_words[FACILITY_COUNT + 1] = {
	[FACILITY_FILTER] = "filter",
	[FACILITY_NAT] = "nat",
	[FACILITY_MANGLE] = "mangle",
	[FACILITY_RAW] = "raw",
};

const char *const rule_action_words[ACTION_COUNT + 1] = {
	[ACTION_ACCEPT] = "accept",
	[ACTION_DROP] = "drop",
	[ACTION_REJECT] = "reject",
	[ACTION_JUMP] = "jump",
	[ACTION_RETURN] = "return",
	[ACTION_LOG] = "log",
	[ACTION_PASSTHROUGH] = "passthrough",
	[ACTION_MASQUERADE] = "masquerade",
	[ACTION_SRC_NAT] = "src-nat",
	[ACTION_DST_NAT] = "dst-nat",
	[ACTION_REDIRECT] = "redirect",
	[ACTION_MARK_CONNECTION] = "mark-connection",
	[ACTION_MARK_PACKET] = "mark-packet",
	[ACTION_MARK_ROUTING] = "mark-routing",
	[ACTION_CHANGE_MSS] = "change-mss",
	[ACTION_ADD_SRC_TO_LIST] = "add-src-to-address-list",
	[ACTION_ADD_DST_TO_LIST] = "add-dst-to-address-list",
	[ACTION_CHANGE_TTL] = "change-ttl",
	[ACTION_CHANGE_DSCP] = "change-dscp",
	[ACTION_CLEAR_DF] = "clear-df",
	[ACTION_STRIP_OPTIONS] = "strip-ipv4-options",
	[ACTION_TARPIT] = "tarpit",
	[ACTION_FASTTRACK] = "fasttrack-connection",
	[ACTION_NETMAP] = "netmap",
	[ACTION_SAME] = "same",
	[ACTION_NOTRACK] = "notrack",
};

const char *const rule_reject_words[REJECT_COUNT + 1] = {
	[REJECT_NETWORK_UNREACHABLE] = "icmp-network-unreachable",
	[REJECT_HOST_UNREACHABLE] = "icmp-host-unreachable",
	[REJECT_PROTOCOL_UNREACHABLE] = "icmp-protocol-unreachable",
	[REJECT_PORT_UNREACHABLE] = "icmp-port-unreachable",
	[REJECT_NET_PROHIBITED] = "icmp-net-prohibited",
	[REJECT_HOST_PROHIBITED] = "icmp-host-prohibited",
	[REJECT_ADMIN_PROHIBITED] = "icmp-admin-prohibited",
	[REJECT_TCP_RESET] = "tcp-reset",
};

const char *const rule_state_words[] = {
	"new", "established", "related", "invalid", "untracked", NULL,
};

const char *const rule_nat_state_words[] = { "srcnat", "dstnat", NULL };

const char *const rule_ttl_change_words[] = {
	[TTL_CHANGE_NONE] = "",
	[TTL_CHANGE_SET] = "set",
	[TTL_CHANGE_INCREMENT] = "increment",
	[TTL_CHANGE_DECREMENT] = "decrement",
	NULL,
};

const char *const rule_ipsec_words[IPSEC_COUNT + 1] = {
	[IPSEC_IN_NONE] = "in,none",
	[IPSEC_IN_IPSEC] = "in,ipsec",
	[IPSEC_OUT_NONE] = "out,none",
	[IPSEC_OUT_IPSEC] = "out,ipsec",
};

const char *const rule_limit_by_words[LIMIT_BY_COUNT + 1] = {
	[LIMIT_BY_SRC] = "src-address",
	[LIMIT_BY_DST] = "dst-address",
	[LIMIT_BY_BOTH] = "src-and-dst-addresses",
	[LIMIT_BY_DST_PORT] = "dst-address-and-port",
	[LIMIT_BY_BOTH_PORT] = "addresses-and-dst-port",
};

const char *const rule_tcp_flag_words[] = {
	"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr", NULL,
};
