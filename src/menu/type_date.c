/*
 * type_date.c -- days (2026-01-31, jan/31/2026) and times of day (10:00:00, startup).
 */
#include "menu/type_date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "conf/diag.h"
#include "lib/must.h"

#define DAY_S     86400
#define YEAR_MOST 2199 /* nanoseconds since 1970 fit 64 bits */

static const char *const months[] = { "jan", "feb", "mar", "apr", "may", "jun",
	                              "jul", "aug", "sep", "oct", "nov", "dec" };

/* @len digits at *@at, and @end behind them. */
static bool read_number(const char **at, size_t len, char end, int *ret_number)
{
	uint64_t number;

	if (strspn(*at, "0123456789") != len || (*at)[len] != end ||
	    !text_to_u64(*at, len, &number))
		return false;
	*ret_number = (int)number;
	*at += len + (end != '\0');
	return true;
}

static bool read_month(const char **at, int *ret_month)
{
	for (size_t i = 0; i < ARRAY_LEN(months); i++) {
		if (strncmp(*at, months[i], 3) == 0 && (*at)[3] == '/') {
			*at += 4;
			*ret_month = (int)i + 1;
			return true;
		}
	}
	return false;
}

/* False for what is no day of any year, such as 2026-02-30. */
static bool to_days(int year, int month, int day, int32_t *ret_days)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };
	time_t seconds = timegm(&tm);

	*ret_days = (int32_t)(seconds / DAY_S);
	return year >= 1970 && year <= YEAR_MOST && tm.tm_year == year - 1900 &&
	       tm.tm_mon == month - 1 && tm.tm_mday == day;
}

static bool date_read(const char *text, int32_t *ret_days)
{
	const char *at = text;
	int year, month, day;

	if (read_number(&at, 4, '-', &year) && read_number(&at, 2, '-', &month) &&
	    read_number(&at, 2, '\0', &day))
		return to_days(year, month, day, ret_days);
	at = text;
	return read_month(&at, &month) && read_number(&at, 2, '/', &day) &&
	       read_number(&at, 4, '\0', &year) && to_days(year, month, day, ret_days);
}

static bool date_parse(const struct field *field, const struct conf_state *state, const char *text,
                       void *at, struct diag *diag)
{
	int32_t days;

	if (!date_read(text, &days))
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s: %s is not a day such as "
		                 "2026-01-31",
		                 field->name, text[0] == '\0' ? "nothing" : text);
	memcpy(at, &days, sizeof days);
	return true;
}

static void date_print(const struct field *field, const struct conf_state *state, const void *at,
                       struct text *out)
{
	struct tm tm;
	int32_t days;

	memcpy(&days, at, sizeof days);

	time_t seconds = (time_t)days * DAY_S;

	if (gmtime_r(&seconds, &tm) != NULL)
		text_printf(out, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

static int date_compare(const void *a, const void *b, size_t bytes)
{
	int32_t left, right;

	memcpy(&left, a, sizeof left);
	memcpy(&right, b, sizeof right);
	return left < right ? -1 : left > right;
}

const struct type type_date = {
	.name = "date",
	.parse = date_parse,
	.print = date_print,
	.compare = date_compare,
};

static bool day_time_parse(const struct field *field, const struct conf_state *state,
                           const char *text, void *at, struct diag *diag)
{
	static const struct field any = { .name = "time", .bytes = sizeof(uint64_t) };
	struct diag ignored = { 0 };
	uint32_t seconds = DAY_TIME_STARTUP;
	uint64_t ms = 0;

	if (strcmp(text, "startup") != 0) {
		if (!type_time.parse(&any, NULL, text, &ms, &ignored) || ms % 1000 != 0 ||
		    ms >= DAY_S * 1000)
			return diag_fail(diag, field->name,
			                 "invalid value for argument %s: %s is not a time of day "
			                 "such as 03:30:00, and not startup",
			                 field->name, text[0] == '\0' ? "nothing" : text);
		seconds = (uint32_t)(ms / 1000);
	}
	memcpy(at, &seconds, sizeof seconds);
	return true;
}

static void day_time_print(const struct field *field, const struct conf_state *state,
                           const void *at, struct text *out)
{
	uint32_t seconds;

	memcpy(&seconds, at, sizeof seconds);
	if (seconds == DAY_TIME_STARTUP)
		text_add(out, "startup");
	else
		text_printf(out, "%02u:%02u:%02u", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

static void day_time_choices(const struct field *field, const struct conf_state *state,
                             struct choice_sink *sink)
{
	sink->choice(sink, "startup", "some seconds after each start of the router");
}

const struct type type_day_time = {
	.name = "time of day",
	.parse = day_time_parse,
	.print = day_time_print,
	.choices = day_time_choices,
};
