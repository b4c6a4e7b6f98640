#include "main/telnet_door.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "manage/manage.h"
#include "router/inner.h"
#include "router/router.h"

#define BACKLOG 16
#define RETRY_S 1

void telnet_door_init(struct telnet_door *door, struct router *router, struct consoles *consoles,
                      struct loop *loop, struct log *log, const char *program)
{
	*door = (struct telnet_door){ .router = router,
		                      .consoles = consoles,
		                      .loop = loop,
		                      .log = log,
		                      .program = program,
		                      .owner = { .service = "telnet" },
		                      .starts = rate_make(TELNET_STARTS_S, TELNET_STARTS_S),
		                      .again = mono_never() };
}

static struct services *services_of(const struct telnet_door *door)
{
	return &door->consoles->manage->services;
}

static const struct service *service_of(const struct telnet_door *door)
{
	return &services_of(door)->at[SERVICE_TELNET];
}

static struct service_status *status_of(const struct telnet_door *door)
{
	return &services_of(door)->status[SERVICE_TELNET];
}

/* --- where it listens --- */

static unsigned wanted_ifaces(const struct telnet_door *door, iface_id ids[IFACE_MAX])
{
	const struct service *service = service_of(door);
	const struct inner_lists lists = { services_of(door)->lan, services_of(door)->wan };

	if (!service->enabled)
		return 0;
	if (service->from.n == 0)
		return inner_ifaces(&door->router->net, &lists, ids);
	ids[0] = IFACE_NONE;
	return 1;
}

static void close_all(struct telnet_door *door)
{
	for (unsigned i = 0; i < door->listeners_n; i++)
		sock_close(door->listeners[i]);
	door->listeners_n = 0;
}

static int bind_there(const struct telnet_door *door, struct sock *sock, iface_id id)
{
	const struct sockaddr_in any = { .sin_family = AF_INET,
		                         .sin_port = htons(service_of(door)->port) };
	const struct iface *iface = iface_get_const(&door->router->net, id);
	const int yes = 1;
	int error = sock_option_set(sock, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);

	if (error == 0 && iface != NULL)
		error = sock_option_set(sock, SOL_SOCKET, SO_BINDTODEVICE, iface->name,
		                        (int)strlen(iface->name));
	if (error == 0)
		error = sock_bind(sock, &any, sizeof any);
	return error != 0 ? error : sock_listen(sock, BACKLOG);
}

static int listen_there(struct telnet_door *door, iface_id id)
{
	struct sock *sock;
	int error = sock_open(&door->router->host, AF_INET, SOCK_STREAM, 0, &sock);

	if (error != 0)
		return error;
	sock_own(sock, &door->owner);
	error = bind_there(door, sock, id);
	if (error != 0) {
		sock_close(sock);
		return error;
	}
	door->listening[door->listeners_n] = id;
	door->listeners[door->listeners_n++] = sock;
	return 0;
}

static bool listens_there(const struct telnet_door *door, const iface_id *ids, unsigned n)
{
	return door->port == service_of(door)->port && door->listeners_n == n &&
	       memcmp(door->listening, ids, n * sizeof ids[0]) == 0;
}

static void listen_anew(struct telnet_door *door, const iface_id *ids, unsigned n)
{
	int error = 0;

	close_all(door);
	door->port = service_of(door)->port;
	for (unsigned i = 0; i < n; i++) {
		int one = listen_there(door, ids[i]);

		error = one != 0 ? one : error;
	}
	if (error != 0 && error != status_of(door)->error)
		log_write(door->log, LOG_ERROR, "system", "telnet can't listen on port %u: %s",
		          door->port, strerror(-error));
	status_of(door)->error = error;
}

/* Once something has changed that may say otherwise than before where it is to listen. */
static void look_again(struct telnet_door *door)
{
	iface_id ids[IFACE_MAX];
	unsigned n;

	if (door->looked && door->version == services_of(door)->version &&
	    door->generation == door->router->net.generation && status_of(door)->error == 0)
		return;
	door->looked = true;
	door->version = services_of(door)->version;
	door->generation = door->router->net.generation;
	n = wanted_ifaces(door, ids);
	if (status_of(door)->error != 0 || !listens_there(door, ids, n))
		listen_anew(door, ids, n);
}

/* --- who comes --- */

static struct telnet_session *free_session(struct telnet_door *door)
{
	const struct service *service = service_of(door);
	unsigned most =
		service->max_sessions < CONSOLES_FAR_MAX ? service->max_sessions : CONSOLES_FAR_MAX;
	unsigned used = 0, strangers = 0;
	struct telnet_session *found = NULL;

	for (unsigned i = 0; i < CONSOLES_FAR_MAX; i++) {
		struct telnet_session *session = &door->sessions[i];

		if (telnet_session_is_free(session)) {
			found = session;
			continue;
		}
		used++;
		strangers += session->stage != TELNET_CONSOLE;
	}
	return used < most && strangers < (most + 1) / 2 ? found : NULL;
}

static void begin(struct telnet_door *door, struct telnet_session *session, struct sock *sock,
                  const struct sockaddr_in *addr, mono now)
{
	const struct ip_addr from = ip_addr_v4((ip4){ ntohl(addr->sin_addr.s_addr) });
	int error;

	if (!service_admits(&service_of(door)->from, &from)) {
		sock_close(sock);
		return;
	}
	error = telnet_session_start(session, door->consoles, door->loop, door->program, sock,
	                             &from, now);
	if (error != 0)
		log_write(door->log, LOG_ERROR, "system",
		          "the process for a telnet connection can't be started: %s",
		          strerror(-error));
}

/* Those who can't begin now wait where they are. False: none is waiting there. */
static bool accept_one(struct telnet_door *door, struct sock *listener, mono now)
{
	struct telnet_session *session = free_session(door);
	struct sockaddr_in addr = { 0 };
	struct sock *sock;
	int len = sizeof addr;

	if ((sock_poll(listener) & POLLIN) == 0)
		return false;
	if (session == NULL || !rate_take(&door->starts, now)) {
		door->again = mono_add_ms(now, 1000 / TELNET_STARTS_S);
		return false;
	}
	if (sock_accept(listener, &addr, &len, &sock) != 0)
		return false;
	begin(door, session, sock, &addr, now);
	return true;
}

void telnet_door_turn(struct telnet_door *door, mono now)
{
	uint32_t sessions = 0;

	look_again(door);
	door->again = status_of(door)->error != 0 ? mono_add_s(now, RETRY_S) : mono_never();
	for (unsigned i = 0; i < door->listeners_n; i++) {
		while (accept_one(door, door->listeners[i], now))
			continue;
	}
	for (unsigned i = 0; i < CONSOLES_FAR_MAX; i++) {
		telnet_session_turn(&door->sessions[i], now);
		sessions += !telnet_session_is_free(&door->sessions[i]);
	}
	status_of(door)->sessions = sessions;
}

mono telnet_door_next(const struct telnet_door *door)
{
	mono next = door->again;

	for (unsigned i = 0; i < CONSOLES_FAR_MAX; i++)
		next = mono_min(next, telnet_session_next(&door->sessions[i]));
	return next;
}

void telnet_door_stop(struct telnet_door *door, const char *why)
{
	if (door->router == NULL)
		return;
	close_all(door);
	for (unsigned i = 0; i < CONSOLES_FAR_MAX; i++) {
		telnet_session_bye(&door->sessions[i], why, door->consoles->manage->now);
		telnet_session_turn(&door->sessions[i], door->consoles->manage->now);
		telnet_session_stop(&door->sessions[i]);
	}
}
