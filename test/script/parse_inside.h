/* parse_inside.h -- the parts of script_parse(): a packet, a call. Each false: scan has the error.
 */
#ifndef SCRIPT_PARSE_INSIDE_H
#define SCRIPT_PARSE_INSIDE_H

#include "script/scan.h"

bool parse_packet(struct scan *scan, bool out, struct packet_pattern *ret_packet);
bool parse_call(struct scan *scan, struct call_pattern *ret_call);

#endif
