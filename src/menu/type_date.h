/*
 * type_date.h -- the value types of a day and of a time of it, in UTC.
 */
#ifndef MENU_TYPE_DATE_H
#define MENU_TYPE_DATE_H

#include "conf/type.h"

#define DAY_TIME_STARTUP UINT32_MAX

extern const struct type type_date;     /* int32_t: days since 1970-01-01; 2026-01-31 */
extern const struct type type_day_time; /* uint32_t: seconds, or DAY_TIME_STARTUP; 10:00:00 */

#endif
