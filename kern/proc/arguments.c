/* kern/proc/arguments.c: a new program's arguments and environment, at the top of its first stack. (lab 3)
 *
 *   sp -> 0, argc, argv, envp                the i386 convention's return address and arguments; MIPS: room for four
 *         argv[0] .. argv[argc-1], NULL, envp[0] .. envp[envc-1], NULL
 *         the strings
 *         the first thread's block, at the end of the page (syscall.h)
 * Read straight from the calling program, into frames that are to be the stack's pages: there is no buffer between.
 */
#include <proc/proc.h>
#include <core/core.h>
#include <error.h>
#include <string.h>

/* Where the pointers begin in the first of the pages: so much stack is there that a small program needs no other page. */
#define BELOW 3072
_Static_assert(BELOW + ARG_MAX + THREAD_BLOCK <= ARG_PAGES * PAGE_SIZE, "ARG_MAX bytes have room");

struct block {
	struct stack_top *top;
	uint32_t size; /* how far the pages are filled */
	vaddr_t page;  /* of the calling program, read last; and where the kernel sees it. Most strings share one */
	const uint8_t *seen;
};

void arguments_drop(struct stack_top *top, unsigned from)
{
	while (top->pages > from)
		frame_unref(top->frame[--top->pages]);
}

static uint8_t *at(struct stack_top *top, uint32_t offset)
{
	return (uint8_t *)frame_ptr(top->frame[offset / PAGE_SIZE]) + offset % PAGE_SIZE;
}

/* What the program has at va, up to the end of the page. NULL: *error. */
static const void *source(struct block *b, vaddr_t va, int *error)
{
	*error = -EFAULT;
	if (va - b->page >= PAGE_SIZE) {
		b->page = ROUND_DOWN(va, PAGE_SIZE);
		b->seen = copy_source(b->page, error);
		if (!b->seen)
			b->page = KERNEL_BASE;
	}
	return b->seen ? b->seen + va % PAGE_SIZE : NULL;
}

static bool grow(struct stack_top *top)
{
	paddr_t pa = frame_alloc_zero(FRAME_USER);
	if (pa)
		top->frame[top->pages++] = pa;
	return pa != 0;
}

/* How many bytes fit where the block ends now, up to the end of the page. 0: none, *error says why. */
static inline uint32_t room(struct block *b, int *error)
{
	uint32_t left = BELOW + ARG_MAX - b->size;
	*error = left ? -ENOMEM : -E2BIG;
	if (left == 0 || (b->size >= b->top->pages * PAGE_SIZE && !grow(b->top)))
		return 0;
	return MIN(left, PAGE_SIZE - b->size % PAGE_SIZE);
}

/* The program's array of pointers, with the null one. How many there are before that, or a negated error. */
static int append_array(struct block *b, vaddr_t array)
{
	int error = -EFAULT, count = 0;
	const uint32_t *from;
	uint32_t fit;
	while (array % 4 == 0 && (from = source(b, array, &error)) && (fit = room(b, &error))) {
		uint32_t n = MIN(fit, PAGE_SIZE - array % PAGE_SIZE) / 4, i = 0;
		uint32_t *to = (uint32_t *)at(b->top, b->size);
		while (i < n && (to[i] = from[i]))
			i++;
		count += i;
		b->size += MIN(i + 1, n) * 4;
		if (i < n)
			return count;
		array += n * 4;
	}
	return error;
}

/* As many null pointers, and one more. Fresh frames are all zero. */
static int append_empty(struct block *b, int count)
{
	int error;
	for (int i = 0; i <= count; i++, b->size += 4)
		if (!room(b, &error))
			return error;
	return count;
}

/* Up to n characters, or to the string's end. 1: that was it; 0: it goes on; or a negated error. */
static int append(struct block *b, const char *from, uint32_t n)
{
	for (uint32_t i = 0; i < n;) { /* from itself stays: behind its page there may be no address */
		int error;
		uint32_t fit = room(b, &error), end = i + MIN(fit, n - i), begin = i;
		if (fit == 0)
			return error;
		char *to = (char *)at(b->top, b->size);
		do
			*to++ = from[i];
		while (from[i++] && i < end);
		b->size += i - begin;
		if (!from[i - 1])
			return 1;
	}
	return 0;
}

