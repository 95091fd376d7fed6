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

/* [helpers of lab 1] Your own functions for this file. */
/* [end of helpers] */

void format_number(struct format_out *out, const struct format_spec *spec, const char *prefix, const char *digits,
	size_t n, int zeros)
{
	/*
	 * [lab 1.2, 3 points] Emit prefix, then so many zeros (none if negative), then the n characters at digits; and as
	 * many blanks as it takes to fill spec->width, before all that, or after it if spec->left.
	 */
	size_t prefix_length = strlen(prefix);
	int pad = spec->width - (int)(prefix_length + n) - zeros;

	if (!spec->left)
		emit_fill(out, ' ', pad);
	emit(out, prefix, prefix_length);
	emit_fill(out, '0', zeros);
	emit(out, digits, n);
	if (spec->left)
		emit_fill(out, ' ', pad);
	/* [end of lab 1.2] */
}

static void emit_string(struct format_out *out, const struct format_spec *spec, const char *s)
{
	/*
	 * [lab 1.2, 2 points] The string in its field; at most spec->precision characters of it, if that is not negative:
	 * then s need not end with a 0 byte, so don't look further. NULL prints as (null).
	 */
	size_t n;

	if (!s)
		s = "(null)";
	n = spec->precision < 0 ? strlen(s) : strnlen(s, spec->precision);
	format_number(out, spec, "", s, n, 0);
	/* [end of lab 1.2] */
}

/* Digits of value, from the end of a buffer forwards; returns where they start. Nothing for 0. */
static char *digits_of(char *end, uint64_t value, unsigned base, bool capitals)
{
	/*
	 * [lab 1.2, 2 points] Write value's digits in this base, the last one right before end, and return where the
	 * first one stands: end itself for 0. A 64-bit division is slow on both machines: divide 32-bit numbers where it
	 * can be done.
	 */
	const char *alphabet = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
	uint32_t low;

	for (; value >> 32; value /= base) /* 64-bit division is slow here: only while it is needed */
		*--end = alphabet[value % base];
	for (low = value; low; low /= base)
		*--end = alphabet[low % base];
	return end;
	/* [end of lab 1.2] */
}

static unsigned base_of(char conversion)
{
	return conversion == 'o' ? 8 : conversion == 'x' || conversion == 'X' || conversion == 'p' ? 16 : 10;
}

static void emit_integer(struct format_out *out, const struct format_spec *spec, uint64_t value, const char *sign)
{
	/*
	 * [lab 1.2, 4 points] value, without its sign, in its field by format_number(). A precision is the least number
	 * of digits; without one it is 1. The flag 0 fills the width with zeros instead of blanks, behind the sign, but not
	 * beside the flag - or a precision. The flag # makes an octal number begin with 0, and puts 0x or 0X before a
	 * hexadecimal one that is not 0.
	 */
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
	/* [end of lab 1.2] */
}

static int64_t signed_arg(const struct format_spec *spec, struct format_args *args)
{
	/*
	 * [lab 1.2, 1 point] The next argument, of spec->size bytes: 1, 2, 4 or 8. Smaller ones than int travel as int.
	 */
	switch (spec->size) {
	case 1: return (signed char)va_arg(args->list, int);
	case 2: return (short)va_arg(args->list, int);
	case 8: return va_arg(args->list, int64_t);
	default: return va_arg(args->list, int);
	}
	/* [end of lab 1.2] */
}

static uint64_t unsigned_arg(const struct format_spec *spec, struct format_args *args)
{
	/*
	 * [lab 1.2, 1 point] The same without a sign.
	 */
	switch (spec->size) {
	case 1: return (unsigned char)va_arg(args->list, unsigned);
	case 2: return (unsigned short)va_arg(args->list, unsigned);
	case 8: return va_arg(args->list, uint64_t);
	default: return va_arg(args->list, unsigned);
	}
	/* [end of lab 1.2] */
}

static void emit_signed(struct format_out *out, const struct format_spec *spec, int64_t value)
{
	/*
	 * [lab 1.2, 1 point] By emit_integer(). The flag + gives numbers that are not negative a sign, too; the flag
	 * blank a blank in its place, if there is no +. The most negative number has no positive counterpart.
	 */
	const char *sign = value < 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "";

	emit_integer(out, spec, value < 0 ? -(uint64_t)value : (uint64_t)value, sign);
	/* [end of lab 1.2] */
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
	/*
	 * [lab 1.2, 1 point] Any number of the characters - 0 + blank #, in any order. Returns where they end.
	 */
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
	/* [end of lab 1.2] */
}

/* A decimal number, or * for one from the arguments. */
static const char *parse_number(const char *p, int *value, struct format_args *args)
{
	/*
	 * [lab 1.2, 2 points] Set *value, 0 if there is no digit; return what follows. However many digits there are,
	 * nothing may overflow.
	 */
	*value = 0;
	if (*p == '*') {
		*value = va_arg(args->list, int);
		return p + 1;
	}
	for (; *p >= '0' && *p <= '9'; p++)
		if (*value < 100000000)
			*value = *value * 10 + (*p - '0');
	return p;
	/* [end of lab 1.2] */
}

static const char *parse_size(const char *p, struct format_spec *spec)
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
	/*
	 * [lab 1.2, 2 points] Fill in spec: flags, width, precision, length, conversion, in this order. There is a
	 * precision if there is a point, 0 if nothing follows it. A negative width (from *) is the flag - and a positive one;
	 * a negative precision is none.
	 */
	*spec = (struct format_spec){ .precision = -1 };
	p = parse_flags(p, spec);
	p = parse_number(p, &spec->width, args);
	if (spec->width < 0) {
		spec->left = true;
		spec->width = -spec->width;
	}
	if (*p == '.')
		p = parse_number(p + 1, &spec->precision, args);
	p = parse_size(p, spec);
	spec->conversion = *p;
	return p;
	/* [end of lab 1.2] */
}

static void format_all(struct format_out *out, const char *p, struct format_args *args)
{
	/*
	 * [lab 1.2, 3 points] Emit the text between conversions as it is, each conversion by parse_spec() and convert().
	 * A conversion that is not known goes out as it was written, and so does one that the string's end cuts off.
	 */
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
	/* [end of lab 1.2] */
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
	/*
	 * [lab 1.2, 2 points] Append the n characters at text to the buffer, as far as there is room, and keep its two
	 * fields true.
	 */
	if (n > b->room)
		n = b->room;
	memcpy(b->at, text, n);
	b->at += n;
	b->room -= n;
	/* [end of lab 1.2] */
}

int format_buffer(char *buf, size_t size, const char *fmt, va_list ap)
{
	/*
	 * [lab 1.2, 1 point] As the header has it: by format() and buffer_put(). With size 0 nothing may be written.
	 */
	struct buffer b = { buf, size ? size - 1 : 0 };
	int count = format(buffer_put, &b, fmt, ap);

	if (size)
		*b.at = 0;
	return count;
	/* [end of lab 1.2] */
}
