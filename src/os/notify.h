/*
 * notify.h -- tell systemd how the daemon is (sd_notify's protocol).
 *
 * Without $NOTIFY_SOCKET nothing is sent and all is well.
 */
#ifndef OS_NOTIFY_H
#define OS_NOTIFY_H

#include "lib/must.h"

/* "READY=1", "STOPPING=1", "STATUS=...". 0 or -errno. */
MUST_USE int notify_send(const char *state);

#endif
