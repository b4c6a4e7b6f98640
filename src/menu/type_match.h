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
extern const struct type type_to_ports;        /* two uint16_t: low and high */
extern const struct type type_new_mss;         /* uint16_t: a number or clamp-to-pmtu */

/* "tcp" and the like; NULL for a number without a name. */
const char *type_protocol_word(unsigned number);

#endif
