/*
 * shim_server.h -- the router's end of `towpath run`: sockets of programs on this machine.
 *
 * A SOCK_SEQPACKET socket in the file system takes the calls of programs (host/shim_proto.h), each
 * of which is answered at once, but for connects that wait. Only root and the daemon's own user are
 * heard. Each socket of a program is one of the router's (host/sock.h) and, while it is connected,
 * one end of an AF_UNIX pair; bytes go to and fro in shim_server_turn().
 *
 * A program that does not read stops its connection's window and nothing else; one that closes or
 * dies lets go of what it had: at once where it has a pair, within SHIM_ROLL_MS where it has none
 * (os/roll_call.h).
 *
 * Memory:  SHIM_SLOTS sockets and SHIM_CLIENTS_MAX calls at a time, taken at start; 66 KB for each
 *          socket whose program is faster than the network.
 * Threads: the loop's, which is the router's.
 */
#ifndef OS_SHIM_SERVER_H
#define OS_SHIM_SERVER_H

#include <stdbool.h>

#include "lib/mono.h"
#include "lib/must.h"

#define SHIM_CLIENTS_MAX 512
#define SHIM_ROLL_MS     250

struct host;
struct loop;
struct random;
struct shim_server;
struct text;

/* Listen at @path, a console's socket, with SHIM_SUFFIX behind it. 0, or -errno and @words. */
MUST_USE int shim_server_open(struct loop *loop, struct host *host, struct random *random,
                              const char *path, struct text *words,
                              struct shim_server **ret_server);
/* All sockets of programs are closed, as if the router had died. */
void shim_server_close(struct shim_server *server);

/* Move what there is to be moved at @now. True: there was something, so the router should turn
 * again at once. */
bool shim_server_turn(struct shim_server *server, mono now);
mono shim_server_next(const struct shim_server *server);

#endif
