#include "fuzz.h"

#include <string.h>

#include "svc/guard_proto.h"

static void try_question(const uint8_t *data, size_t size)
{
	uint8_t again[GUARD_QUESTION_BYTES];
	struct guard_question question;
	uint64_t number;

	if (!guard_proto_question(data, size, &number, &question))
		return;
	must(question.door < GUARD_DOORS && question.user_len <= GUARD_USER_BYTES);
	must(memchr(question.hash, '\0', sizeof question.hash) != NULL);
	must(question.local == (question.source.family == IP_NONE));
	guard_proto_put_question(again, number, &question);
	must(size == sizeof again && memcmp(again, data, size) == 0);
}

static void try_answer(const uint8_t *data, size_t size)
{
	uint8_t again[GUARD_ANSWER_BYTES];
	struct guard_answer answer;
	uint64_t number;

	if (!guard_proto_answer(data, size, &number, &answer))
		return;
	must(answer.verdict == GUARD_WAIT || answer.retry_ms == 0);
	guard_proto_put_answer(again, number, &answer);
	must(size == sizeof again && memcmp(again, data, size) == 0);
}

/* What one of the guard and its router sends to the other. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_question(data, size);
	try_answer(data, size);
	return 0;
}
