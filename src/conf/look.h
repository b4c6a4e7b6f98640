/*
 * look.h -- what a monitor sees (struct action's look): names and values.
 *
 * Of several things the values come thing by thing, all with the same names. once, interval and
 * as-value are arguments that each monitor has; lang shows what was seen, at first after
 * action->look_after_ms and then again and again.
 *
 * Memory: @name is a literal or lives as long as the action; @value until the call returns.
 */
#ifndef CONF_LOOK_H
#define CONF_LOOK_H

struct look_sink {
	void (*value)(struct look_sink *sink, const char *name, const char *value);
};

#endif
