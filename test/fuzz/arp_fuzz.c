#include "fuzz.h"
#include "wire/arp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_over(data, size);
	struct arp arp;

	if (!arp_parse(&r, &arp))
		return 0;
	must(reader_left(&r) == size - ARP_BYTES);

	uint8_t built[ARP_BYTES];
	struct writer w = writer_over(built, sizeof built);

	arp_build(&w, &arp);
	must(!w.failed && memcmp(built, data, sizeof built) == 0);
	return 0;
}
