#include "main/sim_options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "lib/text.h"

#define SEEDS_DEFAULT 1000

static const char usage[] =
	"usage: sim [--seed N] [--seeds COUNT] [--steps COUNT] [--skip 3-17,20] [--jobs COUNT]\n"
	"           [--streams] [--told] [--twice] [--traces] [--complete] [--shrink]\n";

static const struct option long_options[] = {
	{ "seed", required_argument, NULL, 's' },  { "seeds", required_argument, NULL, 'n' },
	{ "steps", required_argument, NULL, 't' }, { "skip", required_argument, NULL, 'k' },
	{ "jobs", required_argument, NULL, 'j' },  { "streams", no_argument, NULL, 'm' },
	{ "told", no_argument, NULL, 'v' },        { "twice", no_argument, NULL, '2' },
	{ "traces", no_argument, NULL, 'h' },      { "complete", no_argument, NULL, 'c' },
	{ "shrink", no_argument, NULL, 'x' },      { NULL, 0, NULL, 0 },
};

static bool number(const char *word, size_t len, uint64_t most, uint64_t *ret_value)
{
	if (text_to_u64(word, len, ret_value) && *ret_value <= most)
		return true;
	fprintf(stderr, "sim: '%.*s' is not a number from 0 to %lu\n", (int)len, word,
	        (unsigned long)most);
	return false;
}

static bool small(const char *word, uint64_t most, uint32_t *ret_value)
{
	uint64_t value;

	if (!number(word, strlen(word), most, &value))
		return false;
	*ret_value = (uint32_t)value;
	return true;
}

/* "3-17,20" */
static bool skip_parse(const char *list, bool skip[SEED_STEPS_MAX])
{
	while (*list != '\0') {
		size_t len = strcspn(list, ","), low_len = strcspn(list, "-,");
		uint64_t low, high;

		if (!number(list, low_len, SEED_STEPS_MAX - 1, &low))
			return false;
		high = low;
		if (low_len < len &&
		    !number(list + low_len + 1, len - low_len - 1, SEED_STEPS_MAX - 1, &high))
			return false;
		for (; low <= high; low++)
			skip[low] = true;
		list += len + (list[len] == ',');
	}
	return true;
}

static bool parse_flag(int option, struct sim_options *options)
{
	switch (option) {
	case 'm':
		return options->streams = true;
	case 'v':
		return options->told = true;
	case '2':
		return options->twice = true;
	case 'h':
		return options->traces = true;
	case 'c':
		return options->complete = true;
	case 'x':
		return options->shrink = true;
	default:
		return false;
	}
}

static bool parse_option(int option, struct sim_options *options)
{
	switch (option) {
	case 's':
		options->one = true;
		return number(optarg, strlen(optarg), UINT64_MAX, &options->seed);
	case 'n':
		return number(optarg, strlen(optarg), UINT32_MAX, &options->seeds);
	case 't':
		return small(optarg, SEED_STEPS_MAX - 1, &options->steps);
	case 'j':
		return small(optarg, SIM_JOBS_MAX, &options->jobs);
	case 'k':
		return skip_parse(optarg, options->skip);
	default:
		return parse_flag(option, options);
	}
}

bool sim_options_parse(int argc, char **argv, struct sim_options *ret_options)
{
	bool good = true;
	int option;

	*ret_options = (struct sim_options){ .seed = 1, .jobs = 1 };
	while (good && (option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		good = parse_option(option, ret_options);
	if (!good || optind != argc) {
		fputs(usage, stderr);
		return false;
	}
	ret_options->one = ret_options->one && ret_options->seeds <= 1;
	if (ret_options->seeds == 0)
		ret_options->seeds = ret_options->one ? 1 : SEEDS_DEFAULT;
	if (ret_options->jobs == 0 || ret_options->one)
		ret_options->jobs = 1;
	return true;
}

static void skip_print(const bool skip[SEED_STEPS_MAX])
{
	const char *before = " SKIP=";

	for (uint32_t low = 0; low < SEED_STEPS_MAX; low++) {
		uint32_t high = low;

		if (!skip[low])
			continue;
		while (high + 1 < SEED_STEPS_MAX && skip[high + 1])
			high++;
		printf(low == high ? "%s%u" : "%s%u-%u", before, low, high);
		before = ",";
		low = high;
	}
}

void sim_print_replay(const struct seed *seed)
{
	printf("replay: make sim SEED=%lu", (unsigned long)seed->number);
	if (seed->failed_step != 0)
		printf(" STEPS=%u", seed->failed_step);
	skip_print(seed->skip);
	if (seed->streams)
		printf(" OPTIONS=--streams");
	printf("\n");
	fflush(stdout);
}
