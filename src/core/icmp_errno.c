#include "core/icmp_errno.h"

#include <errno.h>

#include "lib/must.h"
#include "wire/icmp_header.h"

uint16_t icmp_errno(uint8_t type, uint8_t code, bool *ret_fatal)
{
	static const struct {
		uint16_t error;
		bool fatal;
	} unreachable[] = {
		/* by code: RFC 792; RFC 1122, 3.2.2.1; RFC 1812, 5.2.7.1 */
		{ ENETUNREACH, false },  { EHOSTUNREACH, false }, { ENOPROTOOPT, true },
		{ ECONNREFUSED, true },  { EMSGSIZE, true },      { EOPNOTSUPP, false },
		{ ENETUNREACH, true },   { EHOSTDOWN, true },     { ENONET, true },
		{ ENETUNREACH, true },   { EHOSTUNREACH, true },  { ENETUNREACH, false },
		{ EHOSTUNREACH, false }, { EHOSTUNREACH, true },  { EHOSTUNREACH, true },
		{ EHOSTUNREACH, true },
	};

	*ret_fatal = false;
	switch (type) {
	case ICMP_UNREACHABLE:
		if (code >= ARRAY_LEN(unreachable))
			return 0;
		*ret_fatal = unreachable[code].fatal;
		return unreachable[code].error;
	case ICMP_TIME_EXCEEDED:
		return EHOSTUNREACH;
	case ICMP_PARAMETER_PROBLEM:
		*ret_fatal = true;
		return EPROTO;
	default:
		return 0; /* RFC 6633: source quench is no more */
	}
}
