#include "main/fetch_process.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/host.h"
#include "lib/mem.h"

/* Messages in a row. */
#define MESSAGES_A_TURN 32

/* --- how it ends --- */

static void let_go(struct fetch_process *p)
{
	if (p->sock != NULL)
		sock_close(p->sock);
	p->sock = NULL;
	if (p->watch != NULL)
		loop_remove(p->watch);
	p->watch = NULL;
	child_end(&p->child);
	(void)child_reap(&p->child, true);
	sock_pump_stop(&p->pump);
	if (p->question != NULL)
		explicit_bzero(p->question, p->question_len);
	mem_free(p->question);
	p->question = NULL;
	p->until = mono_never();
}

static bool is_over(const struct fetch_process *p)
{
	return p->job.stage >= FETCHER_FINISHED;
}

static void fail(struct fetch_process *p, const char *words)
{
	if (is_over(p))
		return;
	snprintf(p->job.error, sizeof p->job.error, "%s", words);
	p->job.stage = FETCHER_FAILED;
	let_go(p);
}

static void fail_connect(struct fetch_process *p, int error)
{
	char words[FETCHER_ERROR_BYTES];
	const char *why = error == -ENETUNREACH ? "no route to it"
	                  : error == -EACCES    ? "not allowed by /ip/socket/policy or a route"
	                                        : strerror(-error);

	snprintf(words, sizeof words, "cannot connect: %s", why);
	fail(p, words);
}

/* --- what the process says --- */

static void take_part(struct fetch_process *p, struct text *to, size_t most,
                      const struct fetch_bytes *bytes)
{
	if (bytes->len > most - to->len) {
		fail(p, "the answer is too long: at most 8 MiB are kept");
		return;
	}
	text_bytes(to, bytes->bytes, bytes->len);
}

static void take_message(struct fetch_process *p, const struct fetch_message *message)
{
	switch (message->type) {
	case FETCH_HEAD:
		take_part(p, &p->job.head, FETCHER_HEAD_MAX, &message->bytes);
		return;
	case FETCH_LENGTH:
		p->job.has_total = true;
		p->job.total = message->length;
		return;
	case FETCH_BODY:
		p->job.stage = FETCHER_DOWNLOADING;
		take_part(p, &p->job.body, FETCHER_BODY_MAX, &message->bytes);
		return;
	case FETCH_DONE:
		p->job.status = message->status;
		snprintf(p->job.location, sizeof p->job.location, "%.*s", (int)message->bytes.len,
		         message->bytes.bytes);
		p->job.stage = FETCHER_FINISHED;
		let_go(p);
		return;
	case FETCH_FAILED:
		p->job.stage = p->job.stage < FETCHER_FINISHED ? FETCHER_REQUESTING : p->job.stage;
		snprintf(p->job.error, sizeof p->job.error, "%.*s", (int)message->bytes.len,
		         message->bytes.bytes);
		p->job.stage = FETCHER_FAILED;
		let_go(p);
		return;
	case FETCH_ASK:
		break;
	}
	fail(p, "the process that speaks HTTP said something that makes no sense");
}

static void on_readable(void *arg, unsigned events)
{
	struct fetch_process *p = arg;
	uint8_t *bytes = p->all->message;

	(void)events;
	for (unsigned i = 0; i < MESSAGES_A_TURN && !is_over(p); i++) {
		struct fetch_message message;
		ssize_t n = recv(p->child.fd, bytes, sizeof p->all->message, MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0)
			fail(p, "the process that speaks HTTP has ended");
		else if (!fetch_proto_take(bytes, (size_t)n, &message))
			fail(p, "the process that speaks HTTP said something that makes no sense");
		else
			take_message(p, &message);
	}
}

/* --- its steps --- */

