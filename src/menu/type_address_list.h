/* type_address_list.h -- the value types of address lists: what is in one, how long, which one. */
#ifndef MENU_TYPE_ADDRESS_LIST_H
#define MENU_TYPE_ADDRESS_LIST_H

#include "conf/type.h"

extern const struct type type_listed_address;     /* struct ip4_range: a, a/len, a-b */
extern const struct type type_match_address_list; /* struct match_address_list */
/* uint32_t seconds: a time, or none-dynamic (0) */
extern const struct type type_address_list_timeout;

#endif
