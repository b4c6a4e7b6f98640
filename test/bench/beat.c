/*
 * beat.c -- when does the first packet come through?
 *
 *   beat send ADDRESS PORT     a small datagram each millisecond, until it is killed
 *   beat wait PORT             prints when the first one came, in microseconds since 1970
 */
#include <unistd.h>

#include "lab/tools/tool.h"

static _Noreturn void send_forever(const struct sockaddr_in *to)
{
	const struct timespec pause = { 0, 1000000 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		tool_fail("socket");
	for (;;) {
		sendto(fd, "beat", 4, 0, (const struct sockaddr *)to, sizeof *to);
		nanosleep(&pause, NULL);
	}
}

static int wait_first(const char *port)
{
	const struct sockaddr_in at = tool_address("0.0.0.0", port);
	struct timespec now;
	char beat[16];
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof at))
		tool_fail("socket");
	if (recv(fd, beat, sizeof beat, 0) < 0)
		tool_fail("receive");
	clock_gettime(CLOCK_REALTIME, &now);
	printf("%lld\n", (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to;

	if (argc == 3 && !strcmp(argv[1], "wait"))
		return wait_first(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "send")) {
		to = tool_address(argv[2], argv[3]);
		send_forever(&to);
	}
	fprintf(stderr, "usage: beat send ADDRESS PORT | beat wait PORT\n");
	return 2;
}
