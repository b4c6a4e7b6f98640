#include "main/telnet_session.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conf/diag.h"
#include "host/sock.h"
#include "lib/text.h"
#include "main/telnet_process.h"
#include "manage/login.h"
#include "manage/manage.h"

#define ENDING_S 10
/* Of these more is read only when they have been shown. */
#define BEHIND_PAGE 32768
/* Messages of the front end in a row. */
#define MESSAGES_A_TURN 64

/* --- to the front end --- */

/* Hand over what it takes. False: it has gone. */
static bool flush(struct telnet_session *s)
{
	while (s->out.len > 0) {
		uint8_t message[FRONT_MESSAGE_BYTES];
		size_t len = s->out.len < FRONT_OUT_BYTES ? s->out.len : FRONT_OUT_BYTES;
		size_t bytes = front_proto_put(message, FRONT_OUT, byte_queue_bytes(&s->out), len);
		ssize_t n = send(s->child.fd, message, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || errno == ENOBUFS;
		byte_queue_drop(&s->out, len);
		s->waits = false; /* it moves: the time begins anew */
	}
	return true;
}

static void put(struct telnet_session *s, const void *bytes, size_t len)
{
	uint8_t *room;

	if (s->stage == TELNET_ENDING || s->stage == TELNET_GONE || len == 0)
		return;
	room = byte_queue_room(&s->out, len);
	if (room == NULL) { /* they don't read: what they have missed can't be made up for */
		byte_queue_free(&s->out);
		s->until = (mono){ 0 };
		return;
	}
	memcpy(room, bytes, len);
	byte_queue_grow(&s->out, len);
}

static void put_text(struct telnet_session *s, struct text *text)
{
	put(s, text_str(text), text->len);
	text_free(text);
}

/* --- the console's line --- */

static void line_out(void *arg, const void *bytes, size_t len)
{
	put(arg, bytes, len);
}

/* Lines that come beside the output of a script: here all is one terminal. */
static void line_notice(void *arg, const void *bytes, size_t len)
{
	struct text text = { 0 };
	const char *at = bytes;

	for (size_t i = 0; i < len; i++) {
		if (at[i] == '\n')
			text_char(&text, '\r');
		text_char(&text, at[i]);
	}
	put_text(arg, &text);
}

static bool line_has_room(void *arg)
{
	return ((const struct telnet_session *)arg)->out.len < BEHIND_PAGE;
}

static void end_soon(struct telnet_session *s, mono now)
{
	s->stage = TELNET_ENDING;
	s->until = mono_add_s(now, ENDING_S);
}

static mono now_of(const struct telnet_session *s)
{
	return s->consoles->manage->now;
}

static void line_bye(void *arg, const char *why)
{
	telnet_session_bye(arg, why, now_of(arg));
}

void telnet_session_bye(struct telnet_session *session, const char *why, mono now)
{
	if (session->stage == TELNET_FREE || session->stage >= TELNET_ENDING)
		return;
	if (why[0] != '\0') {
		put(session, "\r\n", 2);
		put(session, why, strlen(why));
		put(session, "\r\n", 2);
	}
	end_soon(session, now);
}

/* --- the login --- */

/* What terminals call themselves that understand no sequences (or nobody has said what it is). */
static bool is_dumb(const char *terminal)
{
	static const char *const words[] = { "dumb", "network", "unknown", "tty" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(terminal, words[i]) == 0)
			return true;
	return false;
}

static bool has_colour(const char *terminal)
{
	return terminal[0] != '\0' && !is_dumb(terminal) && strncmp(terminal, "vt", 2) != 0;
}

static void enter(struct telnet_session *s, struct login *login)
{
	const struct console_guest guest = {
		.line = { s, line_out, line_notice, line_has_room, line_bye },
		.login = login,
		.door = "telnet",
		.size = s->size,
		.interactive = true,
		.colour = has_colour(s->terminal),
		.dumb = is_dumb(s->terminal),
		.name = &s->name,
	};

	s->stage = TELNET_CONSOLE;
	s->until = mono_never();
	s->console = consoles_open(s->consoles, &guest);
	if (s->console == NULL)
		telnet_session_bye(s, "too many logins; end one of them first", now_of(s));
}

static void ask_again(struct telnet_session *s, const char *why)
{
	struct text out = { 0 };

	login_prompt_again(&s->prompt, why, &out);
	put_text(s, &out);
	if (++s->tries >= TELNET_TRIES)
		telnet_session_bye(s, "too many wrong passwords", now_of(s));
}

static void admitted(void *arg, struct login *login, const struct diag *diag)
{
	struct telnet_session *s = arg;

	s->verifying = false;
	if (s->stage == TELNET_GONE) { /* they have not waited for the answer */
		if (login != NULL)
			login_end(login);
		s->stage = TELNET_FREE;
		return;
	}
	if (s->stage != TELNET_VERIFYING) {
		if (login != NULL)
			login_end(login);
		return;
	}
	if (login != NULL) {
		enter(s, login);
		return;
	}
	s->stage = TELNET_LOGIN;
	ask_again(s, diag->text);
}

/* Without a password nobody comes in from afar: that is told to whoever typed none, whatever the
 * user is. */
static void ask_who(struct telnet_session *s)
{
	static const char none[] = "Login failed, incorrect username or password\n"
				   "without a password one can log in at the router itself only";
	char words[DIAG_TEXT_BYTES];
	struct text why = text_into(words, sizeof words);
	char password[LOGIN_PASSWORD_BYTES];
	const struct login_ask ask = {
		.door = DOOR_TELNET, .name = s->name.who, .password = password, .from = s->from
	};

	if (!login_name_parse(s->prompt.name, &s->name, &why)) {
		ask_again(s, text_str(&why));
		return;
	}
	if (s->prompt.password[0] == '\0') {
		ask_again(s, none);
		return;
	}
	memcpy(password, s->prompt.password, sizeof password);
	login_prompt_wipe(&s->prompt);
	s->stage = TELNET_VERIFYING;
	s->verifying = true;
	login_begin(s->consoles->manage->logins, &ask, admitted, s);
	explicit_bzero(password, sizeof password);
}

/* What is typed while the password is looked at is not kept: it was not meant for a prompt that is
 * not there yet. */
static void keys(struct telnet_session *s, const void *bytes, size_t len)
{
	struct text out = { 0 };

	if (s->stage == TELNET_CONSOLE && s->console != NULL) {
		console_input(s->console, bytes, len);
		return;
	}
	if (s->stage != TELNET_LOGIN)
		return;

	(void)!login_prompt_input(&s->prompt, bytes, len, &out);
	put_text(s, &out);
	if (s->prompt.state == LOGIN_PROMPT_ASK)
		ask_who(s);
	else if (s->prompt.state == LOGIN_PROMPT_LEAVE)
		telnet_session_bye(s, "", now_of(s));
}

/* --- from the front end --- */

static bool take_message(struct telnet_session *s, const struct front_message *message)
{
	switch (message->type) {
	case FRONT_INPUT:
		keys(s, message->bytes, message->len);
		return true;
	case FRONT_SIZE:
		s->size = (struct console_size){ message->width, message->height };
		if (s->console != NULL)
			console_resize(s->console, s->size);
		return true;
	case FRONT_TERMINAL:
		memcpy(s->terminal, message->bytes, message->len);
		s->terminal[message->len] = '\0';
		return true;
	case FRONT_OUT:
		break;
	}
	return false;
}

static bool hear(struct telnet_session *s)
{
	uint8_t bytes[FRONT_MESSAGE_BYTES + 1];

	for (unsigned i = 0; i < MESSAGES_A_TURN; i++) {
		struct front_message message;
		ssize_t n = recv(s->child.fd, bytes, sizeof bytes, MSG_DONTWAIT);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (n == 0 || !front_proto_take(bytes, (size_t)n, &message) ||
		    !take_message(s, &message))
			return false;
		explicit_bzero(bytes, (size_t)n);
	}
	return true;
}

/* The front end has all that is to be said, and hangs up when that is out. */
static void finish(struct telnet_session *s)
{
	if (s->out.len > 0)
		return;
	if (s->console != NULL)
		console_close(s->console);
	s->console = NULL;
	(void)shutdown(s->child.fd, SHUT_WR);
}

/* The front end has ended, by itself or by force: what it has said still goes out. */
static void lose_front(struct telnet_session *s, mono now)
{
	if (s->watch == NULL)
		return;
	loop_remove(s->watch);
	s->watch = NULL;
	byte_queue_free(&s->out);
	if (s->stage != TELNET_ENDING)
		end_soon(s, now);
	finish(s);
}

static void front_ready(void *arg, unsigned events)
{
	struct telnet_session *s = arg;

	(void)events;
	if (!hear(s))
		lose_front(s, now_of(s));
}

/* --- its life --- */

static void set_keepalive(struct sock *sock)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },    { IPPROTO_TCP, TCP_KEEPIDLE, 60 },
		{ IPPROTO_TCP, TCP_KEEPINTVL, 15 }, { IPPROTO_TCP, TCP_KEEPCNT, 4 },
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		(void)!sock_option_set(sock, options[i].level, options[i].name, &options[i].value,
		                       sizeof options[i].value);
}

