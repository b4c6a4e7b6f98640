/*
 * tool_sniffer.h -- what /tool/sniffer, its packets, its quick look and /tool/torch share.
 */
#ifndef MENU_TOOL_SNIFFER_H
#define MENU_TOOL_SNIFFER_H

#include "conf/menu.h"
#include "conf/type.h"
#include "menu/type_capture.h"
#include "router/sniffer.h"

extern const char *const tool_sniffer_directions[]; /* enum capture_direction */
extern const char *const tool_sniffer_operators[];  /* or, and */

/* clang-format off */

/* The fields of a capture_filter at @at, but for its interfaces; names begin with @prefix. */
#define TOOL_SNIFFER_FILTER(prefix, at)                                                            \
	{ prefix "mac-address", &type_capture_macs, at(macs), .dflt = "", .flags = F_QUIET,        \
	  .help = "from or to these cards" },                                                      \
	{ prefix "src-mac-address", &type_capture_macs, at(src_macs), .dflt = "",                  \
	  .flags = F_QUIET, .help = "from these cards" },                                          \
	{ prefix "dst-mac-address", &type_capture_macs, at(dst_macs), .dflt = "",                  \
	  .flags = F_QUIET, .help = "to these cards" },                                            \
	{ prefix "mac-protocol", &type_capture_types, at(types), .dflt = "", .flags = F_QUIET,     \
	  .help = "EtherTypes, such as ip,arp" },                                                  \
	{ prefix "vlan", &type_capture_numbers, at(vlans), .min = 0, .max = 4095, .dflt = "",      \
	  .flags = F_QUIET, .help = "tags of VLANs" },                                             \
	{ prefix "ip-address", &type_capture_addresses, at(addresses), .dflt = "",                 \
	  .flags = F_QUIET, .help = "from or to these addresses, networks or ranges" },            \
	{ prefix "src-ip-address", &type_capture_addresses, at(src_addresses), .dflt = "",         \
	  .flags = F_QUIET, .help = "from these addresses, networks or ranges" },                  \
	{ prefix "dst-ip-address", &type_capture_addresses, at(dst_addresses), .dflt = "",         \
	  .flags = F_QUIET, .help = "to these addresses, networks or ranges" },                    \
	{ prefix "ip-protocol", &type_capture_protocols, at(protocols), .dflt = "",                \
	  .flags = F_QUIET, .help = "IP protocols, by name or number" },                           \
	{ prefix "port", &type_capture_numbers, at(ports), .min = 0, .max = 65535, .dflt = "",     \
	  .flags = F_QUIET, .help = "from or to these ports of TCP and UDP" },                     \
	{ prefix "src-port", &type_capture_numbers, at(src_ports), .min = 0, .max = 65535,         \
	  .dflt = "", .flags = F_QUIET, .help = "from these ports of TCP and UDP" },               \
	{ prefix "dst-port", &type_capture_numbers, at(dst_ports), .min = 0, .max = 65535,         \
	  .dflt = "", .flags = F_QUIET, .help = "to these ports of TCP and UDP" },                 \
	{ prefix "size", &type_capture_numbers, at(sizes), .min = 0, .max = 65600, .dflt = "",     \
	  .flags = F_QUIET, .help = "bytes of the frame" },                                        \
	{ prefix "direction", &type_enum, at(direction), .words = tool_sniffer_directions,         \
	  .dflt = "any", .flags = F_QUIET,                                                         \
	  .help = "only what comes in (rx) or leaves (tx)" },                                      \
	{ prefix "operator-between-entries", &type_enum, at(every),                                \
	  .words = tool_sniffer_operators, .dflt = "or", .flags = F_QUIET,                         \
	  .help = "whether one entry of a list must hold (or), or all of them (and)" }

/* clang-format on */

/* "192.0.2.1:443", the source's or the destination's; nothing where there is no IPv4. */
void tool_sniffer_address(const struct frame_head *head, bool src, struct text *out);
/* "ip:tcp", "arp", "0x88cc" */
void tool_sniffer_protocol(const struct frame_head *head, struct text *out);
/* "1.234" seconds */
void tool_sniffer_time(uint64_t ns, struct text *out);

#endif
