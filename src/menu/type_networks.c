#include "menu/type_networks.h"

#include <string.h>

#include "conf/diag.h"
#include "manage/services.h"

/* One of them, read like any network of one's own. */
static bool read_one(const struct field *field, const char *text, size_t len,
                     struct ip_prefix *ret_network, struct diag *diag)
{
	const struct field one = { .name = field->name, .bytes = sizeof *ret_network };
	char word[64] = "";

	if (len >= sizeof word)
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s: a list of networks is wanted, "
		                 "such as 192.168.88.0/24,10.0.0.0/8",
		                 field->name);
	memcpy(word, text, len);
	memset(ret_network, 0, sizeof *ret_network);
	return type_network.parse(&one, NULL, word, ret_network, diag);
}

static bool networks_parse(const struct field *field, const struct conf_state *state,
                           const char *text, void *at, struct diag *diag)
{
	struct service_networks networks = { 0 };

	while (*text != '\0') {
		size_t len = strcspn(text, ",");

		if (networks.n == SERVICE_NETWORKS)
			return diag_fail(diag, field->name,
			                 "invalid value for argument %s: at most %d networks",
			                 field->name, SERVICE_NETWORKS);
		if (!read_one(field, text, len, &networks.at[networks.n], diag))
			return false;
		networks.n++;
		text += len;
		if (*text == ',' && *++text == '\0')
			return read_one(field, "", 0, &networks.at[0], diag);
	}
	memcpy(at, &networks, sizeof networks);
	return true;
}

static void networks_print(const struct field *field, const struct conf_state *state,
                           const void *at, struct text *out)
{
	struct service_networks networks;

	memcpy(&networks, at, sizeof networks);
	for (uint32_t i = 0; i < networks.n; i++) {
		if (i > 0)
			text_char(out, ',');
		type_network.print(field, state, &networks.at[i], out);
	}
}

const struct type type_networks = {
	.name = "networks",
	.looks = "A.B.C.D/len[,A.B.C.D/len ...]",
	.parse = networks_parse,
	.print = networks_print,
};
