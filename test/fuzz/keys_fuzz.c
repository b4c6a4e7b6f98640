#include "fuzz.h"
#include "small_router.h"

#define KEYS_MOST 1000

static const char typed_first[] = "/ip/address print\r/interface\r";

/* Keys at an interactive console: a width, then what is typed, in pieces as they come. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text out = { 0 };
	struct session_setup setup = {
		.who = "fuzz", .door = "console", .interactive = true, .arg = &out, .out = small_out
	};
	struct session *session;
	struct small_router s;

	if (size < 1 || size > KEYS_MOST)
		return 0;
	must(small_router_open(&s, NULL) == 0);
	setup.conf = s.conf;
	setup.width = data[0] / 2;
	setup.height = data[0] % 16;
	setup.colour = data[0] % 2 != 0;
	session = session_new(&setup);
	must(session_input(session, typed_first, strlen(typed_first)) == strlen(typed_first));
	for (size_t at = 1, piece; at < size && !session_closed(session); at += piece) {
		piece = 1 + data[at] % 16;
		if (piece > size - at)
			piece = size - at;
		(void)session_input(session, (const char *)data + at, piece);
		s.clock.now = mono_add_s(s.clock.now, 1);
		(void)router_turn(s.router, s.clock.now);
		(void)manage_turn(s.manage, s.clock.now);
		(void)session_turn(session, s.clock.now);
		if (data[at] == 'w')
			session_resize(session, piece, data[at - 1] % 16);
	}
	session_interrupt(session);
	(void)session_turn(session, s.clock.now);
	must(out.len > 0);
	session_free(session);
	must(conf_idle(s.conf));
	text_free(&out);
	small_router_close(&s);
	return 0;
}
