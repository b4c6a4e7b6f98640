/*
 * sim.c -- simulated networks by seed: does every packet come to the same end by both ways?
 *
 *     sim [--seed N] [--seeds COUNT] [--steps COUNT] [--step M] [--trace] [N [COUNT]]
 *
 * Each seed is a network, a configuration that changes, and traffic (sim/fast_slow.h). --step M
 * ends after step M, where a failure was; with --trace each step is told.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "lib/text.h"
#include "sim/fast_slow.h"

#define SEEDS_DEFAULT 1000
#define STEPS_DEFAULT 400

struct options {
	uint64_t seed, seeds, steps;
	bool trace;
};

static const struct option long_options[] = {
	{ "seed", required_argument, NULL, 's' },  { "seeds", required_argument, NULL, 'n' },
	{ "steps", required_argument, NULL, 't' }, { "step", required_argument, NULL, 't' },
	{ "trace", no_argument, NULL, 'v' },       { NULL, 0, NULL, 0 },
};

static bool number(const char *word, uint64_t *ret_value)
{
	if (text_to_u64(word, strlen(word), ret_value))
		return true;
	fprintf(stderr, "sim: '%s' is not a number\n", word);
	return false;
}

static bool parse_option(int option, struct options *options, bool *counted)
{
	switch (option) {
	case 's':
		options->seeds = *counted ? options->seeds : 1;
		return number(optarg, &options->seed);
	case 'n':
		*counted = true;
		return number(optarg, &options->seeds);
	case 't':
		return number(optarg, &options->steps);
	case 'v':
		options->trace = true;
		return true;
	default:
		return false;
	}
}

static bool parse_options(int argc, char **argv, struct options *options)
{
	bool counted = false;
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (!parse_option(option, options, &counted))
			return false;
	}
	if (optind < argc) {
		options->seeds = counted ? options->seeds : 1;
		if (!number(argv[optind++], &options->seed))
			return false;
	}
	return optind == argc || number(argv[optind], &options->seeds);
}

static bool run_seeds(const struct options *options, struct fast_slow_stats *stats)
{
	for (uint64_t i = 0; i < options->seeds; i++) {
		struct text out = { 0 };
		bool good = fast_slow_run(options->seed + i, (uint32_t)options->steps,
		                          options->trace, stats, &out);

		if (!good)
			printf("%s\n", text_str(&out));
		text_free(&out);
		if (!good)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct options options = { .seed = 1, .seeds = SEEDS_DEFAULT, .steps = STEPS_DEFAULT };
	struct fast_slow_stats stats = { 0 };

	if (!parse_options(argc, argv, &options)) {
		fprintf(stderr,
		        "usage: sim [--seeds COUNT] [--steps COUNT] [--trace] [[--seed] N]\n");
		return 2;
	}

	bool good = run_seeds(&options, &stats);

	printf("%lu frames in, %lu out, %lu replayed, %lu walked, %lu connections, %lu changes\n",
	       (unsigned long)stats.frames, (unsigned long)stats.out, (unsigned long)stats.replayed,
	       (unsigned long)stats.walked, (unsigned long)stats.flows,
	       (unsigned long)stats.changes);
	return good ? 0 : 1;
}
