/* /log and /system/logging: which lines are kept, where, and how they read. */
#include "manage/log_book.h"
#include "menu/fixture.h"

static const char *message(struct fixture *f, size_t at)
{
	return shown(f, "/log", at, "message");
}

static void lines_are_kept_with_time_and_topics(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	assert_true(run(f, "/log/info \"all is well\""));
	assert_true(run(f, "/log/warning message=\"look here\""));
	assert_int_equal(rows_n(f, "/log"), 2);
	assert_string_equal(shown(f, "/log", 0, "time"), "2023-11-14 22:13:20");
	assert_string_equal(shown(f, "/log", 0, "topics"), "script,info");
	assert_string_equal(message(f, 0), "all is well");
	assert_string_equal(shown(f, "/log", 1, "topics"), "script,warning");
	assert_string_equal(shown(f, "/log", 1, "buffer"), "memory");
	log_write(&f->log, LOG_INFO, "system,account", "user x logged in");
	assert_string_equal(shown(f, "/log", 2, "topics"), "system,info,account");
	/* By default nobody wants what is for finding faults. */
	assert_true(run(f, "/log/debug nothing"));
	assert_int_equal(rows_n(f, "/log"), 3);
	refused(f, "/log/info",
	        "missing value(s) of argument(s) message\n"
	        "message: what the line is to say");
	fixture_free(f);
}

static void rules_choose_by_topic_and_text(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	assert_true(run(f, "/system/logging/action/add name=mine target=memory memory-lines=2"));
	assert_true(run(f, "/system/logging/add topics=firewall,!debug action=mine prefix=fw "
	                   "regex=\"^drop\""));
	log_write(&f->log, LOG_INFO, "firewall", "drop a");
	log_write(&f->log, LOG_DEBUG, "firewall", "drop b");
	log_write(&f->log, LOG_INFO, "firewall", "pass c");
	log_write(&f->log, LOG_INFO, "arp", "drop d");
	assert_int_equal(rows_n(f, "/log"), 4); /* three infos in memory, and ours */
	assert_string_equal(message(f, 3), "fw: drop a");
	assert_string_equal(shown(f, "/log", 3, "buffer"), "mine");
	/* The oldest goes. */
	log_write(&f->log, LOG_INFO, "firewall", "drop e");
	log_write(&f->log, LOG_INFO, "firewall", "drop f");
	assert_string_equal(message(f, rows_n(f, "/log") - 2), "fw: drop e");
	/* More room keeps what is there, less the newest of it. */
	assert_true(run(f, "/system/logging/action/set mine memory-lines=5"));
	assert_string_equal(message(f, rows_n(f, "/log") - 2), "fw: drop e");
	assert_true(run(f, "/system/logging/action/set mine memory-lines=1"));
	assert_string_equal(message(f, rows_n(f, "/log") - 1), "fw: drop f");
	assert_true(run(f, "/system/logging/action/clear mine"));
	assert_int_equal(rows_n(f, "/log"), 5);
	fixture_free(f);
}

static void without_rules_all_but_debug_is_kept(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	assert_true(run(f, "/system/logging/remove [find]"));
	assert_true(run(f, "/log/debug no; /log/info yes; /log/critical yes"));
	assert_int_equal(rows_n(f, "/log"), 2);
	assert_string_equal(message(f, 0), "yes");
	fixture_free(f);
}

static void a_full_memory_may_stop(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	assert_true(run(f, "/system/logging/action/set memory memory-lines=2 "
	                   "memory-stop-on-full=yes"));
	for (int i = 0; i < 5; i++)
		log_write(&f->log, LOG_INFO, "arp", "line %d", i);
	assert_int_equal(rows_n(f, "/log"), 2);
	assert_string_equal(message(f, 1), "line 1");
	fixture_free(f);
}

/* A flood between two looks: what was overwritten is counted, not passed over. */
static void lost_lines_are_counted(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	assert_true(run(f, "/log/info first"));
	assert_int_equal(rows_n(f, "/log"), 1);
	for (int i = 0; i < LOG_LINES + 7; i++)
		log_write(&f->log, LOG_INFO, "arp", "line %d", i);
	assert_int_equal(rows_n(f, "/log"), LOG_MEMORY_LINES);
	assert_true(run(f, "/system/logging/action/set memory memory-lines=2000"));
	log_write(&f->log, LOG_INFO, "arp", "last");
	assert_true(run(f, ":put [/log/find message=\"7 lines of the log were lost: too many came "
	                   "at once\"]"));
	fixture_free(f);
}

struct told {
	char line[256];
	unsigned n;
};

static void tell(void *arg, const char *line)
{
	struct told *told = arg;

	snprintf(told->line, sizeof told->line, "%s", line);
	told->n++;
}

static void critical_lines_are_shown_at_consoles(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	struct told told = { 0 };

	log_book_set_echo(f->manage->log_book, tell, &told);
	assert_true(run(f, "/log/critical \"it burns\""));
	assert_true(run(f, "/log/info \"it cools\""));
	manage_turn(f->manage, f->now);
	assert_int_equal(told.n, 1);
	assert_string_equal(told.line, "2023-11-14 22:13:20 script,critical it burns");
	fixture_free(f);
}

