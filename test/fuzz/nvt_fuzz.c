#include "fuzz.h"

#include <string.h>

#include "wire/nvt.h"

struct heard {
	size_t said, answers;
	unsigned long sum; /* of both, in order */
	struct nvt nvt;
};

static void add(struct heard *heard, const uint8_t *from, const uint8_t *to)
{
	for (; from < to; from++)
		heard->sum = heard->sum * 31 + *from;
}

/* In pieces of @piece bytes, with room for @room to be said. */
static struct heard hear(const uint8_t *bytes, size_t size, size_t piece, size_t room)
{
	struct heard heard = { .nvt = { .width = 255, .height = 0xffff } };
	uint8_t said[256], answers[NVT_ANSWER_BYTES];

	must(room <= sizeof said);
	nvt_set_terminal(&heard.nvt, "xterm");
	for (size_t at = 0; at < size;) {
		struct reader r = reader_over(bytes + at, size - at < piece ? size - at : piece);
		struct writer to = writer_over(said, room);
		struct writer back = writer_over(answers, sizeof answers);
		size_t before = reader_left(&r);

		nvt_read(&heard.nvt, &r, &to, &back);
		must(!r.failed && !to.failed && !back.failed && reader_left(&r) < before);
		at += before - reader_left(&r);
		add(&heard, said, to.at);
		heard.said += (size_t)(to.at - said);
		heard.answers += (size_t)(back.at - answers);
	}
	return heard;
}

/* What a stranger's server sends to a person here. It is heard alike, however it is cut; and no
 * word of theirs (three bytes at least) is answered by a long one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard whole = hear(data, size, 1, 256), cut = hear(data, size, 1, 1);
	struct heard large = hear(data, size, 64, 100);
	uint8_t sent[64];
	struct writer w = writer_over(sent, sizeof sent);

	must(whole.said == cut.said && whole.answers == cut.answers && whole.sum == cut.sum);
	must(large.said == cut.said && large.answers == cut.answers);
	must(memcmp(&whole.nvt, &cut.nvt, sizeof whole.nvt) == 0);
	must(whole.said <= size && whole.answers <= 20 * size);
	must(nvt_say(&whole.nvt, data, size, &w) <= size && !w.failed);
	return 0;
}
