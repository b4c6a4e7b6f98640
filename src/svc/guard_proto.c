#include "svc/guard_proto.h"

#include <string.h>

enum message_kind {
	MESSAGE_QUESTION = 1,
	MESSAGE_ANSWER,
};

struct head {
	uint8_t kind, version;
	uint8_t zero[6];
	uint64_t number;
};

struct question_message {
	struct head head;
	uint8_t door, local, user_len, password_len;
	uint8_t hash_len, family;
	uint8_t zero[2];
	uint8_t address[16];
	uint8_t user[GUARD_USER_BYTES];
	uint8_t password[GUARD_PASSWORD_BYTES];
	char hash[GUARD_HASH_BYTES]; /* with at least one 0 */
	uint8_t zero_end[9];
};

struct answer_message {
	struct head head;
	uint8_t verdict;
	uint8_t zero[3];
	uint32_t retry_ms;
};

/* No byte that is not a field of somebody. */
_Static_assert(sizeof(struct head) == 16, "no holes");
_Static_assert(sizeof(struct question_message) == GUARD_QUESTION_BYTES, "no holes");
_Static_assert(offsetof(struct question_message, user) == 40, "no holes");
_Static_assert(sizeof(struct answer_message) == GUARD_ANSWER_BYTES, "no holes");

static struct head head_of(enum message_kind kind, uint64_t number)
{
	return (struct head){
		.kind = (uint8_t)kind,
		.version = GUARD_PROTO_VERSION,
		.number = number,
	};
}

static bool zero(const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	uint8_t any = 0;

	for (size_t i = 0; i < len; i++)
		any |= p[i];
	return any == 0;
}

static bool head_good(const struct head *head, enum message_kind kind)
{
	return head->kind == kind && head->version == GUARD_PROTO_VERSION &&
	       zero(head->zero, sizeof head->zero);
}

void guard_proto_put_question(uint8_t bytes[GUARD_QUESTION_BYTES], uint64_t number,
                              const struct guard_question *question)
{
	struct question_message m = {
		.head = head_of(MESSAGE_QUESTION, number),
		.door = question->door,
		.local = question->local,
		.user_len = question->user_len,
		.password_len = question->password_len,
		.hash_len = (uint8_t)strnlen(question->hash, sizeof question->hash - 1),
		.family = question->source.family,
	};

	must(m.user_len <= GUARD_USER_BYTES);
	if (m.family == IP_V4)
		memcpy(m.address, &question->source.v4, sizeof question->source.v4);
	else if (m.family == IP_V6)
		memcpy(m.address, question->source.v6, sizeof m.address);
	memcpy(m.user, question->user, m.user_len);
	memcpy(m.password, question->password, m.password_len);
	memcpy(m.hash, question->hash, m.hash_len);
	memcpy(bytes, &m, sizeof m);
	explicit_bzero(&m, sizeof m);
}

void guard_proto_put_answer(uint8_t bytes[GUARD_ANSWER_BYTES], uint64_t number,
                            const struct guard_answer *answer)
{
	struct answer_message m = {
		.head = head_of(MESSAGE_ANSWER, number),
		.verdict = (uint8_t)answer->verdict,
		.retry_ms = answer->verdict == GUARD_WAIT ? answer->retry_ms : 0,
	};

	if (m.retry_ms > GUARD_RETRY_MS_MAX)
		m.retry_ms = GUARD_RETRY_MS_MAX;
	memcpy(bytes, &m, sizeof m);
}

/* Somebody here has no address; everybody else has one, of a family that we know. */
static bool source_good(const struct question_message *m)
{
	if (m->local > 1)
		return false;
	if (m->local == 1)
		return m->family == IP_NONE && zero(m->address, sizeof m->address);
	if (m->family == IP_V4)
		return zero(m->address + 4, sizeof m->address - 4);
	return m->family == IP_V6;
}

static bool lengths_good(const struct question_message *m)
{
	return m->user_len <= sizeof m->user && m->hash_len < sizeof m->hash &&
	       zero(m->user + m->user_len, sizeof m->user - m->user_len) &&
	       zero(m->password + m->password_len, sizeof m->password - m->password_len) &&
	       memchr(m->hash, '\0', m->hash_len) == NULL &&
	       zero(m->hash + m->hash_len, sizeof m->hash - m->hash_len);
}

static bool question_good(const struct question_message *m)
{
	return head_good(&m->head, MESSAGE_QUESTION) && m->door < GUARD_DOORS && source_good(m) &&
	       lengths_good(m) && zero(m->zero, sizeof m->zero) &&
	       zero(m->zero_end, sizeof m->zero_end);
}

static void question_read(const struct question_message *m, struct guard_question *question)
{
	*question = (struct guard_question){
		.door = m->door,
		.local = m->local,
		.user_len = m->user_len,
		.password_len = m->password_len,
		.source.family = m->family,
	};
	if (m->family == IP_V4)
		memcpy(&question->source.v4, m->address, sizeof question->source.v4);
	else if (m->family == IP_V6)
		memcpy(question->source.v6, m->address, sizeof m->address);
	memcpy(question->user, m->user, sizeof m->user);
	memcpy(question->password, m->password, sizeof m->password);
	memcpy(question->hash, m->hash, sizeof m->hash);
}

bool guard_proto_question(const uint8_t *bytes, size_t len, uint64_t *ret_number,
                          struct guard_question *ret_question)
{
	struct question_message m;
	bool good;

	if (len != sizeof m)
		return false;
	memcpy(&m, bytes, sizeof m);
	good = question_good(&m);
	if (good) {
		question_read(&m, ret_question);
		*ret_number = m.head.number;
	}
	explicit_bzero(&m, sizeof m);
	return good;
}

bool guard_proto_answer(const uint8_t *bytes, size_t len, uint64_t *ret_number,
                        struct guard_answer *ret_answer)
{
	struct answer_message m;

	if (len != sizeof m)
		return false;
	memcpy(&m, bytes, sizeof m);
	if (!head_good(&m.head, MESSAGE_ANSWER) || m.verdict >= GUARD_VERDICTS ||
	    !zero(m.zero, sizeof m.zero) || m.retry_ms > GUARD_RETRY_MS_MAX ||
	    (m.verdict != GUARD_WAIT && m.retry_ms != 0))
		return false;
	*ret_number = m.head.number;
	*ret_answer = (struct guard_answer){
		.verdict = (enum guard_verdict)m.verdict,
		.retry_ms = m.retry_ms,
	};
	return true;
}
