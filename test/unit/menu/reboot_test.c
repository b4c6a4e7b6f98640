/* /system/reboot and /system/shutdown: only after "y", and in scripts at once. */
#include "menu/fixture.h"

#include "conf/draft.h"
#include "conf/question.h"

static void expect(const char *line, const char *prompt, const char *answer, const char *shown,
                   enum manage_leaving leaving)
{
	struct fixture *f = fixture_new(NULL);
	struct diag diag = { 0 };
	struct run *run;

	f->asks = true;
	run = begin(f, line);
	assert_non_null(run);
	assert_int_equal(run_step(run, f->now, 10), RUN_ASKING);
	assert_string_equal(run_question(run)->prompt, prompt);
	assert_string_equal(run_question(run)->dflt, "n");
	assert_non_null(run_question(run)->help);
	assert_int_equal(f->manage->leaving, MANAGE_STAYS);
	assert_true(run_answer(run, answer, &diag));
	assert_int_equal(run_step(run, f->now, 10), RUN_DONE);
	end(f, run);
	assert_true(f->ok);
	assert_string_equal(text_str(&f->out), shown);
	assert_int_equal(f->manage->leaving, leaving);
	fixture_free(f);
}

static void test_asked(void **unused)
{
	expect("/system/reboot", "Reboot, yes? [y/N]: ", "n", "", MANAGE_STAYS);
	expect("/system/reboot", "Reboot, yes? [y/N]: ", "y", "system will reboot shortly\n",
	       MANAGE_REBOOT);
	expect("/system/shutdown", "Shutdown, yes? [y/N]: ", "n", "", MANAGE_STAYS);
	expect("/system/shutdown", "Shutdown, yes? [y/N]: ", "y", "system will shutdown shortly\n",
	       MANAGE_SHUTDOWN);
}

static void test_script(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	must_run(f, "/system reboot");
	assert_string_equal(text_str(&f->out), "system will reboot shortly\n");
	assert_int_equal(f->manage->leaving, MANAGE_REBOOT);
	must_run(f, "/system shutdown");
	assert_int_equal(f->manage->leaving, MANAGE_SHUTDOWN);
	fixture_free(f);
}

/* A dry run of an import is no reason to stop. */
static void test_draft(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	f->draft = conf_draft_new(f->conf);
	refused(f, "/system/reboot",
	        "failure: reboot can't be part of a change that is made as a whole");
	assert_int_equal(f->manage->leaving, MANAGE_STAYS);
	conf_draft_free(f->draft);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asked),
		cmocka_unit_test(test_script),
		cmocka_unit_test(test_draft),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
