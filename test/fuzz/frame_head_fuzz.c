#include <netinet/in.h>

#include "fuzz.h"
#include "lib/must.h"
#include "wire/frame_head.h"

static void check(const uint8_t *data, size_t size, bool raw)
{
	struct frame_head head = frame_head_read(data, size, raw);

	must(head.header_bytes <= size);
	must(head.has_ip || !head.has_ports);
	must(!head.has_ip || head.header_bytes >= 20);
	must(!head.has_ports || head.proto == IPPROTO_TCP || head.proto == IPPROTO_UDP);
	must(!raw || head.vlan == FRAME_NO_VLAN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(data, size, false);
	check(data, size, true);
	return 0;
}
