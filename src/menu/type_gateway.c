#include "menu/type_gateway.h"

#include <string.h>

#include "conf/diag.h"

static struct field iface_part(const struct field *field)
{
	struct field part = *field;

	part.ref = "interface";
	part.bytes = sizeof(uint32_t);
	part.flags |= F_REQUIRED;
	return part;
}

static bool looks_like_address(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789.")] == '\0';
}

static bool gateway_parse(const struct field *field, const struct conf_state *state,
                          const char *text, void *at, struct diag *diag)
{
	struct gateway gateway = { 0 };
	struct field part = iface_part(field);
	size_t addr_len = strcspn(text, "%");
	const char *iface = NULL;
	ip4 addr;

	if (ip4_parse(text, addr_len, &addr)) {
		gateway.addr = ip_addr_v4(addr);
		iface = text[addr_len] == '%' ? text + addr_len + 1 : NULL;
	} else if (looks_like_address(text) || text[addr_len] == '%' || text[0] == '\0') {
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s: %s is neither an address, nor an "
		                 "interface, nor address%%interface",
		                 field->name, text[0] == '\0' ? "nothing" : text);
	} else {
		iface = text;
	}
	if (iface != NULL && !type_ref.parse(&part, state, iface, &gateway.iface, diag))
		return false;
	memcpy(at, &gateway, sizeof gateway);
	return true;
}

static void gateway_print(const struct field *field, const struct conf_state *state, const void *at,
                          struct text *out)
{
	struct gateway gateway;
	struct field part = iface_part(field);

	memcpy(&gateway, at, sizeof gateway);
	ip_addr_print(&gateway.addr, out);
	if (gateway.iface == 0)
		return;
	if (gateway.addr.family != IP_NONE)
		text_char(out, '%');
	type_ref.print(&part, state, &gateway.iface, out);
}

static void gateway_choices(const struct field *field, const struct conf_state *state,
                            struct choice_sink *sink)
{
	struct field part = iface_part(field);

	type_ref.choices(&part, state, sink);
}

const struct type type_gateway = {
	.name = "address, interface, or address%interface",
	.parse = gateway_parse,
	.print = gateway_print,
	.choices = gateway_choices,
};
