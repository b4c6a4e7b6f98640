/*
 * fetch_process.h -- requests over HTTP: a connection of our own stack, and a process that speaks.
 *
 * The router connects, so that a route, the filter and /ip/socket/policy decide as for anybody;
 * then towpath-fetch (svc/fetch_serve.h) is handed the connection and one question.
 *
 * Memory: FETCHES_MAX places, each with what has been downloaded. Threads: the router's.
 */
#ifndef MAIN_FETCH_PROCESS_H
#define MAIN_FETCH_PROCESS_H

#include "host/sock.h"
#include "lib/fetcher.h"
#include "main/sock_pump.h"
#include "os/child.h"
#include "svc/fetch_proto.h"

#define FETCHES_MAX      4
#define FETCH_CONNECT_S  30
#define FETCH_PATH_BYTES 256

struct host;

struct fetch_process {
	struct fetcher_job job; /* first: it is cast back */
	bool used;
	struct fetch_processes *all;
	struct sock *sock; /* while it connects */
	struct sock_end_bytes {
		uint8_t bytes[16];
	} far; /* a struct sockaddr_in */
	bool changed;
	mono until;
	size_t question_len;
	uint8_t *question; /* as it will be sent */
	struct sock_pump pump;
	struct child child;
	struct loop_watch *watch;
};

struct fetch_processes {
	struct fetcher fetcher; /* the door */
	struct host *host;
	struct loop *loop;
	struct sock_owner owner;
	mono now;
	char program[FETCH_PATH_BYTES];
	uint8_t message[FETCH_PIECE_BYTES + 2]; /* that is being read */
	struct fetch_process at[FETCHES_MAX];
};

/* @program: where towpath-fetch is; "": beside this program, or where it is installed. */
void fetch_processes_init(struct fetch_processes *all, struct host *host, struct loop *loop,
                          const char *program);
void fetch_processes_turn(struct fetch_processes *all, mono now);
mono fetch_processes_next(const struct fetch_processes *all);
/* Also of zeroed memory. Who had jobs is not told. */
void fetch_processes_stop(struct fetch_processes *all);

#endif
