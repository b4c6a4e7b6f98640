#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "script/parse_inside.h"

#define LINE_BYTES_MAX 400

static void copy_text(char *to, size_t size, const char *from, size_t len)
{
	if (len >= size)
		len = size - 1;
	memcpy(to, from, len);
	to[len] = '\0';
}

/* The first comment is the title; further lines of it go on with it. */
static void title_line(struct script *script, const char *line, size_t len)
{
	size_t have = strlen(script->title), skip = 1;

	while (skip < len && line[skip] == ' ')
		skip++;
	if (have > 0 && have + 1 < sizeof script->title)
		script->title[have++] = ' ';
	copy_text(script->title + have, sizeof script->title - have, line + skip, len - skip);
}

static bool parse_only(struct script *script, struct scan *scan)
{
	static const struct word_value stacks[] = {
		{ "linux", SCRIPT_LINUX },
		{ "towpath", SCRIPT_TOWPATH },
		{ NULL, 0 },
	};
	int stack;

	if (!scan_word(scan, stacks, "stack", &stack))
		return false;
	script->stacks = (unsigned)stack;
	return scan_rest(scan, "a reason of up to 399 letters", script->reason,
	                 sizeof script->reason);
}

static bool parse_differs(struct script *script, struct scan *scan)
{
	script->differs = true;
	return scan_rest(scan, "a reason of up to 399 letters", script->reason,
	                 sizeof script->reason);
}

static bool setting_word(struct scan *scan, struct setting *setting)
{
	struct word word = scan_take(scan);

	if (word.len >= SCRIPT_WORD_BYTES)
		return scan_fail(scan, word, "is too long", "at most 47 letters");
	copy_text(setting->words[setting->n_words++], SCRIPT_WORD_BYTES, word.at, word.len);
	return true;
}

static bool parse_option(struct script *script, struct scan *scan)
{
	struct setting *setting = &script->settings[script->n_settings];
	struct word word = scan_peek(scan);

	if (script->n_settings == SCRIPT_OPTIONS_MAX)
		return scan_fail(scan, word, "is one option too many", "at most 16");
	scan_take(scan);
	setting->name = names_setting(word.at, word.len);
	if (setting->name == NULL)
		return scan_fail(scan, word, "can't be set",
		                 "one like mtu, timestamps, syn-retries, route (README.md)");
	script->n_settings++;
	if (setting->name->kind == SETTING_NUMBER || setting->name->kind == SETTING_MTU)
		return scan_number(scan, "value", 0, INT32_MAX, &setting->number);
	while (!scan_ended(scan) && setting->n_words < setting->name->words_max)
		if (!setting_word(scan, setting))
			return false;
	return setting->n_words >= setting->name->words_min ||
	       scan_fail(scan, scan_peek(scan), "", "another word");
}

/* flow NAME THEIRS > OURS */
static bool parse_flow(struct script *script, struct scan *scan)
{
	struct flow_spec *flow = &script->flows[script->n_flows];
	struct word word = scan_peek(scan);
	struct ends_with their, our;

	if (script->n_flows == SCRIPT_FLOWS_MAX)
		return scan_fail(scan, word, "is one flow too many", "at most 16");
	if (!scan_name(scan, "flow", flow->name) || !scan_ends(scan, &their) ||
	    !scan_need(scan, ">") || !scan_ends(scan, &our))
		return false;
	if (their.any_address || our.any_address || their.port.low != their.port.high ||
	    our.port.low != our.port.high)
		return scan_fail(scan, word, "leaves its ends open", "two addresses with ports");
	*flow = (struct flow_spec){ .their = their.address,
		                    .our = our.address,
		                    .their_port = (uint16_t)their.port.low,
		                    .our_port = (uint16_t)our.port.low };
	copy_text(flow->name, sizeof flow->name, word.at, word.len);
	script->n_flows++;
	return true;
}

/* `+0.1`, `+0.2~0.3`, `+*` */
static bool step_time(struct scan *scan, struct range *ret_us)
{
	struct word word = scan_take(scan);
	const char *tilde = word.len > 0 ? memchr(word.at, '~', word.len) : NULL;
	size_t low = tilde != NULL ? (size_t)(tilde - word.at) : word.len;
	struct word from = { word.at + 1, low - 1, word.column };
	struct word to = { word.at + low + 1, word.len - low - 1, word.column };

	*ret_us = (struct range){ 0, INT64_MAX, true };
	if (word_is(word, "+*"))
		return true;
	if (word.len >= 2 && *word.at == '+' && low >= 2 && word_to_us(from, &ret_us->low)) {
		ret_us->high = ret_us->low;
		if (tilde == NULL || (word_to_us(to, &ret_us->high) && ret_us->high >= ret_us->low))
			return true;
	}
	return scan_fail(scan, word, "is no time",
	                 "one like +0, +0.25, +0.2~0.3 or +*, or option, flow, only, differs");
}

