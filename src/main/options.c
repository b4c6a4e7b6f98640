#include "main/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/text.h"
#include "main/argument.h"
#include "os/afpacket.h"
#include "os/console_proto.h"

#define PORT_EXAMPLE "ether1=eth0"

/* Always false, so that a check can end in it. */
static bool refuse(struct text *why, const char *format, ...) PRINTF_LIKE(2, 3);

static bool refuse(struct text *why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_vprintf(why, format, args);
	va_end(args);
	return false;
}

static bool parse_slots(const char *value, size_t len, unsigned *ret_slots, struct text *why)
{
	uint64_t slots;

	if (!text_to_u64(value, len, &slots) || slots < AFPACKET_SLOTS_MIN ||
	    slots > AFPACKET_SLOTS_MAX)
		return refuse(why, "the option --port: slots=%.*s is not a number from %d to %d",
		              (int)len, value, AFPACKET_SLOTS_MIN, AFPACKET_SLOTS_MAX);
	*ret_slots = (unsigned)slots;
	return true;
}

static bool is_word(const char *piece, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(piece, word, len) == 0;
}

static bool starts_with(const char *piece, size_t len, const char *start)
{
	return len >= strlen(start) && memcmp(piece, start, strlen(start)) == 0;
}

static bool parse_driver(const char *value, size_t len, enum options_driver *ret_driver,
                         struct text *why)
{
	if (is_word(value, len, "packet"))
		*ret_driver = DRIVER_PACKET;
	else if (is_word(value, len, "tap"))
		*ret_driver = DRIVER_TAP;
	else if (is_word(value, len, "xdp"))
		return refuse(why, "the option --port: the driver xdp is not part of this version; "
		                   "packet does the same, more slowly");
	else
		return refuse(why,
		              "the option --port: there is no driver \"%.*s\"; it can be packet "
		              "or tap",
		              (int)len, value);
	return true;
}

/* One of the pieces after the interface's name. */
static bool parse_detail(const char *piece, size_t len, struct options_port *port, struct text *why)
{
	if (is_word(piece, len, "promiscuous")) {
		port->promiscuous = true;
		return true;
	}
	if (is_word(piece, len, "keep")) {
		port->keep_address = true;
		return true;
	}
	if (is_word(piece, len, "persistent")) {
		port->persistent = true;
		return true;
	}
	if (starts_with(piece, len, "slots="))
		return parse_slots(piece + 6, len - 6, &port->slots, why);
	if (starts_with(piece, len, "driver="))
		return parse_driver(piece + 7, len - 7, &port->driver, why);
	return refuse(
		why,
		"the option --port: \"%.*s\" means nothing here; after the interface may follow "
		"driver=packet, slots=N, promiscuous or keep, or driver=tap and persistent",
		(int)len, piece);
}

/* What one driver knows means nothing to the other. */
static bool details_agree(const struct options_port *port, struct text *why)
{
	bool tap = port->driver == DRIVER_TAP;
	const char *odd = NULL;

	if (tap && port->slots != 0)
		odd = "slots=N";
	else if (tap && port->promiscuous)
		odd = "promiscuous";
	else if (tap && port->keep_address)
		odd = "keep";
	else if (!tap && port->persistent)
		odd = "persistent";
	return odd == NULL ||
	       refuse(why, "the option --port: %s means nothing with driver=%s; leave it out", odd,
	              tap ? "tap" : "packet");
}

static bool parse_details(const char *at, struct options_port *port, struct text *why)
{
	while (*at == ',') {
		size_t len = strcspn(at + 1, ",");

		if (!parse_detail(at + 1, len, port, why))
			return false;
		at += 1 + len;
	}
	return details_agree(port, why);
}

static bool copy_name(const char *from, size_t len, char to[OPTIONS_NAME_BYTES])
{
	if (len >= OPTIONS_NAME_BYTES)
		return false;
	memcpy(to, from, len);
	to[len] = '\0';
	return netdev_name_is_plain(to);
}

static bool port_is_new(const struct options *options, const struct options_port *port,
                        struct text *why)
{
	for (unsigned i = 0; i < options->nports; i++) {
		const struct options_port *other = &options->ports[i];

		if (strcmp(other->name, port->name) == 0)
			return refuse(why,
			              "the option --port: there are two ports called %s; give each "
			              "its own name",
			              port->name);
		if (strcmp(other->iface, port->iface) == 0)
			return refuse(why,
			              "the option --port: %s and %s are both on the interface %s; "
			              "an interface can be one port only",
			              other->name, port->name, port->iface);
	}
	return true;
}

static bool parse_port(const char *value, struct options *options, struct text *why)
{
	struct options_port port = { 0 };
	size_t name_len = strcspn(value, "=,");
	const char *iface = value + name_len + 1;

	if (value[name_len] != '=')
		return refuse(why,
		              "the option --port: \"%s\" does not say which interface it is on; "
		              "write NAME=INTERFACE, as in --port " PORT_EXAMPLE,
		              value);

	size_t iface_len = strcspn(iface, ",");

	/* Without a letter it would look like an address where a gateway may be an interface. */
	if (!copy_name(value, name_len, port.name) ||
	    port.name[strspn(port.name, "0123456789.")] == '\0')
		return refuse(why,
		              "the option --port: \"%.*s\" can't be a port's name; it has 1 to 15 "
		              "letters, digits, dots, dashes or underscores, not only digits, as "
		              "in ether1",
		              (int)name_len, value);
	if (!copy_name(iface, iface_len, port.iface))
		return refuse(
			why,
			"the option --port: \"%.*s\" can't be an interface; its name has 1 to "
			"15 letters, digits, dots, dashes or underscores, as in eth0",
			(int)iface_len, iface);
	if (!parse_details(iface + iface_len, &port, why) || !port_is_new(options, &port, why))
		return false;
	if (options->nports == OPTIONS_PORTS_MAX)
		return refuse(why, "the option --port: there can be %d ports", OPTIONS_PORTS_MAX);
	options->ports[options->nports++] = port;
	return true;
}

