/*
 * names.c -- names of hosts. The C library's resolver opens its sockets by calls that nobody can
 * stand in front of, so names are looked up by c-ares, whose sockets are ours: /etc/hosts first,
 * then the nameservers of /etc/resolv.conf. All that is not about names of hosts is left to the
 * C library.
 */
#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "shim/shim.h"

#define ADDRESSES 32

struct answer {
	int status; /* of c-ares */
	char canonical[NI_MAXHOST];
	struct in_addr addresses[ADDRESSES];
	unsigned n;
	bool done;
};

/* --- asking ---------------------------------------------------------------------------------- */

static int wait_for(ares_channel channel, bool *done)
{
	while (!*done) {
		ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
		struct pollfd waiting[ARES_GETSOCK_MAXNUM];
		struct timeval time, *limit = ares_timeout(channel, NULL, &time);
		unsigned bits = (unsigned)ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);
		nfds_t n = 0;
		int ms = limit == NULL ? 1000 : (int)(time.tv_sec * 1000 + time.tv_usec / 1000 + 1);

		for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
			bool in = ARES_GETSOCK_READABLE(bits, i) != 0;
			bool out = ARES_GETSOCK_WRITABLE(bits, i) != 0;

			if (in || out)
				waiting[n++] = (struct pollfd){
					sockets[i],
					(short)((in ? POLLIN : 0) | (out ? POLLOUT : 0)), 0
				};
		}
		if (poll(waiting, n, ms) < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
		for (nfds_t i = 0; i < n; i++) {
			bool in = (waiting[i].revents & ~POLLOUT) != 0;
			bool out = (waiting[i].revents & POLLOUT) != 0;

			ares_process_fd(channel, in ? waiting[i].fd : ARES_SOCKET_BAD,
			                out ? waiting[i].fd : ARES_SOCKET_BAD);
		}
		if (n > 0) /* what has timed out */
			ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	}
	return 0;
}

static void take_addresses(void *arg, int status, int timeouts, struct ares_addrinfo *found)
{
	struct answer *answer = arg;

	(void)timeouts;
	answer->status = status;
	answer->done = true;
	if (found == NULL)
		return;

	const char *name = found->name;

	/* Each alias names the next; the last one's name is the host's own. */
	for (const struct ares_addrinfo_cname *c = found->cnames; c != NULL; c = c->next)
		name = c->name;
	if (name != NULL && strlen(name) < sizeof answer->canonical)
		memcpy(answer->canonical, name, strlen(name) + 1);
	for (struct ares_addrinfo_node *node = found->nodes; node != NULL; node = node->ai_next) {
		struct sockaddr_in in;

		if (node->ai_family != AF_INET || answer->n == ADDRESSES)
			continue;
		memcpy(&in, node->ai_addr, sizeof in);
		answer->addresses[answer->n++] = in.sin_addr;
	}
	ares_freeaddrinfo(found);
}

static int status_error(int status)
{
	switch (status) {
	case ARES_SUCCESS:
		return 0;
	case ARES_ENOTFOUND:
	case ARES_ENODATA:
	case ARES_ENONAME:
	case ARES_EBADNAME:
		return EAI_NONAME;
	case ARES_ENOMEM:
		return EAI_MEMORY;
	case ARES_ECONNREFUSED:
	case ARES_ETIMEOUT:
	case ARES_ESERVFAIL:
		return EAI_AGAIN;
	default:
		return EAI_FAIL;
	}
}

/* The IPv4 addresses of @host: 0 and at least one, or EAI_*. */
static int look_up(const char *host, struct answer *answer)
{
	static const struct ares_addrinfo_hints hints = { .ai_family = AF_INET,
		                                          .ai_flags = ARES_AI_CANONNAME };
	ares_channel channel;
	int error, saved = errno;

	memset(answer, 0, sizeof *answer);
	if (ares_init(&channel) != ARES_SUCCESS)
		return EAI_MEMORY;
	ares_getaddrinfo(channel, host, NULL, &hints, take_addresses, answer);
	error = wait_for(channel, &answer->done);
	ares_destroy(channel);
	if (error < 0)
		return EAI_SYSTEM;
	errno = saved;
	error = status_error(answer->status);
	return error == 0 && answer->n == 0 ? EAI_NONAME : error;
}

