/*
 * link.h -- be woken when the kernel changes something about an interface.
 *
 * A netlink socket of the group RTMGRP_LINK. What it says is not parsed: whoever is woken asks
 * each port's poll_link(), which cannot miss anything even when messages were lost.
 */
#ifndef OS_LINK_H
#define OS_LINK_H

#include <stdbool.h>

#include "lib/must.h"

/* A non-blocking descriptor for the loop, or -errno. The caller closes it. */
MUST_USE int link_open(void);
/* Take all that is there; true when there was something (or some was lost). */
bool link_changed(int fd);

#endif
