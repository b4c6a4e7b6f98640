/* Every command of every menu, for users of every built-in group: who may give it. */
#include "menu/fixture.h"

#include "lang/grammar.h"
#include "lang/permission.h"

enum group {
	READ,
	WRITE,
	FULL
};

static const char *const groups[] = { "read", "write", "full" };

/* The least of the built-in groups for what does not follow from the verb. */
static const struct {
	const char *command; /* a menu, for all that changes something in it, or a menu's command */
	enum group least;
} special[] = {
	{ "/commit-confirm", WRITE },
	{ "/confirm", WRITE },
	{ "/password", READ },
	{ "/ping", READ },
	{ "/redo", WRITE },
	{ "/set", WRITE },
	{ "/setup", WRITE },
	{ "/undo", WRITE },
	{ "/file/add", WRITE },
	{ "/file/set", WRITE },
	{ "/interface/monitor-traffic", READ },
	{ "/interface/ethernet/monitor", READ },
	{ "/ip/route/explain", READ },
	{ "/log/critical", WRITE },
	{ "/log/debug", WRITE },
	{ "/log/error", WRITE },
	{ "/log/info", WRITE },
	{ "/log/warning", WRITE },
	{ "/safe-mode/release", WRITE },
	{ "/safe-mode/take", WRITE },
	{ "/safe-mode/toggle", WRITE },
	{ "/safe-mode/unroll", WRITE },
	{ "/system/backup/load", FULL },
	{ "/system/backup/save", FULL },
	{ "/system/history/diff", READ },
	{ "/system/logging/action/clear", WRITE },
	{ "/system/reboot", READ },
	{ "/system/reset-configuration", FULL },
	{ "/system/resource/monitor", READ },
	{ "/system/script/run", READ }, /* and what the script may do */
	{ "/system/shutdown", READ },
	{ "/tool/ping", READ },
	{ "/tool/sniffer/quick", READ },
	{ "/tool/sniffer/save", WRITE },
	{ "/tool/sniffer/start", READ },
	{ "/tool/sniffer/stop", READ },
	{ "/tool/torch", READ },
	{ "/tool/connect-trace", READ },
	{ "/tool/fetch", READ },
	{ "/tool/telnet", READ },
	{ "/system/telnet", READ },
	{ "/tool/traceroute", READ },
	{ "/user", FULL },
	{ "/user/expire-password", FULL },
	{ "/user/get", FULL }, /* it may be the password's hash */
	{ "/user/group", FULL },
};

struct matrix {
	struct place_sink sink; /* first */
	struct fixture *f;
	const struct menu *menu;
	unsigned commands, cells, unknown;
};

/* Counters are alike everywhere. */
static bool resets_counters(const char *name)
{
	return strstr(name, "/reset-counters") != NULL;
}

static int special_at(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(special); i++)
		if (strcmp(special[i].command, name) == 0)
			return (int)i;
	return -1;
}

static bool is_reading(enum verb verb)
{
	return verb == VERB_PRINT || verb == VERB_FIND || verb == VERB_GET || verb == VERB_EXPORT;
}

/* -1: the table does not say. */
static int least_of(const struct command *command, const char *path, const char *name)
{
	int i = special_at(name);

	if (i < 0 && command->verb == VERB_ACTION)
		return resets_counters(name) ? WRITE : -1;
	if (i < 0 && !is_reading(command->verb))
		i = special_at(path);
	if (i >= 0)
		return (int)special[i].least;
	return is_reading(command->verb) ? READ : WRITE;
}

static bool may(struct fixture *f, enum group group, const struct call *call)
{
	char name[8];
	struct diag diag = { 0 };

	snprintf(name, sizeof name, "u%u", (unsigned)group);
	return permission_given(permission_needed(call),
	                        users_find(f->manage->users, name)->policies, &diag);
}

static void judge(struct place_sink *sink, const struct place_word *word)
{
	struct matrix *matrix = (struct matrix *)sink;
	struct place place = place_at(menus_all, matrix->menu->path);
	char name[128];
	int least;

	if (word->kind != WORD_COMMAND || word->command != COMMAND_VERB)
		return;

	struct call call = { .command = command_of(&place, word), .text = "" };

	snprintf(name, sizeof name, "%s/%.*s", strcmp(place.path, "/") == 0 ? "" : place.path,
	         (int)word->len, word->text);
	least = least_of(&call.command, place.path, name);
	matrix->commands++;
	if (least < 0) {
		printf("who may %s? The table does not say\n", name);
		matrix->unknown++;
	}
	for (enum group group = READ; group <= FULL && least >= 0; group++) {
		matrix->cells++;
		if (may(matrix->f, group, &call) != ((int)group >= least))
			fail_msg("%s: group %s %s", name, groups[group],
			         (int)group >= least ? "should be able to" : "should not");
	}
}

static void every_command_for_every_group(void **state)
{
	struct matrix matrix = { .sink = { judge }, .f = fixture_new(NULL) };
	char line[80];

	for (enum group group = READ; group <= FULL; group++) {
		snprintf(line, sizeof line, "/user/add name=u%u group=%s password=x",
		         (unsigned)group, groups[group]);
		must_run(matrix.f, line);
	}
	for (size_t m = 0; menus_all[m] != NULL; m++) {
		struct place place = place_at(menus_all, menus_all[m]->path);

		matrix.menu = menus_all[m];
		place_words(&place, &matrix.sink);
	}
	printf("%u commands, %u cells\n", matrix.commands, matrix.cells);
	assert_int_equal(matrix.unknown, 0);
	assert_true(matrix.commands > 200);
	fixture_free(matrix.f);
}

/* Who may do nothing can do nothing: no command at all is forgotten. */
static void nothing_needs_nothing(void **state)
{
	struct fixture *f = fixture_new(NULL);

	must_run(f, "/user/group/add name=none");
	must_run(f, "/user/add name=nemo group=none password=x");
	for (size_t m = 0; menus_all[m] != NULL; m++) {
		for (size_t i = 0; i < menus_all[m]->nactions; i++) {
			struct call call = { .command = { .kind = COMMAND_VERB,
				                          .verb = VERB_ACTION,
				                          .action = &menus_all[m]->actions[i],
				                          .menu = menus_all[m] },
				             .text = "" };

			assert_int_not_equal(permission_needed(&call), 0);
		}
	}
	f->who = "nemo";
	assert_false(run(f, "/ip/address/add address=10.9.9.9/24 interface=ether3"));
	assert_false(run(f, ":put [/ip/address/find]"));
	assert_false(run(f, "/ping 127.0.0.1 count=1"));
	assert_false(run(f, "/system/reboot"));
	assert_false(run(f, "/password old-password=x new-password=y confirm-new-password=y"));
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_for_every_group),
		cmocka_unit_test(nothing_needs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