/* --- getaddrinfo ------------------------------------------------------------------------------ */

/* There is no IPv6: a program would try it first and be told so each time. */
static struct addrinfo *without_ip6(struct addrinfo *list)
{
	struct addrinfo **at = &list, *kept;

	while (*at != NULL) {
		struct addrinfo *one = *at;

		if (one->ai_family != AF_INET6) {
			at = &one->ai_next;
			continue;
		}
		*at = one->ai_next;
		one->ai_next = NULL;
		freeaddrinfo(one);
	}
	kept = list;
	return kept;
}

static int numeric(const char *host, const char *service, const struct addrinfo *hints,
                   struct addrinfo **ret_list)
{
	int error = real()->getaddrinfo(host, service, hints, ret_list);

	if (error != 0 || (hints != NULL && hints->ai_family == AF_INET6))
		return error;
	*ret_list = without_ip6(*ret_list);
	return *ret_list != NULL ? 0 : EAI_NONAME;
}

/* Port and kinds of socket are the C library's matter, for each address by itself. */
static int add_address(struct in_addr address, const char *service, const struct addrinfo *hints,
                       struct addrinfo **list)
{
	char text[INET_ADDRSTRLEN];
	struct addrinfo one = hints != NULL ? *hints : (struct addrinfo){ 0 };

	one.ai_family = AF_INET;
	one.ai_flags = (one.ai_flags & AI_NUMERICSERV) | AI_NUMERICHOST;
	inet_ntop(AF_INET, &address, text, sizeof text);
	return real()->getaddrinfo(text, service, &one, list);
}

static int name_it(const char *canonical, const struct addrinfo *hints, struct addrinfo *list)
{
	if (hints == NULL || (hints->ai_flags & AI_CANONNAME) == 0 || list == NULL)
		return 0;
	free(list->ai_canonname);
	list->ai_canonname = strdup(canonical);
	return list->ai_canonname != NULL ? 0 : EAI_MEMORY;
}

static int named(const char *host, const char *service, const struct addrinfo *hints,
                 struct addrinfo **ret_list)
{
	struct answer answer;
	struct addrinfo *list = NULL, **end = &list;
	int error = look_up(host, &answer);

	for (unsigned i = 0; error == 0 && i < answer.n; i++) {
		error = add_address(answer.addresses[i], service, hints, end);
		while (error == 0 && *end != NULL)
			end = &(*end)->ai_next;
	}
	if (error == 0)
		error = name_it(answer.canonical[0] != '\0' ? answer.canonical : host, hints, list);
	if (error == 0)
		*ret_list = list;
	else if (list != NULL)
		freeaddrinfo(list);
	return error;
}

static bool is_numeric(const char *host)
{
	struct in6_addr address;

	return inet_aton(host, (struct in_addr *)&address) != 0 ||
	       inet_pton(AF_INET6, host, &address) == 1 || strchr(host, '%') != NULL;
}

SHIM_CALL int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                          struct addrinfo **ret_list)
{
	if (host == NULL || is_numeric(host) ||
	    (hints != NULL && (hints->ai_flags & AI_NUMERICHOST) != 0))
		return numeric(host, service, hints, ret_list);
	if (hints != NULL && hints->ai_family == AF_INET6)
		return EAI_NONAME;
	return named(host, service, hints, ret_list);
}

/* --- gethostbyname -----------------------------------------------------------------------------
 */

static int host_error(int error)
{
	return error == EAI_NONAME ? HOST_NOT_FOUND : error == EAI_AGAIN ? TRY_AGAIN : NO_RECOVERY;
}

