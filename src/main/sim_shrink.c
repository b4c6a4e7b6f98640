#include "main/sim_shrink.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/text.h"

/* In a process that says nothing: does @seed fail? Its failed_step is kept. */
static bool fails(struct seed *seed)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		int nowhere = open("/dev/null", O_WRONLY);
		struct cover cover = { 0 };
		struct text out = { 0 };

		dup2(nowhere, STDERR_FILENO);
		dup2(nowhere, STDOUT_FILENO);
		seed->cover = &cover;
		seed->out = &out;
		_exit(seed_run(seed) ? 0 : 1);
	}
	if (pid < 0) {
		perror("sim: fork");
		exit(2);
	}
	waitpid(pid, &status, 0);
	return status != 0;
}

/* Leave out [@low, @high) as well, if it still fails then. */
static bool try_without(struct seed *seed, uint32_t low, uint32_t high)
{
	bool before[SEED_STEPS_MAX];
	uint32_t step = seed->failed_step;

	memcpy(before, seed->skip, sizeof before);
	for (uint32_t i = low; i < high; i++)
		seed->skip[i] = true;
	if (memcmp(before, seed->skip, sizeof before) != 0 && fails(seed))
		return true;
	memcpy(seed->skip, before, sizeof before);
	seed->failed_step = step;
	return false;
}

static void shrink(struct seed *seed)
{
	uint32_t end = seed->failed_step != 0 ? seed->failed_step : SEED_STEPS_MAX;
	uint32_t span = end;

	for (; span > 0; span /= 2) {
		for (uint32_t low = 1; low < end; low += span)
			try_without(seed, low, low + span < end ? low + span : end);
	}
}

int sim_shrink(const struct sim_options *options)
{
	struct seed *seed =
		mmap(NULL, sizeof *seed, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (seed == MAP_FAILED) {
		perror("sim: mmap");
		return 2;
	}
	*seed = (struct seed){ .number = options->seed,
		               .steps = options->steps,
		               .streams = options->streams };
	memcpy(seed->skip, options->skip, sizeof seed->skip);
	if (!fails(seed)) {
		printf("seed %lu does not fail\n", (unsigned long)seed->number);
		return 0;
	}
	shrink(seed);
	sim_print_replay(seed);
	munmap(seed, sizeof *seed);
	return 1;
}
