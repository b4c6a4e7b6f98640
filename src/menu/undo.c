/*
 * undo.c -- /undo and /redo: the last change of the history taken back, or done again.
 */
#include "menu/undo.h"

#include "conf/revision.h"
#include "conf/type.h"

const struct field undo_fields[UNDO_FIELDS] = {
	{ "count", &type_uint, AT(struct undo_args, count), .min = 1, .max = 1000000, .dflt = "1",
	  .flags = F_UNNAMED, .help = "how many changes" },
	{ "revision", &type_uint, AT(struct undo_args, revision), .min = 1, .max = UINT32_MAX,
	  .help = "every change as far as this revision of /system/history, in place of count" },
};

static void go(struct conf *conf, const struct action_caller *caller, const void *args, bool redo,
               conf_done *done, void *arg)
{
	const struct undo_args *wanted = args;
	const struct revision_steps steps = { .redo = redo,
		                              .count = wanted->count,
		                              .revision = wanted->revision };
	const struct journal_origin origin = { .who = caller->who,
		                               .lacks = caller->lacks,
		                               .door = caller->door,
		                               .line = caller->line,
		                               .trial = action_trial(caller) };

	revision_step(conf, &steps, &origin, caller->notice, done, arg);
}

void undo_change(struct conf *conf, const struct action_caller *caller, const void *args,
                 conf_done *done, void *arg)
{
	go(conf, caller, args, false, done, arg);
}

void undo_redo(struct conf *conf, const struct action_caller *caller, const void *args,
               conf_done *done, void *arg)
{
	go(conf, caller, args, true, done, arg);
}