static int append_string(struct block *b, vaddr_t s)
{
	for (;;) {
		int error;
		const char *from = source(b, s, &error);
		if (from)
			error = append(b, from, PAGE_SIZE - s % PAGE_SIZE);
		if (error)
			return MIN(error, 0);
		s = ROUND_DOWN(s, PAGE_SIZE) + PAGE_SIZE;
	}
}

/* For each of the pointers from offset `first` on the string that it names, or the next of *own. They become offsets. */
static int append_strings(struct block *b, uint32_t first, int count, const char **own)
{
	int error = 0;
	for (int i = 0; i < count && error >= 0; i++) {
		uint32_t *pointer = (uint32_t *)at(b->top, first + i * 4), from = *pointer;
		*pointer = b->size;
		if (from) {
			error = append_string(b, from);
		} else {
			error = append(b, *own, UINT32_MAX);
			*own += strlen(*own) + 1;
		}
	}
	return MIN(error, 0);
}

static void make_addresses(struct stack_top *top, uint32_t first, int count, vaddr_t base)
{
	for (int i = 0; i < count; i++)
		*(uint32_t *)at(top, first + i * 4) += base;
}

/* The end of the last page; of one more, if the strings reach into it. */
static int add_thread_block(struct block *b)
{
	if (b->size > b->top->pages * PAGE_SIZE - THREAD_BLOCK && !grow(b->top))
		return -ENOMEM;
	*(uint32_t *)at(b->top, b->top->pages * PAGE_SIZE - THREAD_BLOCK) = UTOP - THREAD_BLOCK;
	return 0;
}

/* => the block is empty. */
static int build(struct block *b, const struct arguments *args, struct start *start)
{
	const char *own = args->strings;
	b->size = BELOW;
	int argc = args->argv ? append_array(b, args->argv) : append_empty(b, args->argc);
	if (argc < 0)
		return argc;
	uint32_t envp = b->size;
	int envc = args->envp ? append_array(b, args->envp) : append_empty(b, args->envc);
	if (envc < 0)
		return envc;
	int error = append_strings(b, BELOW, argc, &own);
	if (!error)
		error = append_strings(b, envp, envc, &own);
	if (!error)
		error = add_thread_block(b);
	if (error)
		return error;
	vaddr_t base = UTOP - b->top->pages * PAGE_SIZE;
	make_addresses(b->top, BELOW, argc, base);
	make_addresses(b->top, envp, envc, base);
	start->sp = base + BELOW - 16;
	start->argv = base + BELOW;
	start->argc = argc;
	memcpy(at(b->top, BELOW - 16), (uint32_t[]){ 0, argc, start->argv, base + envp }, 16);
	return 0;
}

int arguments_build(struct stack_top *top, const struct arguments *args, struct start *start)
{
	top->pages = 0;
	int error = build(&(struct block){ .top = top, .page = KERNEL_BASE }, args, start);
	if (error)
		arguments_drop(top, 0);
	return error;
}

/* Behind the strings, which end at end, if there is room. Where they end then. */
static char *add_string(char *end, const char *limit, const char *string)
{
	return end + strlen(string) < limit ? end + strlcpy(end, string, limit - end) + 1 : end;
}

int environment_first(char *to, size_t size)
{
	static const struct {
		const char *word, *string;
	} defaults[] = { { "env.PATH", "PATH=/bin" }, { "env.HOME", "HOME=/" }, { "env.TERM", "TERM=vt100" } };
	char variable[BOOT_CMDLINE_MAX], *end = to;
	const char *word = NULL;
	int count = 0;
	while (cmdline_next("env.", &word, variable, sizeof(variable)))
		end = add_string(end, to + size, variable);
	for (unsigned i = 0; i < ARRAY_LEN(defaults); i++)
		if (!cmdline_get(defaults[i].word, variable, sizeof(variable)))
			end = add_string(end, to + size, defaults[i].string);
	for (const char *s = to; s < end; s += strlen(s) + 1)
		count++;
	return count;
}
