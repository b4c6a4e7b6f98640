/*
 * count.c -- how many packets an interface receives.
 *
 *   count IFACE WAIT SECONDS     after WAIT seconds, for SECONDS: packets a second
 *   count IFACE                  all it has received since it was made
 *
 * From the interface's own counters (/proc/net/dev of this network namespace), so that nothing is
 * attached to the interface and no offload is lost.
 */
#include "lab/tools/tool.h"

static unsigned long long received(const char *iface)
{
	const size_t len = strlen(iface);
	unsigned long long packets = 0;
	char line[512];
	int found = 0;
	FILE *f = fopen("/proc/net/dev", "re");

	if (!f)
		tool_fail("/proc/net/dev");
	while (!found && fgets(line, sizeof line, f)) {
		const char *name = line + strspn(line, " ");

		if (!strncmp(name, iface, len) && name[len] == ':')
			found = sscanf(name + len + 1, "%*u %llu", &packets) == 1;
	}
	fclose(f);
	if (!found) {
		fprintf(stderr, "%s: no such interface\n", iface);
		exit(2);
	}
	return packets;
}

static void pause_for(double seconds)
{
	const struct timespec t = { (time_t)seconds,
		                    (long)((seconds - (double)(time_t)seconds) * 1e9) };

	nanosleep(&t, NULL);
}

int main(int argc, char **argv)
{
	unsigned long long before;
	double start;

	if (argc == 2) {
		printf("%llu\n", received(argv[1]));
		return 0;
	}
	if (argc != 4) {
		fprintf(stderr, "usage: count IFACE [WAIT SECONDS]\n");
		return 2;
	}
	pause_for(strtod(argv[2], NULL));
	before = received(argv[1]);
	start = tool_now();
	pause_for(strtod(argv[3], NULL));
	printf("%.0f\n", (double)(received(argv[1]) - before) / (tool_now() - start));
	return 0;
}
