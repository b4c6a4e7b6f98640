#include "os/local_socket.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "os/byte_queue.h"
#include "os/loop.h"

#define CLIENT_BEHIND 65536 /* bytes that wait for a client that reads slowly */

struct local_client {
	struct local_socket *local;
	int fd;
	struct loop_watch *watch;
	struct byte_queue in, out;
	bool greeted;  /* its HELLO has come */
	bool ending;   /* BYE is queued: nothing is read any more */
	bool broken;   /* to be closed at the next occasion */
	bool trusted;  /* may speak for anybody */
	void *session; /* NULL before HELLO and when refused */
	char account[CONSOLE_WHO_BYTES];
};

struct local_socket {
	struct loop *loop;
	struct local_hooks hooks;
	int fd;
	struct loop_watch *watch;
	struct sockaddr_un address;
	struct stat made; /* our socket's file, so that nobody else's is removed */
	struct local_client *clients[LOCAL_CLIENTS_MAX];
};

static void client_close(struct local_client *client)
{
	struct local_socket *local = client->local;

	if (client->session != NULL)
		local->hooks.gone(client->session);
	loop_remove(client->watch);
	close(client->fd);
	byte_queue_free(&client->in);
	byte_queue_free(&client->out);
	for (size_t i = 0; i < LOCAL_CLIENTS_MAX; i++) {
		if (local->clients[i] == client)
			local->clients[i] = NULL;
	}
	mem_free(client);
}

/*
 * Send what can be sent now, and have the loop call for the rest. Only the loop's callback closes a
 * client, because a session that speaks may be in the middle of something: one that is over is
 * woken once more. (A broken one does not become writable; shut down, it hangs up.)
 */
static void client_flush(struct local_client *client)
{
	if (!client->broken && byte_queue_send(&client->out, client->fd) != 0)
		client->broken = true;

	bool over = client->broken || (client->ending && client->out.len == 0);
	unsigned interest = client->ending || client->broken ? 0 : LOOP_READ;

	if (over || client->out.len > 0)
		interest |= LOOP_WRITE;
	if (client->broken)
		shutdown(client->fd, SHUT_RDWR);
	must(loop_interest(client->watch, interest) == 0);
}

static void client_put(struct local_client *client, enum console_type type, const void *bytes,
                       size_t len)
{
	if (client->ending || client->broken)
		return;
	if (!console_put(&client->out, type, bytes, len))
		client->broken =
			true; /* it does not read: what it has missed can't be made up for */
	client_flush(client);
}

/* Long output goes in messages of a size that the terminal's buffer takes. */
static void client_put_long(struct local_client *client, enum console_type type, const void *bytes,
                            size_t len)
{
	const uint8_t *at = bytes;

	while (len > 0) {
		size_t piece = len < 65536 ? len : 65536;

		client_put(client, type, at, piece);
		at += piece;
		len -= piece;
	}
}

const char *local_client_account(const struct local_client *client)
{
	return client->account;
}

bool local_client_trusted(const struct local_client *client)
{
	return client->trusted;
}

void local_client_out(struct local_client *client, const void *bytes, size_t len)
{
	client_put_long(client, CONSOLE_OUT, bytes, len);
}

bool local_client_has_room(const struct local_client *client)
{
	return client->broken || client->out.len < CLIENT_BEHIND;
}

void local_client_notice(struct local_client *client, const void *bytes, size_t len)
{
	client_put_long(client, CONSOLE_NOTICE, bytes, len);
}

void local_client_done(struct local_client *client, uint8_t status)
{
	client_put(client, CONSOLE_DONE, &status, 1);
}

void local_client_bye(struct local_client *client, const char *why)
{
	client_put(client, CONSOLE_BYE, why, strlen(why));
	client->ending = true;
	client_flush(client);
}

static void take_hello(struct local_client *client, const struct console_message *message)
{
	struct local_socket *local = client->local;
	struct console_hello hello;

	if (client->greeted || message->type != CONSOLE_HELLO ||
	    !console_parse_hello(message, &hello)) {
		local_client_bye(client, "this terminal does not speak the router's language");
		return;
	}
	client->greeted = true;
	if (hello.version != CONSOLE_VERSION) {
		local_client_bye(client, "towpath and towpathd are of different versions: use the "
		                         "towpath that was installed with the router");
		return;
	}
	client->session = local->hooks.hello(local->hooks.arg, client, &hello);
	if (client->session == NULL)
		local_client_bye(client, "the router has refused this session");
}

