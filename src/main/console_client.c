#include "main/console_client.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/text.h"
#include "main/terminal.h"
#include "os/console_proto.h"

/* What one look at the world led to. */
enum step {
	STEP_ON,
	STEP_DONE,   /* the script has ended */
	STEP_FAILED, /* ... with a failed command */
	STEP_BYE,    /* the router has ended the session, as asked */
	STEP_ENDED,  /* ... for a reason of its own, which has been told */
	STEP_LOST,   /* it is gone without a word */
	STEP_CLOSED, /* our own side is gone: nobody reads or types any more */
	STEP_INTERRUPTED,
};

#define ROOTS_SOCKET "/run/towpath/console.sock"

static int explain(struct text *words, int error, const char *path)
{
	bool is_roots = strcmp(path, ROOTS_SOCKET) == 0;

	if (error == -EACCES)
		text_printf(words,
		            "the router's socket %s is not yours to use: try again as root, or as "
		            "the user who runs towpathd",
		            path);
	else if (!is_roots && access(ROOTS_SOCKET, F_OK) == 0)
		text_printf(words,
		            "no router of yours answers at %s, but this machine has one, which "
		            "root may use: sudo towpath",
		            path);
	else
		text_printf(words,
		            "no router answers at %s (%s). Start one: towpathd --port "
		            "ether1=INTERFACE, or systemctl start towpathd; if it runs elsewhere, "
		            "say where its socket is: towpath --socket PATH",
		            path, strerror(-error));
	return error;
}

static int dial(const char *path, int *ret_fd)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof to.sun_path)
		return -ENAMETOOLONG;
	memcpy(to.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
		int error = -errno;

		close(fd);
		return error;
	}
	*ret_fd = fd;
	return 0;
}

/* From now on these come by a descriptor: none of them can leave the terminal raw. */
static int take_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGWINCH);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int console_client_open(struct console_client *client, const char *path, const char *who,
                        bool interactive, struct text *words)
{
	struct console_hello hello = {
		.version = CONSOLE_VERSION,
		.interactive = interactive,
		.colour = interactive && terminal_has_colour(),
		.dumb = interactive && !terminal_has_sequences(),
		.size = terminal_size(),
	};
	int fd = -1;
	int error = dial(path, &fd);

	snprintf(hello.who, sizeof hello.who, "%s", who);
	if (error != 0)
		return explain(words, error, path);
	*client = (struct console_client){
		.fd = fd,
		.signal_fd = take_signals(),
		.interactive = interactive,
		.in = byte_queue_make(CONSOLE_HEADER_BYTES + CONSOLE_PAYLOAD_BYTES),
		.out = byte_queue_make(2 * (CONSOLE_HEADER_BYTES + CONSOLE_PAYLOAD_BYTES)),
	};
	must(console_put_hello(&client->out, &hello));
	return 0;
}

void console_client_close(struct console_client *client)
{
	if (client->signal_fd >= 0)
		close(client->signal_fd);
	close(client->fd);
	byte_queue_free(&client->in);
	byte_queue_free(&client->out);
}

static bool write_all(int fd, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EAGAIN) {
			struct pollfd p = { .fd = fd, .events = POLLOUT };

			(void)poll(&p, 1, -1);
			continue;
		}
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
	return true;
}

static enum step say_bye(const struct console_message *message)
{
	if (message->len == 0)
		return STEP_BYE;
	fprintf(stderr, "\rtowpath: %.*s\r\n", (int)message->len, (const char *)message->bytes);
	return STEP_ENDED;
}

static enum step take_message(const struct console_client *client,
                              const struct console_message *message)
{
	/* On a raw terminal both kinds belong to one picture. */
	int notice_fd = client->interactive ? STDOUT_FILENO : STDERR_FILENO;
	uint8_t status;

	switch (message->type) {
	case CONSOLE_OUT:
		return write_all(STDOUT_FILENO, message->bytes, message->len) ? STEP_ON
		                                                              : STEP_CLOSED;
	case CONSOLE_NOTICE:
		return write_all(notice_fd, message->bytes, message->len) ? STEP_ON : STEP_CLOSED;
	case CONSOLE_DONE:
		if (!console_parse_done(message, &status))
			return STEP_LOST;
		return status == 0 ? STEP_DONE : STEP_FAILED;
	case CONSOLE_BYE:
		return say_bye(message);
	default:
		return STEP_LOST; /* not what a router says */
	}
}