static int start_speaking(struct fetch_process *p)
{
	int pair[2], error;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
		return -errno;
	error = child_start_with(p->all->program, "fetch", pair[1], &p->child);
	close(pair[1]);
	if (error == 0 &&
	    send(p->child.fd, p->question, p->question_len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		error = -errno;
	if (error == 0)
		error = loop_add(p->all->loop, p->child.fd, on_readable, p, &p->watch);
	if (error == 0)
		error = loop_interest(p->watch, LOOP_READ);
	if (error != 0) {
		close(pair[0]);
		return error;
	}
	sock_pump_start(&p->pump, p->all->loop, p->sock, pair[0]);
	p->sock = NULL;
	return 0;
}

static void connected(struct fetch_process *p)
{
	char words[FETCHER_ERROR_BYTES];
	int error = start_speaking(p);

	p->until = mono_never(); /* the process knows how long to wait */
	p->job.stage = FETCHER_REQUESTING;
	if (error == 0)
		return;
	snprintf(words, sizeof words, "cannot start %.128s: %s", p->all->program, strerror(-error));
	fail(p, words);
}

static void sock_changed(struct sock *sock, void *arg)
{
	(void)sock;
	((struct fetch_process *)arg)->changed = true;
}

static void look_at_connect(struct fetch_process *p)
{
	int error;

	p->changed = false;
	if ((sock_poll(p->sock) & (POLLOUT | POLLERR | POLLHUP)) == 0)
		return;
	error = sock_connect(p->sock, p->far.bytes, sizeof p->far.bytes);
	if (error == 0 || error == -EISCONN)
		connected(p);
	else if (error != -EINPROGRESS && error != -EALREADY)
		fail_connect(p, error);
}

static int begin_connect(struct fetch_process *p, const struct fetcher_ask *ask)
{
	const struct sockaddr_in far = { .sin_family = AF_INET,
		                         .sin_port = htons(ask->port),
		                         .sin_addr.s_addr = htonl(ask->address.v) };
	const struct sockaddr_in near = { .sin_family = AF_INET,
		                          .sin_addr.s_addr = htonl(ask->src.v) };
	int error = sock_open(p->all->host, AF_INET, SOCK_STREAM, 0, &p->sock);

	if (error != 0)
		return error;
	sock_own(p->sock, &p->all->owner);
	sock_watch(p->sock, sock_changed, p);
	memcpy(p->far.bytes, &far, sizeof far);
	if (!ip4_is_zero(ask->src))
		error = sock_bind(p->sock, &near, sizeof near);
	if (error == 0)
		error = sock_connect(p->sock, &far, sizeof far);
	p->changed = true;
	return error == -EINPROGRESS ? 0 : error;
}

static bool put_question(struct fetch_process *p, const struct fetcher_ask *ask)
{
	const char *const texts[FETCH_PLACES] = {
		[FETCH_URL] = ask->url,   [FETCH_METHOD] = ask->method,
		[FETCH_USER] = ask->user, [FETCH_PASSWORD] = ask->password,
		[FETCH_DATA] = ask->data, [FETCH_HEADERS] = ask->headers,
	};
	struct fetch_question question = { .has_data = ask->data != NULL,
		                           .check = ask->check,
		                           .wants_head = ask->wants_head };
	char address[16];

	for (unsigned i = 0; i < FETCH_PLACES; i++)
		if (texts[i] != NULL)
			question.at[i] =
				(struct fetch_bytes){ texts[i], (uint32_t)strlen(texts[i]) };
	question.at[FETCH_ADDRESS].bytes = ip4_str(ask->address, address);
	question.at[FETCH_ADDRESS].len = (uint32_t)strlen(address);
	p->question = mem_new(FETCH_MESSAGE_BYTES, 1);
	p->question_len = fetch_proto_put_question(p->question, &question);
	return p->question_len > 0;
}

static struct fetcher_job *begin(struct fetcher *fetcher, const struct fetcher_ask *ask)
{
	struct fetch_processes *all = (struct fetch_processes *)fetcher;
	struct fetch_process *p = NULL;
	int error;

	for (unsigned i = 0; i < FETCHES_MAX && p == NULL; i++)
		p = all->at[i].used ? NULL : &all->at[i];
	if (p == NULL)
		return NULL;
	*p = (struct fetch_process){ .used = true,
		                     .all = all,
		                     .pump.fd = -1,
		                     .child.fd = -1,
		                     .until = mono_add_s(all->now, FETCH_CONNECT_S) };
	if (!put_question(p, ask)) {
		fail(p, "what is to be sent is too long: at most 64 KiB in all");
		return &p->job;
	}
	error = begin_connect(p, ask);
	if (error != 0)
		fail_connect(p, error);
	return &p->job;
}

static void end(struct fetcher *fetcher, struct fetcher_job *job)
{
	struct fetch_process *p = (struct fetch_process *)job;

	(void)fetcher;
	let_go(p);
	text_free(&job->head);
	text_free(&job->body);
	p->used = false;
}

void fetch_processes_turn(struct fetch_processes *all, mono now)
{
	all->now = now;
	for (unsigned i = 0; i < FETCHES_MAX; i++) {
		struct fetch_process *p = &all->at[i];

		if (!p->used || is_over(p))
			continue;
		if (p->sock != NULL && p->changed)
			look_at_connect(p);
		if (p->sock != NULL && mono_due(p->until, now))
			fail_connect(p, -ETIMEDOUT);
		/* When the connection is over the process says what that means. */
		(void)sock_pump_turn(&p->pump, now);
	}
}

mono fetch_processes_next(const struct fetch_processes *all)
{
	mono next = mono_never();

	for (unsigned i = 0; i < FETCHES_MAX; i++) {
		const struct fetch_process *p = &all->at[i];

		if (!p->used || is_over(p))
			continue;
		next = mono_min(next, p->sock != NULL && p->changed ? (mono){ 0 } : p->until);
		if (p->pump.sock != NULL)
			next = mono_min(next, sock_pump_next(&p->pump));
	}
	return next;
}

/* Beside this program, as it was built; else where it is installed. */
static void find_program(char path[FETCH_PATH_BYTES])
{
	char own[FETCH_PATH_BYTES - 32];
	ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
	char *slash;

	if (n > 0) {
		own[n] = '\0';
		slash = strrchr(own, '/');
		*slash = '\0';
		snprintf(path, FETCH_PATH_BYTES, "%s/towpath-fetch", own);
		if (access(path, X_OK) == 0)
			return;
	}
	snprintf(path, FETCH_PATH_BYTES, "%s", TOWPATH_LIBEXEC "/towpath-fetch");
}

void fetch_processes_init(struct fetch_processes *all, struct host *host, struct loop *loop,
                          const char *program)
{
	*all = (struct fetch_processes){ .fetcher = { begin, end },
		                         .host = host,
		                         .loop = loop,
		                         .owner = { .service = "fetch" } };
	snprintf(all->program, sizeof all->program, "%s", program);
	if (program[0] == '\0')
		find_program(all->program);
}

void fetch_processes_stop(struct fetch_processes *all)
{
	for (unsigned i = 0; i < FETCHES_MAX; i++)
		if (all->at[i].used)
			end(&all->fetcher, &all->at[i].job);
}
