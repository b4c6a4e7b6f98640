/*
 * shim_inside.h -- what the files of the shim's server share.
 */
#ifndef OS_SHIM_INSIDE_H
#define OS_SHIM_INSIDE_H

#include <sys/stat.h>
#include <sys/un.h>

#include "host/shim_proto.h"
#include "host/sock.h"
#include "lib/mono.h"
#include "os/loop.h"
#include "os/roll_call.h"
#include "os/shim_door.h"
#include "os/shim_server.h"

/* What waits in a socket's buffer: the largest datagram with its head. */
#define SHIM_HELD_BYTES (SHIM_TAIL_BYTES + 1)

enum shim_phase {
	SHIM_FREE,
	SHIM_FRESH,   /* the program's descriptor is connected with nothing */
	SHIM_PENDING, /* a SYN is on its way: the pair is full of filler, so it can't be written */
	SHIM_RUNNING, /* bytes go to and fro */
	SHIM_LISTENING, /* the program's descriptor listens; we connect to it */
	SHIM_OFFERED,   /* accepted, but the program's queue has no room for it yet */
	SHIM_SPENT,     /* our end is closed; kept a while to tell how it ended */
};

struct shim_socket {
	struct shim_server *server;
	struct sock *sock;          /* NULL: closed, nothing to be told any more */
	struct shim_client *waiter; /* of a connect, or NULL */
	struct loop_watch *watch;   /* of fd */
	struct shim_socket *next_dirty, *next_spent, *next_free;
	struct shim_socket *next_unpaired, **at_unpaired; /* at: NULL: not on the roll */
	struct shim_socket *offered;                      /* a listener's: it waits for room */
	mono until;                                       /* SHIM_SPENT */
	struct sock_owner owner;
	uint32_t secret;
	int fd;      /* our end, -1: none */
	int path_fd; /* leads to the program's listener, -1: none */
	uint32_t filler;
	uint8_t phase; /* enum shim_phase */
	uint8_t kind;  /* enum shim_kind */
	uint8_t address_len;
	uint8_t address[32]; /* of the connect under way */
	bool dirty, listed;  /* on the lists of the dirty and of the spent */
	bool here;           /* seen at the roll call under way */
	bool program_ended;  /* it has shut down what it sends */
	bool peer_ended;     /* and the peer has; SHIM_FIN is said */
	bool full;           /* the program does not read: wait for room */
	uint8_t *held;       /* from the program, not taken by the socket yet; NULL: never any */
	uint32_t held_at, held_len;
};

struct shim_client {
	struct shim_server *server;
	struct loop_watch *watch;
	struct shim_socket *waits_for;
	uint32_t pid, uid;
	int fd; /* -1: free */
};

/* One call as it is worked on. */
struct shim_work {
	struct shim_client *client;
	struct shim_request request;
	const uint8_t *tail;
	int fd; /* that came along, -1: none */
	/* The answer. */
	struct shim_answer answer;
	uint8_t *out; /* its tail, SHIM_VALUE_BYTES */
	bool later;   /* it comes when the connect has ended */
	bool silent;
};

struct shim_server {
	struct loop *loop;
	struct host *host;
	struct random *random;
	struct sockaddr_un address;
	struct stat made;
	int fd;
	struct loop_watch *watch;
	struct shim_door streams, datagrams;
	struct shim_board *board;
	int board_fd;
	struct roll_call roll;
	struct shim_socket *unpaired; /* who are on the roll */
	mono roll_at;
	mono now;
	unsigned offers; /* listeners that have something offered */
	struct shim_socket *sockets;
	struct shim_socket *free, *free_last;
	struct shim_socket *dirty, *dirty_last;
	struct shim_socket *spent, *spent_last;
	struct shim_client clients[SHIM_CLIENTS_MAX];
	uint8_t request[sizeof(struct shim_request) + SHIM_TAIL_BYTES + 1];
	uint8_t bytes[SHIM_HELD_BYTES];
};

/* --- shim_socket.c: slots --- */
struct shim_socket *shim_socket_new(struct shim_server *server, enum shim_kind kind);
void shim_socket_free(struct shim_socket *s);
/* NULL: no such socket (any more). */
struct shim_socket *shim_socket_of(struct shim_server *server, uint64_t badge);
uint64_t shim_socket_badge(const struct shim_socket *s);
/* Say @flags on its line of the board, beside what stands there. */
void shim_socket_say(struct shim_socket *s, uint32_t flags);
void shim_socket_unsay(struct shim_socket *s, uint32_t flags);
void shim_socket_dirty(struct shim_socket *s);
/* The program's descriptor @fd comes on the roll, or off it. */
int shim_socket_enroll(struct shim_socket *s, int fd);
void shim_socket_strike(struct shim_socket *s, int fd);
/* @fd is our end of its pair from now on; it is closed when that fails. */
int shim_socket_pair(struct shim_socket *s, int fd);
/* Close our end and keep the rest for SHIM_SPENT_S. */
void shim_socket_spend(struct shim_socket *s);
/* sock_watch()'s callback. */
void shim_socket_changed(struct sock *sock, void *arg);
/* Free what has been closed by its program, and what is over. */
void shim_socket_roll_call(struct shim_server *server);
void shim_socket_expire(struct shim_server *server);

/* --- shim_stream.c, shim_datagram.c, shim_listener.c: true: something was moved --- */
bool shim_stream_turn(struct shim_socket *s);
/* Make @fd, the program's, unwritable until the connection is there. */
int shim_stream_begin(struct shim_socket *s, int fd);
bool shim_datagram_turn(struct shim_socket *s);
int64_t shim_datagram_send(struct shim_socket *s, const uint8_t *bytes, size_t len, int flags);
bool shim_listener_turn(struct shim_socket *s);
/* Be called by the loop when our end can be read or written (LOOP_READ, LOOP_WRITE). */
void shim_socket_interest(struct shim_socket *s, unsigned interest);
/* The program is gone, which the loop would say again and again: only the network calls now. */
void shim_socket_unwatch(struct shim_socket *s);
/* Where what the socket does not take yet is kept; NULL: no memory. */
uint8_t *shim_socket_hold(struct shim_socket *s);

/* --- shim_calls.c --- */
void shim_calls_answer(struct shim_work *work);

/* --- shim_server.c --- */
/* The connect that @s's waiter waits for has ended with @result. */
void shim_server_tell(struct shim_socket *s, int result);

#endif
