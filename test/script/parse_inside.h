/* parse_inside.h -- the parts of script_parse(): a packet, a call. Each false: lex has the error.
 */
#ifndef SCRIPT_PARSE_INSIDE_H
#define SCRIPT_PARSE_INSIDE_H

#include "script/lex.h"

bool parse_packet(struct lex *lex, bool out, struct packet_pattern *ret_packet);
bool parse_call(struct lex *lex, struct call_pattern *ret_call);

#endif
