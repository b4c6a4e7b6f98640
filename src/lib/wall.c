#include "lib/wall.h"

#include <time.h>

#include "lib/text.h"

void wall_text(wall when, struct text *out)
{
	int64_t ns_per_s = (int64_t)NS_PER_S;
	time_t seconds = (time_t)(when.ns / ns_per_s - (when.ns % ns_per_s < 0));
	struct tm day;

	if (gmtime_r(&seconds, &day) == NULL)
		return;
	text_printf(out, "%04d-%02d-%02d %02d:%02d:%02d", day.tm_year + 1900, day.tm_mon + 1,
	            day.tm_mday, day.tm_hour, day.tm_min, day.tm_sec);
}
