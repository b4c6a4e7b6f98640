/*
 * two_routers.c -- two routers in one program, joined by a cable: words go both ways.
 *
 *   cc two_routers.c $(pkg-config --cflags --libs libtowpath)
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <towpath.h>

static struct towpath *router[2];

static int check(int result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "%s: %d\n", what, result);
		exit(1);
	}
	return result;
}

/* Time is what the two wait for. */
static int wait(void *arg, struct towpath *t, uint64_t until)
{
	return towpath_step(router, 2, until);
}

int main(void)
{
	static const char *const line[] = {
		"/ip address add address=10.0.0.1/24 interface=ether1",
		"/ip address add address=10.0.0.2/24 interface=ether1"
	};
	struct sockaddr_in at = { AF_INET, htons(7), { htonl(0x0a000002) } };
	char word[64] = "hello from 10.0.0.1";

	for (int i = 0; i < 2; i++) {
		struct towpath_setup setup = { sizeof setup, .seed = (uint64_t)i, .wait = wait };

		check(towpath_new(&setup, &router[i]), "new");
		check(towpath_port_add(router[i], &(struct towpath_port){ "ether1" }), "port");
		check(towpath_start(router[i]), "start");
		check(towpath_run(router[i], line[i], NULL, NULL), line[i]);
	}
	check(towpath_join(router[0], 0, router[1], 0), "join");
	int server = check(towpath_socket(router[1], AF_INET, SOCK_STREAM, 0), "socket");
	int client = check(towpath_socket(router[0], AF_INET, SOCK_STREAM, 0), "socket");
	check(towpath_bind(router[1], server, &at, sizeof at), "bind");
	check(towpath_listen(router[1], server, 1), "listen");
	check(towpath_connect(router[0], client, &at, sizeof at), "connect");
	server = check(towpath_accept(router[1], server, NULL, NULL, 0), "accept");
	check((int)towpath_send(router[0], client, word, sizeof word, 0), "send");
	check((int)towpath_recv(router[1], server, word, sizeof word, MSG_WAITALL), "receive");
	check((int)towpath_send(router[1], server, word, sizeof word, 0), "send back");
	check((int)towpath_recv(router[0], client, word, sizeof word, MSG_WAITALL), "receive");
	printf("%s, and back, in %.3f ms\n", word, (double)towpath_now(router[0]) / 1e6);
	towpath_free(router[0]);
	towpath_free(router[1]);
}
