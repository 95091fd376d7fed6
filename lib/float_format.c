/* lib/float_format.c: doubles as text, correct to the last digit: %a %e %f %g. (lab 3)
 * A double is m * 2^e, so it has finitely many decimal digits: 2^-k = 5^k / 10^k. All of them are computed, then rounded
 * once, to nearest, ties to even. Only programs that print floating point have this (tools/floats.sh).
 */
#include "big.h"
#include <format.h>
#include <string.h>

#define ALL_DIGITS 776 /* 2^-1074 has 751 of them, its odd multiples up to 767 */
#define FRACTION_BITS 52
#define EXPONENT_MAX 0x7ff
#define BIAS 1075 /* of the exponent field, for a mantissa that is a whole number */
#define HEX_DIGITS 13

/* 0.d1 d2 d3 ... * 10^point. Past digit n all are zeros. */
struct digits {
	int point, n;
	char digit[ALL_DIGITS];
};

/* What goes out: prefix, whole digits, point, fraction, suffix. Places may lie outside the digits: there are zeros. */
struct layout {
	const char *prefix;
	int whole, whole_n;       /* first place, and how many */
	int fraction, fraction_n;
	char suffix[8];
};

static void put(struct format_out *out, const char *text, size_t n)
{
	if (n)
		out->put(out->arg, text, n);
	out->count += n;
}

static void put_fill(struct format_out *out, char c, int n)
{
	for (; n > 0; n--)
		put(out, &c, 1);
}

static void put_digits(struct format_out *out, const struct digits *d, int from, int n)
{
	for (; n > 0 && from < 0; n--, from++)
		put(out, "0", 1);
	if (n > 0 && from < d->n) {
		int part = n < d->n - from ? n : d->n - from;

		put(out, d->digit + from, part);
		n -= part;
	}
	put_fill(out, '0', n);
}

static void print_layout(struct format_out *out, const struct format_spec *spec, const struct digits *d,
	const struct layout *l)
{
	bool point = l->fraction_n > 0 || spec->alternate;
	int length = strlen(l->prefix) + l->whole_n + point + l->fraction_n + strlen(l->suffix);
	int pad = spec->width - length;

	if (!spec->left && !spec->zero)
		put_fill(out, ' ', pad);
	put(out, l->prefix, strlen(l->prefix));
	if (!spec->left && spec->zero)
		put_fill(out, '0', pad);
	put_digits(out, d, l->whole, l->whole_n);
	if (point)
		put(out, ".", 1);
	put_digits(out, d, l->fraction, l->fraction_n);
	put(out, l->suffix, strlen(l->suffix));
	if (spec->left)
		put_fill(out, ' ', pad);
}

/* All the digits of m * 2^e. */
static void decimal_digits(struct digits *d, uint64_t m, int e)
{
	struct big b;
	int k = 0, at = ALL_DIGITS;

	for (; m && e < 0 && !(m & 1); e++)
		m >>= 1;
	__big_set(&b, m);
	if (e < 0)
		__big_multiply_5(&b, k = -e);
	else
		__big_shift(&b, e);
	while (b.used) {
		uint32_t four = __big_divide_10000(&b);

		for (int i = 0; i < 4; i++, four /= 10)
			d->digit[--at] = '0' + four % 10;
	}
	while (at < ALL_DIGITS && d->digit[at] == '0')
		at++;
	d->n = ALL_DIGITS - at;
	d->point = m ? d->n - k : 1;
	memmove(d->digit, d->digit + at, d->n);
}

/* Is what follows the first keep digits more than half a unit of the last, or just half and that one odd? */
static bool rounds_up(const struct digits *d, int keep)
{
	if (d->digit[keep] != '5')
		return d->digit[keep] > '5';
	for (int i = keep + 1; i < d->n; i++)
		if (d->digit[i] != '0')
			return true;
	return keep > 0 && d->digit[keep - 1] & 1;
}

/* Keep so many digits; fewer than none: the number is too small to count. */
static void round_decimal(struct digits *d, int keep)
{
	if (keep >= d->n)
		return;
	bool up = keep >= 0 && rounds_up(d, keep);
	d->n = keep < 0 ? 0 : keep;
	if (!up)
		return;
	while (d->n && d->digit[d->n - 1] == '9')
		d->n--;
	if (d->n) {
		d->digit[d->n - 1]++;
	} else {
		d->digit[d->n++] = '1';
		d->point++;
	}
}

static void write_exponent(char *to, char letter, int exponent, int least)
{
	char text[4];
	int n = 0;
	unsigned rest = exponent < 0 ? -exponent : exponent;

	*to++ = letter;
	*to++ = exponent < 0 ? '-' : '+';
	for (; rest || n < least; rest /= 10)
		text[n++] = '0' + rest % 10;
	while (n)
		*to++ = text[--n];
	*to = 0;
}

