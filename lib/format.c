/* lib/format.c: the formatter behind printf, shared by the kernel and programs. Floats stand elsewhere. (lab 1) */
#include <format.h>
#include <stdint.h>
#include <string.h>

#define DIGITS_MAX 22 /* 2^64 - 1 in octal */

static void emit(struct format_out *out, const char *text, size_t n)
{
	if (n)
		out->put(out->arg, text, n);
	out->count += n;
}

static void emit_fill(struct format_out *out, char c, int n)
{
	static const char blanks[] = "                ", zeros[] = "0000000000000000";

	for (; n > 0; n -= 16)
		emit(out, c == '0' ? zeros : blanks, n < 16 ? n : 16);
}

void format_number(struct format_out *out, const struct format_spec *spec, const char *prefix, const char *digits,
	size_t n, int zeros)
{
	size_t prefix_length = strlen(prefix);
	int pad = spec->width - (int)(prefix_length + n) - zeros;

	if (!spec->left)
		emit_fill(out, ' ', pad);
	emit(out, prefix, prefix_length);
	emit_fill(out, '0', zeros);
	emit(out, digits, n);
	if (spec->left)
		emit_fill(out, ' ', pad);
}

static void emit_string(struct format_out *out, const struct format_spec *spec, const char *s)
{
	size_t n;

	if (!s)
		s = "(null)";
	n = spec->precision < 0 ? strlen(s) : strnlen(s, spec->precision);
	format_number(out, spec, "", s, n, 0);
}

/* Digits of value, from the end of a buffer forwards; returns where they start. Nothing for 0. */
static char *digits_of(char *end, uint64_t value, unsigned base, bool capitals)
{
	const char *alphabet = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
	uint32_t low;

	for (; value >> 32; value /= base) /* 64-bit division is slow here: only while it is needed */
		*--end = alphabet[value % base];
	for (low = value; low; low /= base)
		*--end = alphabet[low % base];
	return end;
}

static unsigned base_of(char conversion)
{
	return conversion == 'o' ? 8 : conversion == 'x' || conversion == 'X' || conversion == 'p' ? 16 : 10;
}

static void emit_integer(struct format_out *out, const struct format_spec *spec, uint64_t value, const char *sign)
{
	char buf[DIGITS_MAX], *end = buf + DIGITS_MAX;
	char *start = digits_of(end, value, base_of(spec->conversion), spec->conversion == 'X');
	int n = end - start, zeros = spec->precision < 0 ? !n : spec->precision - n;

	if (spec->alternate && spec->conversion == 'o' && zeros <= 0)
		zeros = 1;
	if (spec->alternate && base_of(spec->conversion) == 16 && value)
		sign = spec->conversion == 'X' ? "0X" : "0x";
	if (spec->zero && !spec->left && spec->precision < 0 && spec->width - n - (int)strlen(sign) > zeros)
		zeros = spec->width - n - (int)strlen(sign);
	format_number(out, spec, sign, start, n, zeros > 0 ? zeros : 0);
}

static int64_t signed_arg(const struct format_spec *spec, struct format_args *args)
{
	switch (spec->size) {
	case 1: return (signed char)va_arg(args->list, int);
	case 2: return (short)va_arg(args->list, int);
	case 8: return va_arg(args->list, int64_t);
	default: return va_arg(args->list, int);
	}
}

static uint64_t unsigned_arg(const struct format_spec *spec, struct format_args *args)
{
	switch (spec->size) {
	case 1: return (unsigned char)va_arg(args->list, unsigned);
	case 2: return (unsigned short)va_arg(args->list, unsigned);
	case 8: return va_arg(args->list, uint64_t);
	default: return va_arg(args->list, unsigned);
	}
}

static void emit_signed(struct format_out *out, const struct format_spec *spec, int64_t value)
{
	const char *sign = value < 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "";

	emit_integer(out, spec, value < 0 ? -(uint64_t)value : (uint64_t)value, sign);
}

static void emit_pointer(struct format_out *out, struct format_spec *spec, const void *p)
{
	spec->alternate = true;
	if (p)
		emit_integer(out, spec, (uintptr_t)p, "");
	else
		format_number(out, spec, "", "0x0", 3, 0);
}

static void emit_char(struct format_out *out, const struct format_spec *spec, char c)
{
	format_number(out, spec, "", &c, 1, 0);
}

