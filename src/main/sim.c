/*
 * sim.c -- simulated networks by seed (sim/seed.h): `make sim`.
 *
 * Seeds run in processes of their own, so that one that dies, even by a broken must(), is told like
 * any other failure: what failed, and one line "replay: make sim SEED=..." that does it again.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/text.h"
#include "main/sim_shrink.h"
#include "os/clock.h"
#include "sim/stream_cover.h"

/* What the processes share with the one that began them. */
struct job {
	pid_t pid;
	uint64_t seed; /* at hand */
	uint32_t step;
	uint64_t done; /* seeds */
	bool told;     /* the failure, if there was one */
	struct seed at_hand;
	struct cover cover;
};

static struct job *jobs_new(unsigned n)
{
	void *shared = mmap(NULL, n * sizeof(struct job), PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED) {
		perror("sim: mmap");
		exit(2);
	}
	return shared;
}

/* Once, or twice with the same end. */
static bool run_one(const struct sim_options *options, struct job *job, struct text *out)
{
	struct seed *seed = &job->at_hand;
	uint64_t trace;

	*seed = (struct seed){ .number = job->seed,
		               .steps = options->steps,
		               .streams = options->streams,
		               .told = options->told,
		               .cover = &job->cover,
		               .out = out };
	memcpy(seed->skip, options->skip, sizeof seed->skip);
	if (!seed_run(seed))
		return false;
	trace = seed->trace.hash;
	if (options->twice && seed_run(seed) && seed->trace.hash != trace) {
		text_printf(out, "the same seed twice: trace %016lx, then %016lx",
		            (unsigned long)trace, (unsigned long)seed->trace.hash);
		seed->failed_step = 0;
	}
	if (text_str(out)[0] != '\0')
		return false;
	if (options->traces || options->one)
		printf("seed %lu: trace %016lx of %lu frames\n", (unsigned long)seed->number,
		       (unsigned long)trace, (unsigned long)seed->trace.frames);
	return true;
}

/* Every @of-th seed from @first on. */
static bool run_seeds(const struct sim_options *options, struct job *job, unsigned first,
                      unsigned of)
{
	for (uint64_t i = first; i < options->seeds; i += of) {
		struct text out = { 0 };
		bool good;

		job->seed = options->seed + i;
		good = run_one(options, job, &out);
		if (!good) {
			printf("%s\n", text_str(&out));
			sim_print_replay(&job->at_hand);
			job->told = true;
		}
		text_free(&out);
		if (!good)
			return false;
		job->done++;
	}
	return true;
}

static void jobs_begin(const struct sim_options *options, struct job *jobs)
{
	for (unsigned i = 0; i < options->jobs; i++) {
		pid_t pid;

		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			bool good = run_seeds(options, &jobs[i], i, options->jobs);

			fflush(stdout);
			exit(good ? 0 : 1);
		}
		if (pid < 0) {
			perror("sim: fork");
			exit(2);
		}
		jobs[i].pid = pid; /* the child has no part in this: the memory is shared */
	}
}

/* Wait for all; a process that died without a word is told of here. */
static bool jobs_end(const struct sim_options *options, struct job *jobs)
{
	bool good = true;

	for (unsigned i = 0; i < options->jobs; i++) {
		int status = 0;

		waitpid(jobs[i].pid, &status, 0);
		good = good && status == 0;
		if (status == 0 || jobs[i].told)
			continue;
		if (WIFSIGNALED(status))
			printf("died by signal %d (%s)\n", WTERMSIG(status),
			       strsignal(WTERMSIG(status)));
		sim_print_replay(&jobs[i].at_hand);
	}
	return good;
}

static void cover_sum(struct cover *sum, const struct cover *add)
{
	sum->seeds += add->seeds;
	for (unsigned i = 0; i < COVER_COUNT; i++)
		sum->events[i] += add->events[i];
	for (unsigned i = 0; i < DROP_COUNT; i++)
		sum->drops[i] += add->drops[i];
	for (unsigned i = 0; i < add->changes_n; i++)
		cover_change(sum, add->changes[i].what, add->changes[i].n);
}

static bool is_complete(const struct sim_options *options, const struct cover *cover,
                        struct text *out)
{
	return options->streams ? stream_cover_is_complete(cover, out)
	                        : cover_is_complete(cover, out);
}

static bool report(const struct sim_options *options, const struct cover *cover, uint64_t ns)
{
	double seconds = (double)ns / 1e9;
	struct text out = { 0 };
	bool complete = !options->complete || is_complete(options, cover, &out);

	if (!options->one && options->complete)
		cover_print(cover, &out);
	printf("%s%lu seeds in %.1f s (%.0f a second): %lu frames in, %lu out, %lu replayed, "
	       "%lu walked, %lu connections, %lu changes\n",
	       text_str(&out), (unsigned long)cover->seeds, seconds, (double)cover->seeds / seconds,
	       (unsigned long)cover->events[COVER_IN], (unsigned long)cover->events[COVER_OUT],
	       (unsigned long)cover->events[COVER_REPLAYED],
	       (unsigned long)cover->events[COVER_WALKED],
	       (unsigned long)cover->events[COVER_CONNECTIONS],
	       (unsigned long)cover_changes(cover));
	if (!complete)
		printf("some kinds of event never occurred: see above\n");
	text_free(&out);
	return complete;
}

int main(int argc, char **argv)
{
	struct sim_options options;
	struct cover cover = { 0 };
	struct clock clock;
	struct job *jobs;
	mono start;
	bool good;

	clock_init(&clock);
	start = clock.mono(&clock);
	if (!sim_options_parse(argc, argv, &options))
		return 2;
	if (options.shrink)
		return sim_shrink(&options);
	jobs = jobs_new(options.jobs);
	jobs_begin(&options, jobs);
	good = jobs_end(&options, jobs);
	for (unsigned i = 0; i < options.jobs; i++)
		cover_sum(&cover, &jobs[i].cover);
	munmap(jobs, options.jobs * sizeof *jobs);
	return report(&options, &cover, mono_since_ns(clock.mono(&clock), start)) && good ? 0 : 1;
}
