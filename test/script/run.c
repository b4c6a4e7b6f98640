/*
 * run.c -- play behaviour scripts.
 *
 *     script-run [--linux | --towpath] [--told] [--jobs N] [--again N] FILE...
 *     script-run --differences FILE...
 *
 * Each script is played in a process of its own, N of them side by side; prints "ok" or "WRONG"
 * with the line and what came instead. --differences prints where Linux and Towpath are not the
 * same, as a table of docs/connect.md. Exits 1 when one was wrong, 77 when this machine can't give
 * the kernel's stack to anybody. --again: how often one that failed is played again, for the
 * kernel's clock can't be stopped while the machine does something else.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "script/play.h"

#define JOBS_MAX  64
#define EXIT_CANT 77

struct job {
	const char *path;
	struct script *script;
	int64_t duration_us;
	unsigned tries;
	pid_t pid;
};

struct run {
	unsigned which, jobs, again;
	bool told, differences;
	unsigned passed, failed, cant, other; /* other: scripts of another stack */
};

static bool read_file(const char *path, struct text *text)
{
	FILE *file = fopen(path, "re");
	char part[4096];
	size_t got;
	bool good;

	if (file == NULL)
		return false;
	while ((got = fread(part, 1, sizeof part, file)) > 0)
		text_bytes(text, part, got);
	good = !ferror(file);
	fclose(file);
	return good;
}

static struct script *load(const char *path)
{
	struct script *script = mem_new(1, sizeof *script);
	struct script_error error;
	struct text text = { 0 };
	bool good = read_file(path, &text);

	if (!good)
		printf("WRONG %s: %s\n", path, strerror(errno));
	else if (!(good = script_parse(script, text_str(&text), text.len, &error)))
		printf("WRONG %s:%u:%u: %s\n", path, error.line, error.column, error.text);
	text_free(&text);
	if (good)
		return script;
	mem_free(script);
	return NULL;
}

static int play_one(const struct run *run, const struct job *job)
{
	struct play_options options = { .told = run->told };
	struct text why = { 0 };
	struct stack *stack = run->which == SCRIPT_LINUX ? stack_open_linux(job->script, &why)
	                                                 : stack_open_towpath(job->script, &why);
	int code = run->which == SCRIPT_LINUX ? EXIT_CANT : 1;

	if (stack != NULL && job->tries > 1) { /* the machine is busy */
		stack->late_us *= job->tries * job->tries;
		stack->early_us *= job->tries * job->tries;
	}
	if (stack != NULL)
		code = play(job->script, stack, &options, &why) ? 0 : 1;
	if (code == EXIT_CANT)
		printf("skip  %s: %s\n", job->path, text_str(&why));
	else if (code == 0)
		printf("ok    %s\n", job->path);
	else if (job->tries <= run->again)
		printf("again %s: %s\n", job->path, text_str(&why));
	else
		printf("WRONG %s: %s\n", job->path, text_str(&why));
	text_free(&why);
	fflush(stdout);
	return code;
}

/* A call that should not wait may do so for ever. */
static void start(const struct run *run, struct job *job)
{
	job->tries++;
	fflush(stdout);
	job->pid = fork();
	if (job->pid == 0) {
		alarm((unsigned)(job->duration_us / 1000000) + 60);
		_exit(play_one(run, job));
	}
}

static void ended(struct run *run, struct job *job, int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;

	job->pid = 0;
	if (WIFSIGNALED(status))
		printf("WRONG %s: ended by signal %d%s\n", job->path, WTERMSIG(status),
		       WTERMSIG(status) == SIGALRM ? ": a call never returned" : "");
	if (code == 1 && job->tries <= run->again && !WIFSIGNALED(status)) {
		job->pid = -1; /* once more */
		return;
	}
	run->passed += code == 0;
	run->cant += code == EXIT_CANT;
	run->failed += code != 0 && code != EXIT_CANT;
}

