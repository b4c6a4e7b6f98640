#include "manage/manage.h"

#include "conf/trial.h"
#include "lang/variables.h"
#include "lib/mem.h"
#include "manage/jobs.h"
#include "manage/log_book.h"
#include "manage/login.h"
#include "manage/schedule.h"
#include "manage/scripts.h"
#include "manage/users.h"

struct manage *manage_new(struct conf *conf, const struct conf_setup *doors)
{
	struct manage *manage = mem_new(1, sizeof *manage);

	manage->conf = conf;
	manage->doors = *doors;
	manage->wall = clock_wall(doors->clock);
	manage->log_book = log_book_new(doors);
	manage->globals = variables_new();
	manage->jobs = jobs_new(manage);
	manage->logins = logins_new(manage);
	manage->schedule = schedule_new(manage);
	return manage;
}

void manage_free(struct manage *manage)
{
	if (manage == NULL)
		return;
	recovery_free(&manage->recovery);
	log_book_free(manage->log_book);
	jobs_free(manage->jobs);
	variables_free(manage->globals);
	schedule_free(manage->schedule);
	scripts_free(manage->scripts);
	logins_free(manage->logins);
	users_free(manage->users);
	mem_free(manage);
}

bool manage_turn(struct manage *manage, mono now)
{
	manage->now = now;
	manage->wall = clock_wall(manage->doors.clock);
	schedule_turn(manage->schedule);

	bool more = jobs_turn(manage->jobs, now);

	trial_turn(manage->conf, now);
	recovery_turn(manage);
	keeper_turn(&manage->keeper, now);
	log_book_catch_up(manage->log_book, manage->doors.log);
	return more;
}

mono manage_next(const struct manage *manage)
{
	mono next = mono_min(schedule_next(manage->schedule), jobs_next(manage->jobs));

	next = mono_min(next, keeper_next(&manage->keeper));
	return mono_min(next, trial_due(manage->conf));
}

void manage_stop(struct manage *manage)
{
	keeper_stop(&manage->keeper);
}

void manage_leave(struct manage *manage, enum manage_leaving how)
{
	manage->leaving = how;
}
