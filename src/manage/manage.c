#include "manage/manage.h"

#include "lib/mem.h"
#include "manage/log_book.h"

struct manage *manage_new(struct conf *conf, const struct conf_setup *doors)
{
	struct manage *manage = mem_new(1, sizeof *manage);

	manage->conf = conf;
	manage->doors = *doors;
	manage->log_book = log_book_new(doors);
	return manage;
}

void manage_free(struct manage *manage)
{
	if (manage == NULL)
		return;
	recovery_free(&manage->recovery);
	log_book_free(manage->log_book);
	mem_free(manage);
}

bool manage_turn(struct manage *manage, mono now)
{
	manage->now = now;
	recovery_turn(manage);
	keeper_turn(&manage->keeper, now);
	log_book_catch_up(manage->log_book, manage->doors.log);
	return false;
}

mono manage_next(const struct manage *manage)
{
	return keeper_next(&manage->keeper);
}

void manage_stop(struct manage *manage)
{
	keeper_stop(&manage->keeper);
}

void manage_leave(struct manage *manage, enum manage_leaving how)
{
	manage->leaving = how;
}
