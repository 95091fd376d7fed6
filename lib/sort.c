/* lib/sort.c: sorting by heap: in place, n log n whatever the order; and searching what is sorted. (lab 3) */
#include <stdlib.h>

typedef int (*compare_fn)(const void *, const void *);

static void swap(char *a, char *b, size_t size)
{
	while (size--) {
		char c = *a;

		*a++ = *b;
		*b++ = c;
	}
}

/* The element at `top` may be too small for its place in the heap base[0 .. n). */
static void sift(char *base, size_t top, size_t n, size_t size, compare_fn compare)
{
	for (size_t child; (child = 2 * top + 1) < n; top = child) {
		if (child + 1 < n && compare(base + child * size, base + (child + 1) * size) < 0)
			child++;
		if (compare(base + top * size, base + child * size) >= 0)
			return;
		swap(base + top * size, base + child * size, size);
	}
}

void qsort(void *base, size_t n, size_t size, compare_fn compare)
{
	for (size_t i = n / 2; i-- > 0;)
		sift(base, i, n, size, compare);
	for (size_t left = n; left-- > 1;) {
		swap(base, (char *)base + left * size, size);
		sift(base, 0, left, size, compare);
	}
}

void *bsearch(const void *key, const void *base, size_t n, size_t size, compare_fn compare)
{
	while (n > 0) {
		const char *middle = (const char *)base + n / 2 * size;
		int order = compare(key, middle);

		if (order == 0)
			return (void *)middle;
		if (order > 0) {
			base = middle + size;
			n -= n / 2 + 1;
		} else {
			n /= 2;
		}
	}
	return NULL;
}
