#include "main/guard_process.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/confine.h"
#include "os/random.h"
#include "svc/guard_serve.h"

#define PAUSE_MIN_MS 100
#define PAUSE_MAX_MS 10000
/* One that lived so long was well: the next pause is the short one again. */
#define WELL_AFTER_MS 60000
/* The longest queue of the slowest hashes takes less. */
#define SILENT_FOR_S 120
/* Of a hash 16 MiB; and what the questions take. */
#define MEMORY_BYTES (64U << 20)

static void lose(struct guard_process *p, const char *why)
{
	log_write(p->log, LOG_ERROR, "system",
	          "the guard process %s; until it has started again nobody can log in", why);
	loop_remove(p->watch);
	p->watch = NULL;
	guard_client_detach(&p->client);
	child_end(&p->child);
}

static void on_readable(void *arg, unsigned events)
{
	struct guard_process *p = arg;
	int error;

	(void)events;
	p->spoke = true;
	error = guard_client_collect(&p->client);
	if (error != 0)
		lose(p, error == -ECONNRESET ? "has ended" : strerror(-error));
}

static int start(struct guard_process *p, mono now)
{
	int error = child_start(p->program, GUARD_PROCESS_WORD, &p->child);

	if (error != 0)
		return error;
	error = loop_add(p->loop, p->child.fd, on_readable, p, &p->watch);
	if (error == 0)
		error = loop_interest(p->watch, LOOP_READ);
	if (error != 0) {
		if (p->watch != NULL)
			loop_remove(p->watch);
		p->watch = NULL;
		child_end(&p->child);
		return error;
	}
	guard_client_attach(&p->client, p->child.fd);
	p->started = p->heard = now;
	return 0;
}

int guard_process_start(struct guard_process *process, struct loop *loop, struct log *log,
                        const char *program, mono now)
{
	*process = (struct guard_process){
		.loop = loop,
		.log = log,
		.program = program,
		.child.fd = -1,
		.pause_ms = PAUSE_MIN_MS,
		.again = mono_never(),
	};
	guard_client_init(&process->client);

	int error = start(process, now);

	if (error != 0)
		guard_process_stop(process);
	return error;
}

/* It has ended: when may it be started again? */
static void plan(struct guard_process *p, mono now)
{
	if (mono_since_ms(now, p->started) >= WELL_AFTER_MS)
		p->pause_ms = PAUSE_MIN_MS;
	p->again = mono_add_ms(now, p->pause_ms);
	p->pause_ms = p->pause_ms * 2 < PAUSE_MAX_MS ? p->pause_ms * 2 : PAUSE_MAX_MS;
}

static void begin_again(struct guard_process *p, mono now)
{
	int error = child_reap(&p->child, false) ? start(p, now) : -EAGAIN;

	p->again = mono_never();
	if (error == 0) {
		log_write(p->log, LOG_INFO, "system", "the guard process has started again");
		return;
	}
	if (error != -EAGAIN)
		log_write(p->log, LOG_ERROR, "system", "cannot start the guard process: %s",
		          strerror(-error));
	plan(p, now);
}

static bool silent(const struct guard_process *p, mono now)
{
	return p->client.asked > 0 && mono_due(mono_add_s(p->heard, SILENT_FOR_S), now);
}

void guard_process_turn(struct guard_process *process, mono now)
{
	struct guard_process *p = process;

	if (p->spoke || p->client.asked == 0)
		p->heard = now;
	p->spoke = false;
	if (p->watch != NULL && silent(p, now))
		lose(p, "does not answer");
	if (p->watch == NULL && p->again.ns == UINT64_MAX)
		plan(p, now);
	if (p->watch == NULL && mono_due(p->again, now))
		begin_again(p, now);
	guard_client_turn(&p->client);
}

mono guard_process_next(const struct guard_process *process)
{
	const struct guard_process *p = process;

	/* Time has come for what waits, or it has ended in this turn. */
	if (guard_client_due(&p->client) || (p->watch == NULL && p->again.ns == UINT64_MAX))
		return (mono){ 0 };
	if (p->watch == NULL)
		return p->again;
	return p->client.asked > 0 ? mono_add_s(p->heard, SILENT_FOR_S) : mono_never();
}

void guard_process_stop(struct guard_process *process)
{
	if (process->loop == NULL)
		return;
	if (process->watch != NULL)
		loop_remove(process->watch);
	process->watch = NULL;
	guard_client_detach(&process->client);
	guard_client_turn(&process->client);
	child_end(&process->child);
	child_reap(&process->child, true);
	process->loop = NULL;
}

int guard_process_run(void)
{
	struct clock clock;
	struct random_pool random;
	struct hash_key key;
	struct guard_serve *serve;
	const int fds[] = { CHILD_FD };
	int error;

	if (!child_is_one()) {
		fputs("towpathd: the guard is started by towpathd itself\n", stderr);
		return 2;
	}
	(void)prctl(PR_SET_NAME, "tw-guard", 0, 0, 0);
	clock_init(&clock);
	random_init(&random);
	random_fill(&random.random, &key, sizeof key);
	serve = guard_serve_new(CHILD_FD, &clock, &key);
	error = confine_to_messages(fds, 1, MEMORY_BYTES);
	while (error == 0)
		error = guard_serve_turn(serve);
	if (error != -ECONNRESET)
		fprintf(stderr, "towpathd: the guard ends: %s\n", strerror(-error));
	guard_serve_free(serve);
	/* What else a program does at its end takes calls that we no longer have. */
	_exit(error == -ECONNRESET ? 0 : 1);
}
