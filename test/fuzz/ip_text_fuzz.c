#include "fuzz.h"

#include <string.h>

#include "lib/ip.h"
#include "lib/must.h"
#include "lib/text.h"

/* What is printed reads as the same; an address has one spelling only. */
static void check_ip4(const char *string, size_t len)
{
	char buffer[IP4_TEXT_BYTES];
	ip4 addr;

	if (!ip4_parse(string, len, &addr))
		return;
	ip4_str(addr, buffer);
	must(strlen(buffer) == len && memcmp(buffer, string, len) == 0);
}

static void check_prefix(const char *string, size_t len)
{
	struct ip_prefix prefix, again;
	struct text out = { 0 };

	if (!ip_prefix_parse(string, len, &prefix))
		return;
	must(prefix.bits <= 32 && prefix.addr.family == IP_V4);
	must(ip4_mask_bits(ip4_mask(prefix.bits)) == prefix.bits);
	ip_prefix_print(&prefix, &out);
	must(ip_prefix_parse(text_str(&out), out.len, &again));
	must(memcmp(&prefix, &again, sizeof prefix) == 0);
	text_free(&out);
}

static void check_mac(const char *string, size_t len)
{
	struct mac mac, again;
	struct text out = { 0 };

	if (!mac_parse(string, len, &mac))
		return;
	mac_print(&mac, &out);
	must(out.len == len && mac_parse(text_str(&out), out.len, &again));
	must(mac_equal(&mac, &again));
	text_free(&out);
}

static void check_number(const char *string, size_t len)
{
	struct text out = { 0 };
	uint64_t number;

	if (!text_to_u64(string, len, &number))
		return;
	while (len > 1 && *string == '0') {
		string++;
		len--;
	}
	text_printf(&out, "%llu", (unsigned long long)number);
	must(out.len == len && memcmp(text_str(&out), string, len) == 0);
	text_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *string = (const char *)data;

	check_ip4(string, size);
	check_prefix(string, size);
	check_mac(string, size);
	check_number(string, size);
	return 0;
}
