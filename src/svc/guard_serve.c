#include "svc/guard_serve.h"

#include <crypt.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/mem.h"
#include "svc/guard_proto.h"
#include "svc/throttle.h"

/* Questions read in a row before a hash that is due. */
#define QUESTIONS_A_TURN 64
/* What a password is hashed with for a user who does not exist: the cost that new ones get. */
#define NOBODY "$y$j9T$nobodynobodynobodynob0"

struct guard_serve {
	int fd;
	struct clock *clock;
	struct throttle *throttle;
	struct crypt_data crypt;
	struct {
		uint64_t number;
		struct guard_question question;
	} slots[THROTTLE_SLOTS];
};

struct guard_serve *guard_serve_new(int fd, struct clock *clock, const struct hash_key *key)
{
	struct guard_serve *serve = mem_new(1, sizeof *serve);

	serve->fd = fd;
	serve->clock = clock;
	serve->throttle = throttle_new(key);
	return serve;
}

void guard_serve_free(struct guard_serve *serve)
{
	throttle_free(serve->throttle);
	explicit_bzero(serve, sizeof *serve);
	mem_free(serve);
}

/* Waits for room: the router reads whatever else it does. */
static int answer(struct guard_serve *serve, uint64_t number, enum guard_verdict verdict,
                  uint32_t retry_ms)
{
	uint8_t bytes[GUARD_ANSWER_BYTES];
	ssize_t n;

	guard_proto_put_answer(bytes, number, &(struct guard_answer){ verdict, retry_ms });
	do
		n = send(serve->fd, bytes, sizeof bytes, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return 0;
	return errno == EPIPE ? -ECONNRESET : -errno;
}

static int take_question(struct guard_serve *serve, uint64_t number,
                         const struct guard_question *question)
{
	struct throttle_place place =
		throttle_ask(serve->throttle, question, clock_mono(serve->clock));
	int error = 0;

	if (place.slot == THROTTLE_NONE)
		return answer(serve, number, GUARD_WAIT, place.retry_ms);
	if (place.pushed)
		error = answer(serve, serve->slots[place.slot].number, GUARD_WAIT, place.retry_ms);
	serve->slots[place.slot].number = number;
	serve->slots[place.slot].question = *question;
	return error;
}

/* 1: a question was read; 0: there is none just now. */
static int read_question(struct guard_serve *serve)
{
	uint8_t bytes[GUARD_QUESTION_BYTES + 1];
	struct guard_question question;
	uint64_t number;
	ssize_t n = recv(serve->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	int error = -EPROTO;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n == 0)
		return -ECONNRESET;
	if (guard_proto_question(bytes, (size_t)n, &number, &question)) {
		error = take_question(serve, number, &question);
		guard_wipe(&question);
	}
	explicit_bzero(bytes, sizeof bytes);
	return error == 0 ? 1 : error;
}

/* Without a way to tell from the time where they differ. */
static bool same(const char *a, const char *b)
{
	size_t len = strlen(a);
	unsigned char differs = 0;

	if (strlen(b) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		differs |= (unsigned char)(a[i] ^ b[i]);
	return differs == 0;
}

/* The work is the same whatever the question is; only then is it looked at. */
static bool right(struct guard_serve *serve, const struct guard_question *question)
{
	char password[GUARD_PASSWORD_BYTES + 1] = { 0 };
	bool anybody = question->hash[0] == '$';
	const char *made;
	bool equal;

	memcpy(password, question->password, question->password_len);
	made = crypt_rn(password, anybody ? question->hash : NOBODY, &serve->crypt,
	                sizeof serve->crypt);
	equal = made != NULL && made[0] == '$' && same(made, question->hash);
	/* What follows a 0 was not hashed. */
	equal = equal && strlen(password) == question->password_len;
	explicit_bzero(password, sizeof password);
	explicit_bzero(&serve->crypt, sizeof serve->crypt);
	return anybody && equal;
}

static int hash_one(struct guard_serve *serve)
{
	uint32_t slot = throttle_take(serve->throttle, clock_mono(serve->clock));
	bool ok;

	if (slot == THROTTLE_NONE)
		return 0;
	ok = right(serve, &serve->slots[slot].question);
	guard_wipe(&serve->slots[slot].question);
	throttle_done(serve->throttle, ok, clock_mono(serve->clock));
	return answer(serve, serve->slots[slot].number, ok ? GUARD_OK : GUARD_WRONG, 0);
}

/* Until a question comes or the next hash may begin. */
static int wait_for_work(struct guard_serve *serve)
{
	struct pollfd p = { .fd = serve->fd, .events = POLLIN };
	mono next = throttle_next(serve->throttle);
	int ms = -1;

	if (next.ns != UINT64_MAX)
		ms = (int)((mono_since_ns(next, clock_mono(serve->clock)) + NS_PER_MS - 1) /
		           NS_PER_MS);
	return poll(&p, 1, ms) < 0 && errno != EINTR ? -errno : 0;
}

int guard_serve_turn(struct guard_serve *serve)
{
	int more = 1, error = wait_for_work(serve);

	for (unsigned i = 0; error == 0 && more == 1 && i < QUESTIONS_A_TURN; i++)
		more = read_question(serve);
	if (more < 0)
		return more;
	return error != 0 ? error : hash_one(serve);
}
