/* kern/core/cmdline.c: words name=value of the kernel's command line. (lab 1) */
#include <bootinfo.h>
#include <core/core.h>
#include <string.h>

static const char *skip_blanks(const char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	return p;
}

/* One past the word's end. A double quote keeps blanks together: run="echo a b". */
static const char *word_end(const char *p)
{
	bool quoted = false;

	for (; *p && (quoted || (*p != ' ' && *p != '\t')); p++)
		if (*p == '"')
			quoted = !quoted;
	return p;
}

static void copy_value(char *to, size_t size, const char *from, const char *end)
{
	for (; from < end; from++)
		if (*from != '"' && size > 1) {
			*to++ = *from;
			size--;
		}
	if (size)
		*to = 0;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

bool parse_u32(const char *text, unsigned base, uint32_t *value)
{
	uint64_t sum = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	if (!*text)
		return false;
	for (; *text; text++) {
		unsigned digit = digit_of(*text);

		if (digit >= base)
			return false;
		sum = sum * base + digit;
		if (sum >> 32)
			return false;
	}
	*value = sum;
	return true;
}

/*
 * From p on, the first word that begins with name; whole: and is named so. What follows the name, up to *end; NULL: there
 * is none such. Quotes may stand around a value or, as GRUB puts them, around the whole word: "run=echo a b".
 */
static const char *find(const char *p, const char *name, bool whole, const char **end)
{
	size_t n = strlen(name);

	for (p = skip_blanks(p); *p; p = skip_blanks(*end)) {
		*end = word_end(p);
		p += *p == '"';
		if ((size_t)(*end - p) < n || strncmp(p, name, n) != 0)
			continue;
		p += n;
		if (whole ? p == *end || *p == '=' : p < *end)
			return p;
	}
	return NULL;
}

/* The first word of that name counts. A word without "=" has the empty value. */
const char *cmdline_get(const char *name, char *buf, size_t size)
{
	const char *end, *p = find(bootinfo.cmdline, name, true, &end);

	if (!p)
		return NULL;
	copy_value(buf, size, p == end ? end : p + 1, end);
	return buf;
}

bool cmdline_next(const char *prefix, const char **at, char *buf, size_t size)
{
	const char *end, *p = find(*at ? *at : bootinfo.cmdline, prefix, false, &end);

	if (!p)
		return false;
	copy_value(buf, size, p, end);
	*at = end;
	return true;
}

unsigned long cmdline_number(const char *name, unsigned long otherwise)
{
	char buf[16];
	uint32_t value;

	if (!cmdline_get(name, buf, sizeof(buf)))
		return otherwise;
	if (!parse_u32(buf, 10, &value)) {
		printf("command line: %s=%s is no number; %lu is used\n", name, buf, otherwise);
		return otherwise;
	}
	return value;
}