static int by_duration(const void *a, const void *b)
{
	const struct job *x = a, *y = b;

	return (x->duration_us < y->duration_us) - (x->duration_us > y->duration_us);
}

/* The longest first, so that none is left alone at the end. */
static void run_jobs(struct run *run, struct job *jobs, unsigned n)
{
	unsigned next = 0, running = 0, waiting = n;

	qsort(jobs, n, sizeof *jobs, by_duration);
	while (waiting > 0) {
		int status;
		pid_t pid;

		for (; next < n && running < run->jobs; next++, running++)
			start(run, &jobs[next]);
		pid = waitpid(-1, &status, 0);
		for (unsigned i = 0; i < next; i++) {
			if (jobs[i].pid != pid)
				continue;
			ended(run, &jobs[i], status);
			if (jobs[i].pid < 0) {
				start(run, &jobs[i]);
			} else {
				running--;
				waiting--;
			}
			break;
		}
	}
}

static bool options_take(struct run *run, int argc, char **argv, int *ret_at)
{
	int at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		const char *option = argv[at];
		uint64_t number = 0;
		bool counts = strcmp(option, "--jobs") == 0 || strcmp(option, "--again") == 0;

		if (counts && (++at == argc || !text_to_u64(argv[at], strlen(argv[at]), &number) ||
		               number > JOBS_MAX))
			return false;
		if (strcmp(option, "--jobs") == 0)
			run->jobs = (unsigned)number;
		else if (strcmp(option, "--again") == 0)
			run->again = (unsigned)number;
		else if (strcmp(option, "--told") == 0)
			run->told = true;
		else if (strcmp(option, "--differences") == 0)
			run->differences = true;
		else if (strcmp(option, "--towpath") == 0)
			run->which = SCRIPT_TOWPATH;
		else if (strcmp(option, "--linux") != 0 && !counts)
			return false;
	}
	*ret_at = at;
	return at < argc && run->jobs > 0;
}

/* `connect/any_address` of its path. */
static const char *short_name(const char *path)
{
	const char *name = strrchr(path, '/');

	while (name != NULL && name > path && name[-1] != '/')
		name--;
	return name != NULL ? name : path;
}

static void print_difference(const char *path, const struct script *script)
{
	const char *name = short_name(path);
	int len = (int)(strlen(name) - strlen(".script"));
	const char *whose = script->differs                  ? "both, some lines differ"
	                    : script->stacks == SCRIPT_LINUX ? "Linux only"
	                                                     : "Towpath only";

	if (script->differs || script->stacks != SCRIPT_BOTH)
		printf("| [%.*s](../test/script/%s) | %s | %s |\n", len, name, name, whose,
		       script->reason);
}

int main(int argc, char **argv)
{
	struct run run = { .which = SCRIPT_LINUX, .jobs = 1 };
	struct job *jobs = mem_new((size_t)argc, sizeof *jobs);
	unsigned n = 0;
	int at;

	if (!options_take(&run, argc, argv, &at)) {
		fprintf(stderr,
		        "usage: %s [--linux|--towpath] [--differences] [--told] [--jobs N] "
		        "[--again N] FILE...\n",
		        argv[0]);
		return 2;
	}
	for (; at < argc; at++) {
		struct script *script = load(argv[at]);

		if (script == NULL) {
			run.failed++;
		} else if (run.differences) {
			print_difference(argv[at], script);
			mem_free(script);
		} else if (!(script->stacks & run.which)) {
			run.other++;
			mem_free(script);
		} else {
			jobs[n].path = argv[at];
			jobs[n].duration_us = script_duration_us(script, run.which);
			jobs[n++].script = script;
		}
	}
	run_jobs(&run, jobs, n);
	for (unsigned i = 0; i < n; i++)
		mem_free(jobs[i].script);
	mem_free(jobs);
	if (!run.differences)
		printf("%u held, %u did not, %u are of another stack\n", run.passed, run.failed,
		       run.other);
	return run.failed > 0 ? 1 : run.cant > 0 ? EXIT_CANT : 0;
}
