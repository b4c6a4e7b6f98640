/*
 * recovery_inside.h -- what recovery*.c share.
 */
#ifndef TCP_RECOVERY_INSIDE_H
#define TCP_RECOVERY_INSIDE_H

#include "tcp/recovery.h"

uint32_t recovery_in_flight(const struct recovery *recovery);
struct rack_path recovery_path(const struct recovery *recovery,
                               const struct recovery_context *context);
/* Set the one timer: @reorder is when RACK wants to look again, or never. */
void recovery_arm(struct recovery *recovery, const struct recovery_context *context, mono reorder);
/* A loss: the congestion window pays for it, and it is noted what an undo would need. */
void recovery_blame(struct recovery *recovery, const struct recovery_context *context);
/* RACK's timer: true when something was taken for lost. */
bool recovery_reorder(struct recovery *recovery, const struct recovery_context *context);

#endif