static void take_message(struct local_client *client, const struct console_message *message)
{
	const struct local_hooks *hooks = &client->local->hooks;
	struct console_size size;

	if (client->session == NULL || message->type == CONSOLE_HELLO) {
		take_hello(client, message);
		return;
	}
	switch ((enum console_type)message->type) {
	case CONSOLE_INPUT:
		hooks->input(client->session, message->bytes, message->len);
		return;
	case CONSOLE_RUN:
		hooks->run(client->session, (const char *)message->bytes, message->len);
		return;
	case CONSOLE_INTERRUPT:
		hooks->interrupt(client->session);
		return;
	case CONSOLE_RESIZE:
		if (console_parse_resize(message, &size)) {
			hooks->resize(client->session, size);
			return;
		}
		break;
	case CONSOLE_HELLO:
	case CONSOLE_OUT:
	case CONSOLE_NOTICE:
	case CONSOLE_DONE:
	case CONSOLE_BYE:
		break;
	}
	local_client_bye(client, "the terminal sent something that makes no sense");
}

static void take_messages(struct local_client *client)
{
	while (!client->ending && !client->broken) {
		struct console_message message;
		size_t used;
		int found = console_take(byte_queue_bytes(&client->in), client->in.len, &message,
		                         &used);

		if (found == 0)
			return;
		if (found < 0) {
			local_client_bye(client,
			                 "this terminal does not speak the router's language");
			return;
		}
		take_message(client, &message);
		byte_queue_drop(&client->in, used);
	}
}

static void client_ready(void *arg, unsigned events)
{
	struct local_client *client = arg;

	if (events & LOOP_READ && !client->ending && !client->broken) {
		int64_t n = byte_queue_read(&client->in, client->fd);

		if (n > 0)
			take_messages(client);
		else if (n != -EAGAIN)
			client->broken = true;
	}
	client_flush(client);
	if (client->broken || (client->ending && client->out.len == 0))
		client_close(client);
}

static void name_peer(struct local_client *client)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t len = sizeof peer;
	struct passwd user, *found = NULL;
	char buffer[1024];

	(void)getsockopt(client->fd, SOL_SOCKET, SO_PEERCRED, &peer, &len);
	client->trusted = peer.uid == 0 || peer.uid == geteuid();
	(void)getpwuid_r(peer.uid, &user, buffer, sizeof buffer, &found);
	if (found != NULL && strlen(user.pw_name) < sizeof client->account)
		memcpy(client->account, user.pw_name, strlen(user.pw_name) + 1);
	else
		snprintf(client->account, sizeof client->account, "uid%u", (unsigned)peer.uid);
}

/* Those who are not trusted can't take all places. */
static bool has_place(const struct local_socket *local, const struct local_client *client)
{
	unsigned strangers = 0;

	for (size_t i = 0; i < LOCAL_CLIENTS_MAX; i++)
		strangers += local->clients[i] != NULL && !local->clients[i]->trusted;
	return client->trusted || strangers < LOCAL_STRANGERS_MAX;
}

static bool client_new(struct local_socket *local, int fd, struct local_client **place)
{
	struct local_client *client = mem_new(1, sizeof *client);

	client->local = local;
	client->fd = fd;
	client->in = byte_queue_make(CONSOLE_HEADER_BYTES + CONSOLE_PAYLOAD_BYTES);
	client->out = byte_queue_make(LOCAL_UNREAD_BYTES_MAX);
	name_peer(client);
	if (!has_place(local, client) ||
	    loop_add(local->loop, fd, client_ready, client, &client->watch) != 0) {
		mem_free(client);
		return false;
	}
	*place = client;
	client_flush(client);
	return true;
}

/* No place, no client: it is told why, as far as a fresh socket's buffer takes it. */
static void turn_away(int fd)
{
	static const char why[] = "too many consoles are open; close one";
	struct byte_queue out = byte_queue_make(256);

	if (console_put(&out, CONSOLE_BYE, why, sizeof why - 1))
		(void)!byte_queue_send(&out, fd);
	byte_queue_free(&out);
	close(fd);
}

static void accept_client(void *arg, unsigned events)
{
	struct local_socket *local = arg;
	int fd = accept4(local->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd < 0)
		return; /* it has gone again; a lack of descriptors passes, too */
	for (size_t i = 0; i < LOCAL_CLIENTS_MAX; i++) {
		if (local->clients[i] == NULL) {
			if (!client_new(local, fd, &local->clients[i]))
				close(fd);
			return;
		}
	}
	turn_away(fd);
}

