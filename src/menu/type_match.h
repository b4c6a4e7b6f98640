/*
 * type_match.h -- the value types of rules: matchers, and what rules write.
 *
 * Each matcher's value is one of fw/rule.h's structs; all zeroes: not given. name=!value negates.
 */
#ifndef MENU_TYPE_MATCH_H
#define MENU_TYPE_MATCH_H

#include "conf/type.h"

extern const struct type type_match_addr;      /* struct match_addr: a, a-b, a/len */
extern const struct type type_match_ports;     /* struct match_ports: 80,443,1000-2000 */
extern const struct type type_match_number;    /* struct match_number: n or n-m, within min..max */
extern const struct type type_match_protocol;  /* struct match_number: tcp, udp, ..., 0-255 */
extern const struct type type_match_ref;       /* struct match_iface or match_list, by field->ref */
extern const struct type type_match_bits;      /* struct match_bits of field->words */
extern const struct type type_match_tcp_flags; /* struct match_tcp_flags: syn,!ack */
extern const struct type type_match_icmp;      /* struct match_icmp: type or type:code[-code] */
extern const struct type type_match_mark;      /* struct match_name */
extern const struct type type_match_limit;     /* struct match_limit: 10/1m,5:packet */
extern const struct type type_match_dst_limit; /* struct match_dst_limit: 10,5,src-address/1m */
extern const struct type type_match_connections; /* struct match_connections: 100,32 */
extern const struct type type_match_bytes;       /* struct match_bytes: 0-500000 */
extern const struct type type_match_nth;         /* struct match_nth: 3,1 */
extern const struct type type_match_classifier;  /* struct match_classifier: src-address:2/0 */
extern const struct type type_match_week;        /* struct match_week: 8h-18h,mon,tue */
extern const struct type type_match_mac;         /* struct match_mac */
extern const struct type type_match_kind;        /* struct match_kind, one of field->words */
extern const struct type type_match_ttl;         /* struct match_number: less-than:64 */
extern const struct type type_to_ports;          /* two uint16_t: low and high */
extern const struct type type_new_ttl;           /* struct ttl_change: set:64 */
extern const struct type type_new_mss;           /* uint16_t: a number or clamp-to-pmtu */

/* "tcp" and the like; NULL for a number without a name. */
const char *type_protocol_word(unsigned number);

#endif
