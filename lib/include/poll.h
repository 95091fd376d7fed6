/* lib/include/poll.h: waiting for any of several descriptors. (lab 6) */
#ifndef LIB_POLL_H
#define LIB_POLL_H

#include <descriptor.h>

typedef unsigned nfds_t;

/* Waits until something holds of an entry, or for so long (negative: for ever). How many entries; 0: time is over. */
int poll(struct pollfd *fds, nfds_t n, int milliseconds);

#endif
