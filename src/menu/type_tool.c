/*
 * type_tool.c -- addresses in their short forms, interfaces by name: what tools are told.
 */
#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "menu/tool.h"

/* Two or three numbers: the last one fills what the others leave (inet_aton(3); POSIX,
 * inet_addr()). One number alone is more likely a slip than an address. */
static bool short_parse(const char *text, ip4 *ret_addr)
{
	uint32_t v = 0;
	unsigned shift = 24;

	for (unsigned parts = 1; parts <= 3; parts++) {
		size_t len = strcspn(text, ".");
		bool last = text[len] == '\0';
		uint64_t number, most = last ? (1ULL << (shift + 8)) - 1 : 255;

		if (!text_to_u64(text, len, &number) || number > most || (last && parts == 1))
			return false;
		if (last) {
			*ret_addr = (ip4){ v | (uint32_t)number };
			return true;
		}
		v |= (uint32_t)number << shift;
		shift -= 8;
		text += len + 1;
	}
	return false;
}

static bool address_parse(const struct field *field, const struct conf_state *state,
                          const char *text, void *at, struct diag *diag)
{
	ip4 addr;

	if (!ip4_parse(text, strlen(text), &addr) && !short_parse(text, &addr))
		return type_ip4.parse(field, state, text, at, diag);
	memcpy(at, &addr, sizeof addr);
	return true;
}

static void address_print(const struct field *field, const struct conf_state *state, const void *at,
                          struct text *out)
{
	type_ip4.print(field, state, at, out);
}

const struct type type_tool_address = {
	.name = "address",
	.parse = address_parse,
	.print = address_print,
};

static struct field as_reference(const struct field *field)
{
	struct field part = *field;

	part.ref = "interface";
	part.bytes = sizeof(uint32_t);
	part.flags |= F_REQUIRED;
	return part;
}

/* By configuration's row, so that its name may be cut short as elsewhere; kept as the name, by
 * which the router finds it without the configuration. */
static bool interface_parse(const struct field *field, const struct conf_state *state,
                            const char *text, void *at, struct diag *diag)
{
	struct field part = as_reference(field);
	const struct menu *menu;
	const struct row *row;
	uint32_t id = 0;

	if (!type_ref.parse(&part, state, text, &id, diag))
		return false;
	row = conf_state_ref(state, part.ref, id, &menu);
	if (row != NULL)
		snprintf(at, field->bytes, "%s", menu_row_name(menu, row));
	return true;
}

static void interface_print(const struct field *field, const struct conf_state *state,
                            const void *at, struct text *out)
{
	text_add(out, at);
}

static void interface_choices(const struct field *field, const struct conf_state *state,
                              struct choice_sink *sink)
{
	struct field part = as_reference(field);

	type_ref.choices(&part, state, sink);
}

/* The same for several, separated by commas. */
static bool interfaces_parse(const struct field *field, const struct conf_state *state,
                             const char *text, void *at, struct diag *diag)
{
	struct text names = text_into(at, field->bytes);
	struct field one = *field;

	one.bytes = TOOL_INTERFACE_BYTES;
	for (;;) {
		size_t len = strcspn(text, ",");
		char word[64], name[TOOL_INTERFACE_BYTES] = "";

		snprintf(word, sizeof word, "%.*s", (int)len, text);
		if (!interface_parse(&one, state, word, name, diag))
			return false;
		text_printf(&names, "%s%s", names.len > 0 ? "," : "", name);
		if (text[len] == '\0')
			break;
		text += len + 1;
	}
	return !names.cut ||
	       diag_fail(diag, field->name,
	                 "invalid value for argument %s: these are too many at once", field->name);
}

const struct type type_tool_interfaces = {
	.name = "interfaces",
	.parse = interfaces_parse,
	.print = interface_print,
	.choices = interface_choices,
};

const struct type type_tool_interface = {
	.name = "interface",
	.parse = interface_parse,
	.print = interface_print,
	.choices = interface_choices,
};