static void emit_float(struct format_out *out, const struct format_spec *spec, struct format_args *args)
{
	if (format_float) {
		format_float(out, spec, args);
	} else {
		(void)va_arg(args->list, uint64_t); /* keep in step: a double is as wide */
		emit(out, "(float)", 7);
	}
}

/* False: there is no such conversion. */
static bool convert(struct format_out *out, struct format_spec *spec, struct format_args *args)
{
	switch (spec->conversion) {
	case 'd':
	case 'i': emit_signed(out, spec, signed_arg(spec, args)); return true;
	case 'u':
	case 'x':
	case 'X':
	case 'o': emit_integer(out, spec, unsigned_arg(spec, args), ""); return true;
	case 'c': emit_char(out, spec, va_arg(args->list, int)); return true;
	case 's': emit_string(out, spec, va_arg(args->list, const char *)); return true;
	case 'p': emit_pointer(out, spec, va_arg(args->list, const void *)); return true;
	case '%': emit(out, "%", 1); return true;
	case 'a': case 'A': case 'e': case 'E': case 'f': case 'F': case 'g': case 'G':
		emit_float(out, spec, args);
		return true;
	default: return false;
	}
}

static const char *parse_flags(const char *p, struct format_spec *spec)
{
	for (;; p++) {
		switch (*p) {
		case '-': spec->left = true; break;
		case '0': spec->zero = true; break;
		case '+': spec->plus = true; break;
		case ' ': spec->space = true; break;
		case '#': spec->alternate = true; break;
		default: return p;
		}
	}
}

/* A decimal number, or * for one from the arguments. */
static const char *parse_number(const char *p, int *value, struct format_args *args)
{
	*value = 0;
	if (*p == '*') {
		*value = va_arg(args->list, int);
		return p + 1;
	}
	for (; *p >= '0' && *p <= '9'; p++)
		if (*value < 100000000)
			*value = *value * 10 + (*p - '0');
	return p;
}

static const char *parse_length(const char *p, struct format_spec *spec)
{
	spec->size = sizeof(int);
	switch (*p) {
	case 'h': spec->size = p[1] == 'h' ? 1 : 2; break;
	case 'l': spec->size = p[1] == 'l' ? sizeof(long long) : sizeof(long); break;
	case 'j': spec->size = sizeof(intmax_t); break;
	case 'z': spec->size = sizeof(size_t); break;
	case 't': spec->size = sizeof(ptrdiff_t); break;
	case 'L': spec->size = FORMAT_LONG_DOUBLE; break;
	default: return p;
	}
	return p + (p[1] == p[0] && (*p == 'h' || *p == 'l') ? 2 : 1);
}

/* p: behind the percent sign. Returns where the conversion character stands. */
static const char *parse_spec(const char *p, struct format_spec *spec, struct format_args *args)
{
	*spec = (struct format_spec){ .precision = -1 };
	p = parse_flags(p, spec);
	p = parse_number(p, &spec->width, args);
	if (spec->width < 0) {
		spec->left = true;
		spec->width = -spec->width;
	}
	if (*p == '.')
		p = parse_number(p + 1, &spec->precision, args);
	p = parse_length(p, spec);
	spec->conversion = *p;
	return p;
}

static void format_all(struct format_out *out, const char *p, struct format_args *args)
{
	struct format_spec spec;
	const char *text;

	for (;;) {
		for (text = p; *p && *p != '%'; p++)
			;
		emit(out, text, p - text);
		if (!*p)
			return;
		text = p;
		p = parse_spec(p + 1, &spec, args);
		if (!*p || !convert(out, &spec, args))
			emit(out, text, p - text + !!*p);
		if (*p)
			p++;
	}
}

int format(format_put put, void *arg, const char *fmt, va_list ap)
{
	struct format_out out = { put, arg, 0 };
	struct format_args args;

	va_copy(args.list, ap);
	format_all(&out, fmt, &args);
	va_end(args.list);
	return out.count;
}

struct buffer {
	char *at;
	size_t room; /* without the NUL */
};

static void buffer_put(void *arg, const char *text, size_t n)
{
	struct buffer *b = arg;

	if (n > b->room)
		n = b->room;
	memcpy(b->at, text, n);
	b->at += n;
	b->room -= n;
}

int format_buffer(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct buffer b = { buf, size ? size - 1 : 0 };
	int count = format(buffer_put, &b, fmt, ap);

	if (size)
		*b.at = 0;
	return count;
}