/* An optional `NAME:` before what happens, else "s". */
static bool step_name(struct scan *scan, char name[SCRIPT_NAME_BYTES])
{
	struct word word = scan_peek(scan);

	if (word.len < 2 || word.at[word.len - 1] != ':') {
		copy_text(name, SCRIPT_NAME_BYTES, "s", 1);
		return true;
	}

	struct scan before = { scan->line,  (size_t)(word.at - scan->line) + word.len - 1,
		               scan->at,    scan->number,
		               scan->error, scan->failed };

	scan_take(scan);
	if (scan_name(&before, "socket or flow", name))
		return true;
	scan->failed = true;
	return false;
}

static bool step_what(struct scan *scan, struct step *step, const char *name)
{
	bool out = scan_is(scan, ">");

	step->is_packet = out || scan_is(scan, "<");
	if (step->is_packet) {
		memcpy(step->packet.flow, name, SCRIPT_NAME_BYTES);
		return parse_packet(scan, out, &step->packet);
	}
	memcpy(step->call.socket, name, SCRIPT_NAME_BYTES);
	return parse_call(scan, &step->call);
}

static bool parse_step(struct script *script, struct scan *scan)
{
	struct step *step = &script->steps[script->n_steps];
	char name[SCRIPT_NAME_BYTES] = "";
	struct word word = scan_peek(scan);

	if (script->n_steps == SCRIPT_STEPS_MAX)
		return scan_fail(scan, word, "is one line too many", "at most 256");
	step->line = scan->number;
	step->stacks = SCRIPT_BOTH;
	if (scan_is(scan, "[linux]"))
		step->stacks = SCRIPT_LINUX;
	else if (scan_is(scan, "[towpath]"))
		step->stacks = SCRIPT_TOWPATH;
	if (step->stacks != SCRIPT_BOTH && !script->differs)
		return scan_fail(scan, word, "has no reason", "a line \"differs WHY\" above");
	if (!step_time(scan, &step->at_us) || !step_name(scan, name) ||
	    !step_what(scan, step, name))
		return false;
	script->n_steps++;
	return true;
}

static bool parse_line(struct script *script, struct scan *scan)
{
	bool good;

	if (scan_ended(scan))
		return true;
	if (scan_is(scan, "only"))
		good = parse_only(script, scan);
	else if (scan_is(scan, "differs"))
		good = parse_differs(script, scan);
	else if (scan_is(scan, "option"))
		good = parse_option(script, scan);
	else if (scan_is(scan, "flow"))
		good = parse_flow(script, scan);
	else
		good = parse_step(script, scan);
	return good && (scan_ended(scan) ||
	                scan_fail(scan, scan_peek(scan), "is one word too many", "the line's end"));
}

static bool check_bytes(struct scan *scan)
{
	for (size_t i = 0; i < scan->len && i < LINE_BYTES_MAX; i++) {
		unsigned char c = (unsigned char)scan->line[i];

		if (c != '\t' && c != '\r' && (c < ' ' || c > '~')) {
			scan->error->line = scan->number;
			scan->error->column = (unsigned)i + 1;
			snprintf(scan->error->text, sizeof scan->error->text,
			         "byte 0x%02x; expected plain ASCII", c);
			return false;
		}
	}
	return scan->len <= LINE_BYTES_MAX ||
	       scan_fail(scan, (struct word){ scan->line, 0, LINE_BYTES_MAX + 1 }, "",
	                 "at most 400 letters a line");
}

static bool complete(struct script *script, struct script_error *ret_error)
{
	const char *missing = script->title[0] == '\0' ? "a first line \"# what it shows\""
	                      : script->n_steps == 0   ? "at least one line with a time"
	                                               : NULL;

	if (missing == NULL)
		return true;
	*ret_error = (struct script_error){ .line = 1, .column = 1 };
	snprintf(ret_error->text, sizeof ret_error->text, "expected %s", missing);
	return false;
}

bool script_parse(struct script *script, const char *text, size_t len,
                  struct script_error *ret_error)
{
	bool in_title = true;
	unsigned number = 1;

	memset(script, 0, sizeof *script);
	memset(ret_error, 0, sizeof *ret_error);
	script->stacks = SCRIPT_BOTH;
	for (size_t at = 0, end; at < len; at = end + 1, number++) {
		const char *newline = memchr(text + at, '\n', len - at);

		end = newline != NULL ? (size_t)(newline - text) : len;

		struct scan scan = { text + at, end - at, 0, number, ret_error, false };

		in_title = in_title && end > at && text[at] == '#';
		if (!check_bytes(&scan))
			return false;
		if (in_title)
			title_line(script, text + at, end - at);
		else if (!parse_line(script, &scan))
			return false;
	}
	return complete(script, ret_error);
}

int64_t script_duration_us(const struct script *script, unsigned stack)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < script->n_steps; i++)
		if (script->steps[i].stacks & stack)
			sum += script->steps[i].at_us.low;
	return sum;
}
