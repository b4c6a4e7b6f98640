#include <string.h>

#include "fuzz.h"
#include "lib/mem.h"
#include "script/script.h"

/* What is refused says where, in the text; what is taken says when, and does something. */
static void check_taken(const struct script *script)
{
	must(script->n_steps > 0 && script->n_steps <= SCRIPT_STEPS_MAX);
	must(script->title[0] != '\0');
	for (unsigned i = 0; i < script->n_steps; i++) {
		const struct step *step = &script->steps[i];

		must(step->at_us.low >= 0 && step->at_us.low <= step->at_us.high);
		must(i == 0 || step->line > script->steps[i - 1].line);
		must(!step->is_packet || step->packet.n_options <= SCRIPT_SEGMENT_OPTIONS_MAX);
		must(step->is_packet || step->call.kind != CALL_SET || step->call.option != NULL);
		must(step->stacks == SCRIPT_BOTH || script->differs);
	}
}

static unsigned lines(const uint8_t *data, size_t size)
{
	unsigned n = 1;

	for (size_t i = 0; i < size; i++)
		n += data[i] == '\n';
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script *script = mem_new(1, sizeof *script);
	struct script_error error;

	if (script_parse(script, (const char *)data, size, &error)) {
		check_taken(script);
		must(script_duration_us(script, SCRIPT_BOTH) >= 0);
	} else {
		must(error.line >= 1 && error.line <= lines(data, size));
		must(error.column >= 1 && error.text[0] != '\0');
		must(memchr(error.text, '\0', sizeof error.text) != NULL);
	}
	mem_free(script);
	return 0;
}
