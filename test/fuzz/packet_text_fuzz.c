#include "fuzz.h"
#include "lib/text.h"
#include "wire/cursor.h"
#include "wire/packet_text.h"

/* One line, printable, and the same line where there is less room, as far as it fits. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char buffer[64];
	struct text whole = { 0 };
	struct text part = text_into(buffer, sizeof buffer);

	packet_text(data, size, &whole);
	packet_text(data, size, &part);
	must(whole.len > 0);
	for (size_t i = 0; i < whole.len; i++)
		must(whole.bytes[i] >= ' ' && whole.bytes[i] <= '~');
	must(part.cut == (whole.len >= sizeof buffer));
	must(part.len < sizeof buffer && part.len <= whole.len);
	must(memcmp(part.bytes, whole.bytes, part.len) == 0);
	text_free(&whole);
	return 0;
}