static void lay_fixed(struct layout *l, const struct digits *d, int precision)
{
	l->whole = d->point > 0 ? 0 : -1; /* at least a zero */
	l->whole_n = d->point > 0 ? d->point : 1;
	l->fraction = d->point;
	l->fraction_n = precision;
}

static void lay_scientific(struct layout *l, const struct digits *d, int precision, char letter)
{
	l->whole_n = l->fraction = 1;
	l->fraction_n = precision;
	write_exponent(l->suffix, letter, d->n ? d->point - 1 : 0, 2);
}

/* %g: precision counts all digits; large and small exponents are written out; zeros at the end go. */
static void lay_general(struct layout *l, const struct digits *d, int precision, char letter, bool keep_zeros)
{
	int exponent = d->n ? d->point - 1 : 0, n = d->n;
	bool fixed = exponent >= -4 && exponent < precision;

	while (n && d->digit[n - 1] == '0')
		n--;
	if (!keep_zeros)
		precision = n;
	if (fixed)
		lay_fixed(l, d, precision > 1 + exponent ? precision - 1 - exponent : 0);
	else
		lay_scientific(l, d, precision > 0 ? precision - 1 : 0, letter);
}

static void format_decimal(struct format_out *out, const struct format_spec *spec, struct layout *l, uint64_t m, int e)
{
	int precision = spec->precision < 0 ? 6 : spec->precision;
	char letter = spec->conversion & 0x20 ? 'e' : 'E';
	struct digits d;

	decimal_digits(&d, m, e);
	switch (spec->conversion | 0x20) {
	case 'f':
		round_decimal(&d, d.point + precision);
		lay_fixed(l, &d, precision);
		break;
	case 'e':
		round_decimal(&d, precision + 1);
		lay_scientific(l, &d, precision, letter);
		break;
	default:
		precision = precision ? precision : 1;
		round_decimal(&d, precision);
		lay_general(l, &d, precision, letter, spec->alternate);
	}
	print_layout(out, spec, &d, l);
}

/* m: with its leading one. The first digit is what stands before the 52 bits of the fraction. */
static void format_hex(struct format_out *out, const struct format_spec *spec, struct layout *l, uint64_t m, int e)
{
	const char *alphabet = spec->conversion == 'a' ? "0123456789abcdef" : "0123456789ABCDEF";
	struct digits d = { .n = HEX_DIGITS + 1 };
	int precision = spec->precision < 0 ? HEX_DIGITS : spec->precision;
	int exponent = m ? e + FRACTION_BITS : 0;

	if (precision < HEX_DIGITS) { /* to nearest, ties to even */
		int cut = 4 * (HEX_DIGITS - precision);
		uint64_t half = 1ull << (cut - 1);

		m += half - 1 + (m >> cut & 1);
		m = m >> cut << cut;
	}
	for (int i = 0; i < d.n; i++)
		d.digit[i] = alphabet[m >> (FRACTION_BITS - 4 * i) & 15];
	while (spec->precision < 0 && precision && d.digit[precision] == '0')
		precision--;
	l->whole_n = l->fraction = 1;
	l->fraction_n = precision;
	write_exponent(l->suffix, spec->conversion == 'a' ? 'p' : 'P', exponent, 1);
	print_layout(out, spec, &d, l);
}

static void format_special(struct format_out *out, struct format_spec spec, const char *sign, bool nan)
{
	bool capitals = !(spec.conversion & 0x20);
	const char *text = nan ? capitals ? "NAN" : "nan" : capitals ? "INF" : "inf";

	format_number(out, &spec, sign, text, 3, 0);
}

void format_float(struct format_out *out, const struct format_spec *spec, struct format_args *args)
{
	static const char prefixes[] = "\0\0\0\0-\0\0\0+\0\0\0 \0\0\0" "0x\0\0-0x\0+0x\0 0x\0" "0X\0\0-0X\0+0X\0 0X\0";
	double value = spec->size > 8 ? (double)va_arg(args->list, long double) : va_arg(args->list, double);
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	bool hex = (spec->conversion | 0x20) == 'a';
	int exponent = bits >> FRACTION_BITS & EXPONENT_MAX;
	uint64_t m = bits & ((1ull << FRACTION_BITS) - 1);
	int sign = bits >> 63 ? 1 : spec->plus ? 2 : spec->space ? 3 : 0;
	struct layout l = { .prefix = prefixes + 4 * sign };

	if (exponent == EXPONENT_MAX) {
		format_special(out, *spec, l.prefix, m != 0);
		return;
	}
	if (exponent)
		m |= 1ull << FRACTION_BITS;
	else
		exponent = 1;
	if (hex) {
		l.prefix += spec->conversion == 'a' ? 16 : 32;
		format_hex(out, spec, &l, m, exponent - BIAS);
	} else {
		format_decimal(out, spec, &l, m, exponent - BIAS);
	}
}