static bool parse_path(const char *option, const char *value, char *to, struct text *why)
{
	size_t len = strlen(value);

	if (len == 0)
		return refuse(why, "the option %s needs a path, not an empty word", option);
	if (len >= OPTIONS_PATH_BYTES)
		return refuse(why, "the option %s: the path is longer than %d bytes", option,
		              OPTIONS_PATH_BYTES - 1);
	memcpy(to, value, len + 1);
	return true;
}

static bool parse_log_level(const char *value, enum log_level *ret_level, struct text *why)
{
	for (int level = LOG_DEBUG; level <= LOG_CRITICAL; level++) {
		if (strcmp(value, log_level_word((enum log_level)level)) == 0) {
			*ret_level = (enum log_level)level;
			return true;
		}
	}
	return refuse(why,
	              "the option --log-level: \"%s\" is not a level; it is one of debug, info, "
	              "warning, error and critical",
	              value);
}

enum with_value {
	OPTION_PORT,
	OPTION_STORE,
	OPTION_SOCKET,
	OPTION_PCAP,
	OPTION_LOG_LEVEL,
	OPTION_COUNT,
};

static const struct {
	const char *name, *example;
} with_values[OPTION_COUNT] = {
	[OPTION_PORT] = { "--port", PORT_EXAMPLE },
	[OPTION_STORE] = { "--store", "/var/lib/towpath" },
	[OPTION_SOCKET] = { "--socket", "/run/towpath/console.sock" },
	[OPTION_PCAP] = { "--pcap", "frames.pcapng" },
	[OPTION_LOG_LEVEL] = { "--log-level", "warning" },
};

static bool take_value(enum with_value option, const char *value, struct options *options,
                       struct text *why)
{
	const char *name = with_values[option].name;

	switch (option) {
	case OPTION_PORT:
		return parse_port(value, options, why);
	case OPTION_STORE:
		return parse_path(name, value, options->store, why);
	case OPTION_SOCKET:
		return parse_path(name, value, options->socket, why);
	case OPTION_PCAP:
		return parse_path(name, value, options->pcap, why);
	case OPTION_LOG_LEVEL:
		return parse_log_level(value, &options->log_level, why);
	case OPTION_COUNT:
		break;
	}
	return false;
}

static bool take_option(struct arguments *arguments, struct options *options, struct text *why)
{
	const char *value;

	if (argument_flag(arguments, "--help") || argument_flag(arguments, "-h")) {
		options->help = true;
		return true;
	}
	if (argument_flag(arguments, "--version")) {
		options->version = true;
		return true;
	}
	if (argument_flag(arguments, "--no-defaults")) {
		options->no_defaults = true;
		return true;
	}
	for (int i = 0; i < OPTION_COUNT; i++) {
		switch (argument_value(arguments, with_values[i].name, with_values[i].example,
		                       &value, why)) {
		case ARGUMENT_OTHER:
			break;
		case ARGUMENT_TAKEN:
			return take_value((enum with_value)i, value, options, why);
		case ARGUMENT_INCOMPLETE:
			return false;
		}
	}
	return refuse(why, "there is no option \"%s\"; towpathd --help lists those there are",
	              arguments->words[0]);
}

static bool default_store(char *to, size_t size)
{
	const char *state = secure_getenv("XDG_STATE_HOME");
	const char *home = secure_getenv("HOME");
	int len = -1;

	if (geteuid() == 0)
		len = snprintf(to, size, "/var/lib/towpath");
	else if (state != NULL && state[0] == '/')
		len = snprintf(to, size, "%s/towpath", state);
	else if (home != NULL && home[0] == '/')
		len = snprintf(to, size, "%s/.local/state/towpath", home);
	return len > 0 && (size_t)len < size;
}

static bool fill_defaults(struct options *options, struct text *why)
{
	if (options->store[0] == '\0' && !default_store(options->store, sizeof options->store))
		return refuse(why,
		              "the option --store is needed: $HOME does not say where your files "
		              "are; write --store DIR");
	if (options->socket[0] == '\0' &&
	    !console_default_path(options->socket, sizeof options->socket))
		return refuse(why, "the option --socket is needed: $XDG_RUNTIME_DIR is too long");
	return true;
}

bool options_parse(char *const argv[], struct options *ret_options, struct text *why)
{
	struct arguments arguments = { argv[0] != NULL ? argv + 1 : argv };
	struct options options = { .log_level = LOG_INFO };

	while (arguments.words[0] != NULL) {
		if (!take_option(&arguments, &options, why))
			return false;
	}
	if (!options.help && !options.version && !fill_defaults(&options, why))
		return false;
	*ret_options = options;
	return true;
}
