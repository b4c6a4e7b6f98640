#include "fuzz.h"
#include "wire/loop_probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_over(data, size);
	uint8_t built[LOOP_PROBE_BYTES];
	struct writer w = writer_over(built, sizeof built);
	struct loop_probe probe;
	size_t read;

	if (!loop_probe_parse(&r, &probe))
		return 0;
	read = size - reader_left(&r);
	loop_probe_build(&w, &probe);
	must(!w.failed && w.at == w.end && read <= sizeof built);
	must(memcmp(built, data, read) == 0);
	return 0;
}
