#include "svc/guard_client.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "svc/guard_proto.h"

/* Answers taken in a row, so that packets get their turn. */
#define ANSWERS_A_PASS 32

static struct guard_client *client_of(struct guard *guard)
{
	return (struct guard_client *)guard;
}

static struct guard_pending *free_place(struct guard_client *client)
{
	for (size_t i = 0; i < GUARD_CLIENT_PENDING; i++) {
		if (client->pending[i].done == NULL)
			return &client->pending[i];
	}
	return NULL;
}

static uint64_t number_of(const struct guard_client *client, const struct guard_pending *p)
{
	return (uint64_t)p->times << 32 | (uint64_t)(p - client->pending);
}

static bool hand_over(struct guard_client *client, const struct guard_pending *p,
                      const struct guard_question *question)
{
	uint8_t bytes[GUARD_QUESTION_BYTES];
	ssize_t n;

	if (client->fd < 0)
		return false;
	guard_proto_put_question(bytes, number_of(client, p), question);
	n = send(client->fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
	explicit_bzero(bytes, sizeof bytes);
	return n == (ssize_t)sizeof bytes;
}

static void verify(struct guard *guard, const struct guard_question *question, guard_done *done,
                   void *arg)
{
	struct guard_client *client = client_of(guard);
	struct guard_pending *p = free_place(client);

	/* A login asks one question at a time, and there are fewer logins than places. */
	must(p != NULL);
	*p = (struct guard_pending){ .done = done, .arg = arg, .times = p->times + 1 };
	p->refused = !hand_over(client, p, question);
	client->refused += p->refused;
	client->asked += !p->refused;
}

static void forget(struct guard *guard, void *arg)
{
	struct guard_client *client = client_of(guard);

	for (size_t i = 0; i < GUARD_CLIENT_PENDING; i++) {
		struct guard_pending *p = &client->pending[i];

		if (p->done == NULL || p->arg != arg)
			continue;
		client->refused -= p->refused;
		p->done = NULL;
	}
}

void guard_client_init(struct guard_client *client)
{
	*client = (struct guard_client){
		.guard = { .verify = verify, .forget = forget },
		.fd = -1,
	};
}

void guard_client_attach(struct guard_client *client, int fd)
{
	must(client->fd < 0 && fd >= 0);
	client->fd = fd;
}

void guard_client_detach(struct guard_client *client)
{
	for (size_t i = 0; i < GUARD_CLIENT_PENDING; i++) {
		struct guard_pending *p = &client->pending[i];

		if (p->done != NULL && !p->refused) {
			p->refused = true;
			client->refused++;
		}
	}
	client->asked = 0;
	client->fd = -1;
}

/* The place is free before its owner is called, who may ask again. */
static void tell(struct guard_pending *p, const struct guard_answer *answer)
{
	guard_done *done = p->done;

	p->done = NULL;
	done(p->arg, answer);
}

static int take_answer(struct guard_client *client, const uint8_t *bytes, size_t len)
{
	struct guard_answer answer;
	struct guard_pending *p;
	uint64_t number;

	if (!guard_proto_answer(bytes, len, &number, &answer) ||
	    (uint32_t)number >= GUARD_CLIENT_PENDING || client->asked == 0)
		return -EPROTO;
	client->asked--;
	p = &client->pending[(uint32_t)number];
	/* Otherwise whoever asked is gone. */
	if (p->done != NULL && !p->refused && number_of(client, p) == number)
		tell(p, &answer);
	return 0;
}

int guard_client_collect(struct guard_client *client)
{
	int error = 0;

	for (unsigned i = 0; error == 0 && client->fd >= 0 && i < ANSWERS_A_PASS; i++) {
		uint8_t bytes[GUARD_ANSWER_BYTES + 1];
		ssize_t n = recv(client->fd, bytes, sizeof bytes, MSG_DONTWAIT);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -errno;
		error = n == 0 ? -ECONNRESET : take_answer(client, bytes, (size_t)n);
	}
	return error;
}

void guard_client_turn(struct guard_client *client)
{
	struct guard_answer wait = { GUARD_WAIT, GUARD_CLIENT_RETRY_MS };

	for (size_t i = 0; client->refused > 0 && i < GUARD_CLIENT_PENDING; i++) {
		struct guard_pending *p = &client->pending[i];

		if (p->done == NULL || !p->refused)
			continue;
		client->refused--;
		tell(p, &wait);
	}
}

bool guard_client_due(const struct guard_client *client)
{
	return client->refused > 0;
}
