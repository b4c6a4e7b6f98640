#include <dlfcn.h>
#include <errno.h>

#include "shim/shim.h"

/* dlsym() gives an object's address for a function's. */
#define FIND(name) *(void **)&calls.name = dlsym(RTLD_NEXT, #name)

static struct real calls;
static int found;

static void find_all(void)
{
	FIND(socket), FIND(connect), FIND(bind), FIND(listen), FIND(accept4);
	FIND(getsockname), FIND(getpeername), FIND(getsockopt), FIND(setsockopt), FIND(shutdown);
	FIND(send), FIND(sendto), FIND(sendmsg), FIND(sendmmsg);
	FIND(recv), FIND(recvfrom), FIND(recvmsg), FIND(recvmmsg);
	FIND(read), FIND(readv), FIND(write), FIND(writev);
	FIND(close), FIND(dup), FIND(dup2), FIND(dup3), FIND(fcntl), FIND(ioctl);
	FIND(getaddrinfo), FIND(getnameinfo);
}

/* Other libraries' constructors may come before ours. Two threads that find them at once find the
 * same. */
const struct real *real(void)
{
	if (!__atomic_load_n(&found, __ATOMIC_ACQUIRE)) {
		find_all();
		__atomic_store_n(&found, 1, __ATOMIC_RELEASE);
	}
	return &calls;
}

int failed(int error)
{
	errno = error < 0 ? -error : error;
	return -1;
}
