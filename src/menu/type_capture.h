/*
 * type_capture.h -- the value types of what looks at frames: lists of what is to be seen.
 *
 * Each is a struct of router/capture_filter.h of at most CAPTURE_ENTRIES entries, typed with commas
 * between them; nothing, `any` and `all` are the empty list, which holds for every frame.
 */
#ifndef MENU_TYPE_CAPTURE_H
#define MENU_TYPE_CAPTURE_H

#include "conf/type.h"

extern const struct type type_capture_addresses; /* struct capture_ranges: a, a-b, a/len */
extern const struct type type_capture_numbers;   /* the same: n, n-m within min..max */
extern const struct type type_capture_protocols; /* the same: tcp, udp, 0-255 */
extern const struct type type_capture_types;     /* the same: ip, arp, 0x88cc */
extern const struct type type_capture_ifaces;    /* the same: ids of rows of "interface" */
extern const struct type type_capture_macs;      /* struct capture_macs */
extern const struct type type_kib;               /* uint32_t KiB: 100KiB, 1MiB, 100 */

/* "arp"; NULL for a number without a name. */
const char *type_ether_word(unsigned number);

#endif
