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
	log_book_free(manage->log_book);
	mem_free(manage);
}

bool manage_turn(struct manage *manage, mono now)
{
	manage->now = now;
	log_book_catch_up(manage->log_book, manage->doors.log);
	return false;
}

mono manage_next(const struct manage *manage)
{
	return mono_never();
}

void manage_leave(struct manage *manage, enum manage_leaving how)
{
	manage->leaving = how;
}
