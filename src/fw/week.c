#include "fw/week.h"

const char *const week_words[WEEK_DAYS + 1] = {
	"sun", "mon", "tue", "wed", "thu", "fri", "sat",
};

bool week_holds(const struct match_week *m, wall now)
{
	int64_t second = now.ns / (int64_t)NS_PER_S - (now.ns % (int64_t)NS_PER_S < 0);
	int64_t day = second / DAY_S - (second % DAY_S < 0);
	uint32_t of_day = (uint32_t)(second - day * DAY_S);
	unsigned weekday =
		(unsigned)((day % WEEK_DAYS + 4 + WEEK_DAYS) % WEEK_DAYS); /* 1970-01-01
	                                                                    * was a Thursday */
	bool late = of_day >= m->from_s, early = of_day <= m->to_s;

	if ((m->days >> weekday & 1) == 0)
		return false;
	return m->from_s <= m->to_s ? late && early : late || early;
}
