#include "script/stack.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

int stack_address(const struct call_pattern *call, uint8_t bytes[128])
{
	struct sockaddr_in address = {
		.sin_family = (sa_family_t)call->family,
		.sin_port = htons((uint16_t)(call->to.port.low > 0 ? call->to.port.low : 0)),
		.sin_addr.s_addr = htonl(call->to.any_address ? 0 : call->to.address.v),
	};

	memset(bytes, 0, 128);
	memcpy(bytes, &address, sizeof address);
	return call->length >= 0 || call->length < -1 ? call->length : (int)sizeof address;
}

void stack_address_seen(struct call_io *io, const void *bytes, int len)
{
	struct sockaddr_in address;

	io->has_source = len >= (int)sizeof address;
	if (!io->has_source)
		return;
	memcpy(&address, bytes, sizeof address);
	io->source = (ip4){ ntohl(address.sin_addr.s_addr) };
	io->source_port = ntohs(address.sin_port);
}