static enum step take_messages(struct console_client *client)
{
	enum step step = STEP_ON;

	while (step == STEP_ON) {
		struct console_message message;
		size_t used;
		int found = console_take(byte_queue_bytes(&client->in), client->in.len, &message,
		                         &used);

		if (found == 0)
			return STEP_ON;
		if (found < 0)
			return STEP_LOST;
		step = take_message(client, &message);
		byte_queue_drop(&client->in, used);
	}
	return step;
}

static enum step hear_router(struct console_client *client)
{
	int64_t n = byte_queue_read(&client->in, client->fd);

	if (n <= 0)
		return n == -EAGAIN ? STEP_ON : STEP_LOST;
	return take_messages(client);
}

static enum step hear_keys(struct console_client *client)
{
	uint8_t keys[1024];
	ssize_t n = read(STDIN_FILENO, keys, sizeof keys);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return STEP_ON;
	if (n <= 0)
		return STEP_CLOSED;
	return console_put(&client->out, CONSOLE_INPUT, keys, (size_t)n) ? STEP_ON : STEP_LOST;
}

static enum step hear_signals(struct console_client *client, bool *interrupted)
{
	struct signalfd_siginfo info;

	while (read(client->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGWINCH) {
			if (client->interactive &&
			    !console_put_resize(&client->out, terminal_size()))
				return STEP_LOST;
			continue;
		}
		/* The first Ctrl-C is for the command, the second for us. */
		if (info.ssi_signo != SIGINT || *interrupted)
			return STEP_INTERRUPTED;
		*interrupted = true;
		if (!console_put(&client->out, CONSOLE_INTERRUPT, NULL, 0))
			return STEP_LOST;
	}
	return STEP_ON;
}

static enum step wait_for_something(struct console_client *client, bool *interrupted)
{
	bool sending = client->out.len > 0;
	/* Keys are not read while the router does not take those before. */
	bool typing = client->interactive && client->out.len < 65536;
	struct pollfd p[] = {
		{ .fd = client->fd, .events = (short)(sending ? POLLIN | POLLOUT : POLLIN) },
		{ .fd = client->signal_fd, .events = POLLIN },
		{ .fd = typing ? STDIN_FILENO : -1, .events = POLLIN },
	};
	enum step step = STEP_ON;

	if (poll(p, ARRAY_LEN(p), -1) < 0)
		return errno == EINTR ? STEP_ON : STEP_LOST;
	if (p[0].revents & ~POLLOUT)
		step = hear_router(client);
	if (step == STEP_ON && p[1].revents)
		step = hear_signals(client, interrupted);
	if (step == STEP_ON && p[2].revents)
		step = hear_keys(client);
	/* What can't be sent any more: the reason is among what is still to be read. */
	if (step == STEP_ON && byte_queue_send(&client->out, client->fd) != 0)
		byte_queue_drop(&client->out, client->out.len);
	return step;
}

static enum step go_on(struct console_client *client)
{
	bool interrupted = false;
	enum step step = take_messages(client); /* of the last read, behind a DONE */

	while (step == STEP_ON)
		step = wait_for_something(client, &interrupted);
	return step;
}

static enum console_exit exit_for(enum step step)
{
	switch (step) {
	case STEP_ON:
	case STEP_DONE:
	case STEP_BYE:
		return EXIT_OK;
	case STEP_FAILED:
	case STEP_CLOSED:
		return EXIT_COMMAND_FAILED;
	case STEP_INTERRUPTED:
		return EXIT_INTERRUPTED;
	case STEP_LOST:
		fprintf(stderr,
		        "\rtowpath: the router has gone in the middle of the session; its log "
		        "may say why (journalctl -u towpathd)\r\n");
		return EXIT_NO_ROUTER;
	case STEP_ENDED:
		break;
	}
	return EXIT_NO_ROUTER;
}

enum console_exit console_client_run(struct console_client *client, const char *script, size_t len)
{
	must(console_put(&client->out, CONSOLE_RUN, script, len));
	return exit_for(go_on(client));
}

enum console_exit console_client_talk(struct console_client *client)
{
	struct terminal terminal = { 0 };

	terminal_make_raw(&terminal);

	enum step step = go_on(client);

	terminal_restore(&terminal);
	return step == STEP_CLOSED ? EXIT_OK : exit_for(step);
}
