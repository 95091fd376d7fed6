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
 * The first word of that name counts. A word without "=" has the empty value. Quotes may stand around the value or,
 * as GRUB puts them, around the whole word: "run=echo a b".
 */
const char *cmdline_get(const char *name, char *buf, size_t size)
{
	size_t n = strlen(name);
	const char *end;

	for (const char *p = skip_blanks(bootinfo.cmdline); *p; p = skip_blanks(end)) {
		end = word_end(p);
		p += *p == '"';
		if ((size_t)(end - p) < n || strncmp(p, name, n) != 0)
			continue;
		if (p + n != end && p[n] != '=')
			continue;
		copy_value(buf, size, p + n == end ? end : p + n + 1, end);
		return buf;
	}
	return NULL;
}

bool cmdline_next(const char *prefix, const char **at, char *buf, size_t size)
{
	size_t n = strlen(prefix);
	const char *end;

	for (const char *p = skip_blanks(*at ? *at : bootinfo.cmdline); *p; p = skip_blanks(end)) {
		end = word_end(p);
		p += *p == '"';
		if ((size_t)(end - p) <= n || strncmp(p, prefix, n) != 0)
			continue;
		copy_value(buf, size, p + n, end);
		*at = end;
		return true;
	}
	return false;
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
