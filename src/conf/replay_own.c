#include "conf/replay.h"

#include <inttypes.h>

#include "conf/diag.h"
#include "conf/replay_rows.h"
#include "conf/state.h"
#include "conf/txn.h"

/* One revision of a trial after another, each only if what it leads to is allowed. */
static struct conf_state *careful_draft(const struct conf_state *current, struct replay *replay)
{
	struct conf_state *draft = state_draft(current);

	text_clear(&replay->left);
	replay->nmade = 0;
	for (size_t i = 0; i < replay->nsteps; i++) {
		struct replay_step *step = &replay->steps[i];
		struct conf_state *without = state_draft(draft);
		struct text left = { 0 };
		struct diag diag = { 0 };
		size_t made = replay_rows_own(without, step->deltas, step->ndeltas, &left);
		bool fits = txn_check(draft, without, &diag);

		step->made = fits ? made : 0;
		replay->nmade += step->made;
		if (fits)
			text_add(&replay->left, text_str(&left));
		else
			text_printf(&replay->left, "revision %" PRIu64 ": %s\n",
			            step->mark.revision, diag.text);
		text_free(&left);
		state_free(fits ? draft : without);
		if (fits)
			draft = without;
	}
	return draft;
}

struct conf_state *replay_own(const struct conf_state *current, struct replay *replay)
{
	struct conf_state *draft = state_draft(current);
	struct diag diag = { 0 };

	text_clear(&replay->left);
	replay->nmade = 0;
	for (size_t i = 0; i < replay->nsteps; i++) {
		struct replay_step *step = &replay->steps[i];

		step->made = replay_rows_own(draft, step->deltas, step->ndeltas, &replay->left);
		replay->nmade += step->made;
	}
	if (txn_check(current, draft, &diag))
		return draft;
	state_free(draft);
	return careful_draft(current, replay);
}

const char *replay_own_line(struct replay *replay)
{
	const struct journal_trial *trial = &replay->trial;

	return arena_printf(&replay->arena, "%s of %s ended: %zu of its items taken back%s%s",
	                    trial->until.ns == 0 ? "safe mode" : "commit-confirm", trial->who,
	                    replay->nmade, replay->left.len > 0 ? "; not these: " : "",
	                    text_str(&replay->left));
}
