#include "manage/recovery_text.h"

#include "conf/conf.h"
#include "conf/diag.h"
#include "lang/run.h"

#define STEPS_AT_ONCE 65536u
#define WAITS_MAX     1000u /* an export has nothing that waits */

static void no_output(void *arg, const char *text, size_t len)
{
}

static void no_notice(void *arg, const char *line)
{
}

static void no_print(void *arg, const struct print_job *job, struct text *out)
{
}

static void no_path(void *arg, const char *path)
{
}

static void no_quit(void *arg)
{
}

static bool run_all(const struct run_host *host, struct program *program, struct diag *diag)
{
	struct run *run = run_new(host, program);
	enum run_state state = RUN_RUNNING;
	bool ok;

	for (unsigned waits = 0; state != RUN_DONE && waits < WAITS_MAX;) {
		state = run_step(run, (mono){ 0 }, STEPS_AT_ONCE);
		waits += state == RUN_WAITING || state == RUN_ASKING;
	}
	ok = state == RUN_DONE && run_ok(run);
	if (state != RUN_DONE)
		(void)diag_fail(diag, NULL, "a command in it waits for something");
	else if (!ok)
		*diag = *run_diag(run);
	run_free(run);
	return ok;
}

bool recovery_text_run(struct conf *conf, const char *text, size_t len, struct diag *diag)
{
	struct program program = { 0 };
	struct numbering numbering = { 0 };
	const struct run_host host = {
		.conf = conf,
		.numbering = &numbering,
		.who = "system",
		.door = "start",
		.out = no_output,
		.notice = no_notice,
		.print = no_print,
		.go = no_path,
		.quit = no_quit,
	};
	bool ok;

	if (!parse_program(conf_menus(conf), "/", text, len, &program, NULL, diag)) {
		program_free(&program);
		return false;
	}
	ok = run_all(&host, &program, diag);
	numbering_free(&numbering);
	return ok;
}
