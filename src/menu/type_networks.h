/*
 * type_networks.h -- several networks as one value: 10.0.0.0/8,192.168.88.0/24.
 */
#ifndef MENU_TYPE_NETWORKS_H
#define MENU_TYPE_NETWORKS_H

#include "conf/type.h"

extern const struct type type_networks; /* struct service_networks (manage/services.h) */

#endif
