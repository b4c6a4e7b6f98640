/*
 * local_socket.h -- the server that towpath (the terminal) talks to.
 *
 * A stream socket in the file system, which everybody on this machine may connect to: whether they
 * may come in is decided by whoever has the sessions (manage/login.h). It takes connections,
 * parses what they say (console_proto.h) and tells whoever has the sessions by callbacks; a
 * session answers by local_client_out() and its like.
 *
 * Who a client is, is asked of the kernel (SO_PEERCRED). Root and the daemon's own user are
 * trusted: they may speak for anybody. All others together have half of the places at most.
 *
 * Memory:  at most LOCAL_CLIENTS_MAX clients, each with what it has not yet read: a client that
 *          lets more than LOCAL_UNREAD_BYTES_MAX wait is cut off.
 * Threads: the loop's.
 */
#ifndef OS_LOCAL_SOCKET_H
#define OS_LOCAL_SOCKET_H

#include "os/console_proto.h"

#define LOCAL_CLIENTS_MAX      32
#define LOCAL_STRANGERS_MAX    16
#define LOCAL_UNREAD_BYTES_MAX (16U << 20)

struct local_socket;
struct local_client;
struct loop;
struct text;

/*
 * What the sessions' keeper provides. `hello` comes first; what it returns is handed back as
 * @session, and NULL refuses the client (it has been told why by local_client_bye()). `gone` comes
 * last, in every case in which `hello` did not refuse.
 */
struct local_hooks {
	void *arg; /* for `hello` */
	void *(*hello)(void *arg, struct local_client *client, const struct console_hello *hello);
	void (*input)(void *session, const uint8_t *bytes, size_t len);
	void (*run)(void *session, const char *script, size_t len);
	void (*interrupt)(void *session);
	void (*resize)(void *session, struct console_size size);
	void (*gone)(void *session);
};

/*
 * Listen at @path. Its directory is made when missing; a socket that a dead router left behind is
 * replaced. @hooks is copied. Returns 0, or -errno and in @words what is wrong; -EADDRINUSE when
 * another router answers there.
 */
MUST_USE int local_socket_listen(struct loop *loop, const char *path,
                                 const struct local_hooks *hooks, struct text *words,
                                 struct local_socket **ret_socket);
/* Say BYE with @why to all clients (`gone` is called), and remove the socket. */
void local_socket_close(struct local_socket *local, const char *why);

/* The account of this machine: "root", "alice", "uid1001". */
const char *local_client_account(const struct local_client *client);
/* Root, or the user who runs the router. */
bool local_client_trusted(const struct local_client *client);
void local_client_out(struct local_client *client, const void *bytes, size_t len);
/* Has it read nearly all, so that a long list may go on? The loop turns again when it has. */
bool local_client_has_room(const struct local_client *client);
void local_client_notice(struct local_client *client, const void *bytes, size_t len);
void local_client_done(struct local_client *client, uint8_t status);
/* Hang up once all has been sent. `gone` is called later, from the loop. */
void local_client_bye(struct local_client *client, const char *why);

#endif
