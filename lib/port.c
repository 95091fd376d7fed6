/* lib/port.c: ports, but for the calls that pass words in registers: those are in lib/<machine>/port.S. (lab 4) */
#include "call.h"
#include <ouros.h>

int port_failed(long error);

/* lib/<machine>/port.S: a message call has returned a negated error number. */
int port_failed(long error)
{
	return checked(error);
}

int port_create(int flags) { return CALL(port_create, flags, 0, 0); }
int port_right(int fd, uint32_t badge) { return fd < 0 ? checked(-EBADF) : CALL(port_right, fd, badge, 0); }
int port_answer(void) { return CALL(port_right, -1, 0, 0); }
int port_notify(int fd, uint32_t bits) { return CALL(port_notify, fd, bits, 0); }
int port_window(void *va, unsigned pages, uint32_t deadline) { return CALL(port_window, va, pages, deadline); }