static int start_front(struct telnet_session *s, const char *program, struct sock *sock)
{
	int pair[2], error;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
		return -errno;
	error = child_start_with(program, TELNET_PROCESS_WORD, pair[1], &s->child);
	close(pair[1]);
	if (error == 0)
		error = loop_add(s->loop, s->child.fd, front_ready, s, &s->watch);
	if (error == 0)
		error = loop_interest(s->watch, LOOP_READ);
	if (error != 0) {
		close(pair[0]);
		return error;
	}
	sock_pump_start(&s->pump, s->loop, sock, pair[0]);
	return 0;
}

int telnet_session_start(struct telnet_session *session, struct consoles *consoles,
                         struct loop *loop, const char *program, struct sock *sock,
                         const struct ip_addr *from, mono now)
{
	struct text out = { 0 };
	int error;

	*session = (struct telnet_session){ .stage = TELNET_LOGIN,
		                            .consoles = consoles,
		                            .loop = loop,
		                            .pump.fd = -1,
		                            .child.fd = -1,
		                            .out = byte_queue_make(TELNET_BEHIND),
		                            .from = *from,
		                            .until = mono_add_s(now, TELNET_LOGIN_S) };
	set_keepalive(sock);
	error = start_front(session, program, sock);
	if (error != 0) {
		sock_close(sock);
		telnet_session_stop(session);
		return error;
	}
	login_prompt_begin(&session->prompt, &out);
	put_text(session, &out);
	return 0;
}