/* The lists, the addresses and the name, one behind the other in @buffer. */
static int fill(const struct answer *answer, const char *name, struct hostent *ret, char *buffer,
                size_t size)
{
	size_t lists = (ADDRESSES + 2) * sizeof(char *), len = strlen(name) + 1;
	size_t pad = -(uintptr_t)buffer % sizeof(char *);
	char **list, *at;

	if (pad + lists + answer->n * sizeof(struct in_addr) + len > size)
		return ERANGE;
	list = (char **)(void *)(buffer + pad);
	at = buffer + pad + lists;
	for (unsigned i = 0; i < answer->n; i++) {
		memcpy(at, &answer->addresses[i], sizeof(struct in_addr));
		list[i] = at;
		at += sizeof(struct in_addr);
	}
	list[answer->n] = NULL;
	list[ADDRESSES + 1] = NULL;
	memcpy(at, name, len);
	*ret = (struct hostent){ at, &list[ADDRESSES + 1], AF_INET, sizeof(struct in_addr), list };
	return 0;
}

SHIM_CALL int gethostbyname_r(const char *host, struct hostent *ret, char *buffer, size_t size,
                              struct hostent **result, int *h_error)
{
	struct answer answer = { .n = 1 };
	int error = 0;

	*result = NULL;
	if (inet_aton(host, &answer.addresses[0]) == 0)
		error = look_up(host, &answer);
	if (error != 0) {
		*h_error = host_error(error);
		return EAGAIN;
	}
	error = fill(&answer, answer.canonical[0] != '\0' ? answer.canonical : host, ret, buffer,
	             size);
	if (error == 0)
		*result = ret;
	else
		*h_error = NETDB_INTERNAL;
	return error;
}

SHIM_CALL int gethostbyname2_r(const char *host, int family, struct hostent *ret, char *buffer,
                               size_t size, struct hostent **result, int *h_error)
{
	if (family == AF_INET)
		return gethostbyname_r(host, ret, buffer, size, result, h_error);
	*result = NULL;
	*h_error = HOST_NOT_FOUND;
	return EAGAIN;
}

/* The result lies in memory of its own until the next call, as gethostbyname(3) has it. */
SHIM_CALL struct hostent *gethostbyname(const char *host)
{
	static struct hostent entry;
	static char buffer[4096];
	struct hostent *result;

	(void)gethostbyname_r(host, &entry, buffer, sizeof buffer, &result, &h_errno);
	return result;
}

SHIM_CALL struct hostent *gethostbyname2(const char *host, int family)
{
	if (family == AF_INET)
		return gethostbyname(host);
	h_errno = HOST_NOT_FOUND;
	return NULL;
}

/* --- getnameinfo -------------------------------------------------------------------------------
 */

struct name_answer {
	char *host;
	socklen_t room;
	int status;
	bool done;
};

static void take_name(void *arg, int status, int timeouts, struct hostent *found)
{
	struct name_answer *answer = arg;

	(void)timeouts;
	answer->done = true;
	answer->status = status;
	if (status != ARES_SUCCESS)
		return;
	if (strlen(found->h_name) < answer->room)
		memcpy(answer->host, found->h_name, strlen(found->h_name) + 1);
	else
		answer->status = ARES_ENOMEM;
}

static int look_up_address(const struct sockaddr_in *in, char *host, socklen_t room)
{
	struct name_answer answer = { .host = host, .room = room };
	ares_channel channel;

	if (ares_init(&channel) != ARES_SUCCESS)
		return EAI_MEMORY;
	ares_gethostbyaddr(channel, &in->sin_addr, sizeof in->sin_addr, AF_INET, take_name,
	                   &answer);
	(void)wait_for(channel, &answer.done);
	ares_destroy(channel);
	return status_error(answer.status);
}

SHIM_CALL int getnameinfo(const struct sockaddr *address, socklen_t len, char *host,
                          socklen_t host_len, char *service, socklen_t service_len, int flags)
{
	struct sockaddr_in in;
	int error;

	if (address->sa_family != AF_INET || len < sizeof in || host == NULL || host_len == 0 ||
	    (flags & NI_NUMERICHOST) != 0)
		return real()->getnameinfo(address, len, host, host_len, service, service_len,
		                           flags);
	error = real()->getnameinfo(address, len, host, host_len, service, service_len,
	                            (flags & ~NI_NAMEREQD) | NI_NUMERICHOST);
	if (error != 0)
		return error;
	memcpy(&in, address, sizeof in);
	error = look_up_address(&in, host, host_len);
	return error != 0 && (flags & NI_NAMEREQD) != 0 ? EAI_NONAME : 0;
}