static void expect_file(struct memory_store *store, const char *name, const char *bytes)
{
	const struct memory_bytes *file = memory_store_bytes(store, name);

	assert_non_null(file);
	assert_int_equal(file->len, strlen(bytes));
	assert_memory_equal(file->at, bytes, file->len);
}

static void files_turn_over(void **unused)
{
	struct memory_store *store = mem_new(1, sizeof *store);
	struct fixture *f;

	memory_store_init(store);
	f = fixture_new(store);
	assert_true(run(f, "/system/logging/action/set disk disk-lines-per-file=2 "
	                   "disk-file-count=2"));
	assert_true(run(f, "/system/logging/add topics=script action=disk"));
	for (int i = 0; i < 5; i++) {
		char line[32];

		snprintf(line, sizeof line, "/log/info line%d", i);
		assert_true(run(f, line));
		manage_turn(f->manage, f->now);
	}
	expect_file(store, "log.0.txt", "2023-11-14 22:13:20 script,info line4\n");
	expect_file(store, "log.1.txt",
	            "2023-11-14 22:13:20 script,info line2\n"
	            "2023-11-14 22:13:20 script,info line3\n");
	/* What is there is counted after a restart. */
	fixture_free(f);
	memory_store_restart(store);
	f = fixture_new(store);
	assert_true(run(f, "/log/info a; /log/info b"));
	manage_turn(f->manage, f->now);
	expect_file(store, "log.0.txt", "2023-11-14 22:13:20 script,info b\n");
	fixture_free(f);
	memory_store_free(store);
	mem_free(store);
}

/* The menus about the router itself that only say something. */
static void clock_note_and_license(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	assert_string_equal(shown(f, "/system/clock", 0, "date"), "2023-11-14");
	assert_string_equal(shown(f, "/system/clock", 0, "time"), "22:13:20");
	refused(f, "/system/clock/set time=12:00:00",
	        "bad parameter time\ntime is not supported: the clock is the machine's; set it "
	        "there (timedatectl), where NTP keeps it right");
	assert_string_equal(shown(f, "/system/license", 0, "key"),
	                    "none is asked for, no registration either");
	assert_true(run(f, "/system/note/set note=\"mind the dog\\nand the cat\""));
	assert_string_equal(shown(f, "/system/note", 0, "note"), "mind the dog\nand the cat");
	fixture_free(f);
}

static void what_is_wrong_is_named(void **unused)
{
	static const char *const lines[][2] = {
		{ "/system/logging/add topics=a,,b",
		  "invalid value for argument topics: a topic is empty; write words with commas "
		  "between, such as firewall,!debug" },
		{ "/system/logging/add topics=a,",
		  "invalid value for argument topics: a topic is missing behind the last comma; "
		  "write "
		  "words with commas between, such as firewall,!debug" },
		{ "/system/logging/action/add name=x target=disk disk-file-name=../x",
		  "invalid value for argument disk-file-name: a name of letters, digits, dashes "
		  "and "
		  "underscores is wanted, such as log; the router keeps its files in its own "
		  "store" },
		{ "/system/logging/action/add name=x target=echo remote=1.2.3.4",
		  "bad parameter remote\nremote is not supported: log lines leave this router by "
		  "its "
		  "console and files only" },
	};
	struct fixture *f = fixture_new(NULL);

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		refused(f, lines[i][0], lines[i][1]);
	assert_false(run(f, "/system/logging/action/remove memory"));
	assert_true(run(f, "/system/logging/action/add name=x target=echo"));
	assert_true(run(f, "/system/logging/add action=x"));
	assert_false(run(f, "/system/logging/action/remove x")); /* it is in use */
	fixture_free(f);
}

/* Rows that come with the router appear in a store that is older than their menu. */
static void an_older_store_gets_what_is_new(void **unused)
{
	struct memory_store *store = mem_new(1, sizeof *store);
	struct fixture *f;

	memory_store_init(store);
	f = fixture_new(store);
	assert_int_equal(rows_n(f, "/system/logging/action"), 3);
	fixture_free(f);
	memory_store_restart(store);
	f = fixture_new(store);
	assert_int_equal(rows_n(f, "/system/logging/action"), 3);
	assert_int_equal(rows_n(f, "/system/logging"), 4);
	fixture_free(f);
	memory_store_free(store);
	mem_free(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_kept_with_time_and_topics),
		cmocka_unit_test(rules_choose_by_topic_and_text),
		cmocka_unit_test(without_rules_all_but_debug_is_kept),
		cmocka_unit_test(a_full_memory_may_stop),
		cmocka_unit_test(lost_lines_are_counted),
		cmocka_unit_test(critical_lines_are_shown_at_consoles),
		cmocka_unit_test(files_turn_over),
		cmocka_unit_test(clock_note_and_license),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(an_older_store_gets_what_is_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
