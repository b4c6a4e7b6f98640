/*
 * sock_option_table.h -- options as tables: where each stands in the settings and what it may be.
 *
 * Three files, one a level: sock_option.c (SOL_SOCKET), sock_option_ip.c, sock_option_tcp.c.
 */
#ifndef HOST_SOCK_OPTION_TABLE_H
#define HOST_SOCK_OPTION_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "host/sock_inside.h"

/* A value as it comes from or goes to a program. */
struct sock_option_value {
	const void *in; /* of set: @len bytes */
	void *out;      /* of get: room for @len; it becomes what was filled in */
	int len;
};

struct sock_option {
	int name;
	uint16_t at;       /* offset in struct sock_settings, of... */
	uint8_t size;      /* ...a number of so many bytes; 0: get and set do it all */
	uint8_t proto;     /* of these sockets only; 0: of all */
	int32_t low, high; /* what may be set; else -EINVAL. 0 and 0: a switch, any number is on */
	/* Instead of reading or writing the number; 0 or -errno. NULL: the number. @read_only: set
	 * is -ENOPROTOOPT. */
	int (*set)(struct sock *sock, const struct sock_option_value *value);
	int (*get)(struct sock *sock, struct sock_option_value *value);
	bool read_only;
};

struct sock_options {
	const struct sock_option *all;
	size_t n;
	/* Values of one byte are taken, and given to who has room for no more (ip(7)). */
	bool bytes_too;
};
extern const struct sock_options sock_options_socket, sock_options_ip, sock_options_tcp;

#define SOCK_OPTION_AT(field)                                                                      \
	.at = offsetof(struct sock_settings, field),                                               \
	.size = sizeof(((struct sock_settings *)NULL)->field)

/* The number in @value; -EINVAL: too short. */
int sock_option_number(const struct sock_option_value *value, int *ret_number);
/* Fill @value with @number, or with the @n bytes at @bytes, as far as there is room. 0, -EINVAL. */
int sock_option_give(struct sock_option_value *value, int number);
int sock_option_give_bytes(struct sock_option_value *value, const void *bytes, size_t n);

#endif