bool telnet_session_is_free(const struct telnet_session *session)
{
	return session->stage == TELNET_FREE;
}

void telnet_session_stop(struct telnet_session *session)
{
	struct telnet_session *s = session;

	if (s->stage == TELNET_FREE || s->stage == TELNET_GONE)
		return;
	if (s->console != NULL)
		console_close(s->console);
	s->console = NULL;
	if (s->watch != NULL)
		loop_remove(s->watch);
	s->watch = NULL;
	child_end(&s->child);
	(void)child_reap(&s->child, true);
	sock_pump_stop(&s->pump);
	byte_queue_free(&s->out);
	login_prompt_wipe(&s->prompt);
	s->stage = s->verifying ? TELNET_GONE : TELNET_FREE;
}

static bool is_stuck(struct telnet_session *s, mono now)
{
	if (s->out.len == 0) {
		s->waits = false;
		if (s->stage == TELNET_CONSOLE)
			s->until = mono_never();
	} else if (!s->waits && s->stage == TELNET_CONSOLE) {
		s->waits = true;
		s->until = mono_add_s(now, TELNET_STUCK_S);
	}
	return mono_due(s->until, now);
}

void telnet_session_turn(struct telnet_session *session, mono now)
{
	struct telnet_session *s = session;

	if (s->stage == TELNET_FREE || s->stage == TELNET_GONE)
		return;
	if (!flush(s))
		lose_front(s, now);
	if (s->stage == TELNET_ENDING)
		finish(s);
	if (sock_pump_turn(&s->pump, now) || is_stuck(s, now))
		telnet_session_stop(s);
}

mono telnet_session_next(const struct telnet_session *session)
{
	if (session->stage == TELNET_FREE || session->stage == TELNET_GONE)
		return mono_never();
	return mono_min(session->until, sock_pump_next(&session->pump));
}
