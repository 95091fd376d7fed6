/* user/tr.c: puts other characters in their place, deletes or squeezes some: tr [-cds] set [set]. (lab 3)
 * A set: characters, ranges as a-z, \n \t \r \\, and [:alpha:] and its like.
 */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct set {
	int n;
	unsigned char at[1024];
};

static void add(struct set *s, int c)
{
	if (s->n == sizeof(s->at))
		errx(2, "a set has more than %zu characters", sizeof(s->at));
	s->at[s->n++] = c;
}

#define CLASS(name) { "[:" #name ":]", is_##name }
#define TEST(name) static int is_##name(int c) { return is##name(c) != 0; }
TEST(alpha) TEST(digit) TEST(alnum) TEST(upper) TEST(lower) TEST(space) TEST(blank) TEST(punct) TEST(print) TEST(cntrl) TEST(xdigit)
static const struct {
	const char *name;
	int (*has)(int c);
} classes[] = { CLASS(alpha), CLASS(digit), CLASS(alnum), CLASS(upper), CLASS(lower), CLASS(space), CLASS(blank), CLASS(punct),
	CLASS(print), CLASS(cntrl), CLASS(xdigit) };

/* Length of the class that p begins with, whose characters are added; 0: it is none. */
static size_t add_class(struct set *s, const char *p)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strncmp(p, classes[i].name, strlen(classes[i].name)) == 0) {
			for (int c = 0; c < 256; c++)
				if (classes[i].has(c))
					add(s, c);
			return strlen(classes[i].name);
		}
	return 0;
}

/* One character, perhaps behind a backslash. */
static int take(const char **p)
{
	static const char letters[] = "nrtabfv", means[] = "\n\r\t\a\b\f\v";
	const char *found;

	if (**p != '\\' || !(*p)[1])
		return (unsigned char)*(*p)++;
	(*p)++;
	found = strchr(letters, **p);
	return found ? (*p)++, means[found - letters] : (unsigned char)*(*p)++;
}

static void parse(struct set *s, const char *p)
{
	while (*p) {
		size_t n = add_class(s, p);

		p += n;
		if (n)
			continue;
		int from = take(&p), to = from;
		if (p[0] == '-' && p[1]) {
			p++;
			to = take(&p);
		}
		if (to < from)
			errx(2, "%c-%c: the range ends before it begins", from, to);
		for (; from <= to; from++)
			add(s, from);
	}
}

static struct set from, to, rest;
static bool in_from[256], in_last[256];
static unsigned char map[256];

int main(int argc, char **argv)
{
	bool complement = false, delete = false, squeeze = false;
	int c, last = EOF;

	while ((c = getopt(argc, argv, "cCds")) != -1) {
		complement |= c == 'c' || c == 'C';
		delete |= c == 'd';
		squeeze |= c == 's';
		if (c == '?')
			errx(2, "usage: tr [-cds] set [set]");
	}
	int sets = argc - optind;
	if (sets < 1 || sets > 2 || (sets == 1 && !delete && !squeeze))
		errx(2, "usage: tr [-cds] set [set]");
	parse(&from, argv[optind]);
	if (sets == 2)
		parse(&to, argv[optind + 1]);
	for (int i = 0; i < from.n; i++)
		in_from[from.at[i]] = true;
	for (int i = 0; complement && i < 256; i++)
		if (!(in_from[i] = !in_from[i]))
			continue;
		else
			add(&rest, i);
	const struct set *source = complement ? &rest : &from;
	for (int i = 0; i < 256; i++)
		map[i] = i;
	for (int i = 0; i < source->n && to.n && !delete; i++)
		map[source->at[i]] = to.at[i < to.n ? i : to.n - 1];
	for (int i = 0; sets == 2 ? i < to.n : i < source->n; i++)
		in_last[sets == 2 ? to.at[i] : source->at[i]] = true;
	while ((c = getchar()) != EOF) {
		if (delete && in_from[c])
			continue;
		c = map[c];
		if (!squeeze || c != last || !in_last[c])
			putchar(c);
		last = c;
	}
	return fflush(stdout) == EOF;
}
