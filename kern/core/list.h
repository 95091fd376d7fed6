/* kern/core/list.h: lists whose items know the pointer that points to them: any of them leaves at once. (lab 3) */
#ifndef KERN_CORE_LIST_H
#define KERN_CORE_LIST_H

/*
 * next and link are the names of two members of *item: the one behind it in its list, and where the pointer to it stands
 * (the list's first, or another's next). at: where the pointer to it shall stand. link is NULL: it is in no list.
 */
#define LIST_INSERT(at, item, next, link)                          \
	do {                                                       \
		(item)->link = (at);                               \
		(item)->next = *(item)->link;                      \
		if ((item)->next)                                  \
			(item)->next->link = &(item)->next;        \
		*(item)->link = (item);                            \
	} while (0)

#define LIST_REMOVE(item, next, link)                              \
	do {                                                       \
		*(item)->link = (item)->next;                      \
		if ((item)->next)                                  \
			(item)->next->link = (item)->link;         \
		(item)->link = NULL;                               \
	} while (0)

#endif