static int refuse(struct text *words, int error, const char *path, const char *problem)
{
	text_printf(words, "the console's socket %s %s", path, problem);
	return error;
}

static int refuse_error(struct text *words, int error, const char *path)
{
	text_printf(words, "the console's socket %s can't be made: %s", path, strerror(-error));
	return error;
}

static bool somebody_answers(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return true;

	/* EAGAIN: there is a listener, with a full queue. */
	int failed = connect(fd, (const struct sockaddr *)address, sizeof *address);
	bool alive = failed == 0 || errno == EAGAIN;

	close(fd);
	return alive;
}

/* Make way at the path: 0 when there is nothing (any more), else -errno and words. */
static int clear_path(const struct sockaddr_un *address, struct text *words)
{
	const char *path = address->sun_path;
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : refuse_error(words, -errno, path);
	if (!S_ISSOCK(st.st_mode))
		return refuse(
			words, -EEXIST, path,
			"is in the way of something else: a file of that name is there, and it is "
			"no socket");
	if (somebody_answers(address))
		return refuse(
			words, -EADDRINUSE, path,
			"belongs to another towpathd that is running: stop it, or choose another "
			"with --socket");
	if (unlink(path) < 0 && errno != ENOENT)
		return refuse_error(words, -errno, path);
	return 0;
}

/* The socket's directory, not its parents. 0711: names in it can be reached, not listed. */
static void make_directory(const char *path)
{
	char directory[sizeof(struct sockaddr_un)];
	const char *slash = strrchr(path, '/');

	if (slash == NULL || slash == path)
		return;
	memcpy(directory, path, (size_t)(slash - path));
	directory[slash - path] = '\0';
	(void)!mkdir(directory, 0711); /* if that fails, bind() says why */
}

/* Everybody may connect, whatever the umask says. */
static int bind_and_listen(struct local_socket *local, struct text *words)
{
	const char *path = local->address.sun_path;

	local->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (local->fd < 0 ||
	    bind(local->fd, (struct sockaddr *)&local->address, sizeof local->address) < 0 ||
	    chmod(path, 0666) < 0 || lstat(path, &local->made) < 0 ||
	    listen(local->fd, LOCAL_CLIENTS_MAX) < 0)
		return refuse_error(words, -errno, path);
	return 0;
}

static int start_listening(struct local_socket *local, struct text *words)
{
	int error;

	make_directory(local->address.sun_path);
	error = clear_path(&local->address, words);
	if (error != 0)
		return error;
	error = bind_and_listen(local, words);
	if (error != 0)
		return error;
	error = loop_add(local->loop, local->fd, accept_client, local, &local->watch);
	if (error == 0)
		error = loop_interest(local->watch, LOOP_READ);
	return error == 0 ? 0 : refuse_error(words, error, local->address.sun_path);
}

static void remove_file(const struct local_socket *local)
{
	struct stat st;

	if (lstat(local->address.sun_path, &st) == 0 && st.st_ino == local->made.st_ino &&
	    st.st_dev == local->made.st_dev)
		unlink(local->address.sun_path);
}

static void free_all(struct local_socket *local)
{
	if (local->watch != NULL)
		loop_remove(local->watch);
	if (local->made.st_ino != 0)
		remove_file(local);
	if (local->fd >= 0)
		close(local->fd);
	mem_free(local);
}

int local_socket_listen(struct loop *loop, const char *path, const struct local_hooks *hooks,
                        struct text *words, struct local_socket **ret_socket)
{
	struct local_socket *local = mem_new(1, sizeof *local);
	int error;

	*local = (struct local_socket){ .loop = loop, .hooks = *hooks, .fd = -1 };
	local->address.sun_family = AF_UNIX;
	if (strlen(path) >= sizeof local->address.sun_path) {
		error = refuse(words, -ENAMETOOLONG, path,
		               "has too long a name: a socket's path has at most 107 bytes");
	} else {
		memcpy(local->address.sun_path, path, strlen(path) + 1);
		error = start_listening(local, words);
	}
	if (error != 0) {
		free_all(local);
		return error;
	}
	*ret_socket = local;
	return 0;
}

void local_socket_close(struct local_socket *local, const char *why)
{
	for (size_t i = 0; i < LOCAL_CLIENTS_MAX; i++) {
		struct local_client *client = local->clients[i];

		if (client == NULL)
			continue;
		if (!client->ending)
			local_client_bye(client, why);
		client_close(client);
	}
	free_all(local);
}
