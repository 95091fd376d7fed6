/* lib/test_scan.c: host test: formatted input against the host's sscanf. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define scanf our_scanf
#define fscanf our_fscanf
#define sscanf our_sscanf
#define vscanf our_vscanf
#define vfscanf our_vfscanf
#define vsscanf our_vsscanf
#include "scan.c"
#include "float_scan.c"
#undef sscanf
#undef fscanf
int sscanf(const char *text, const char *fmt, ...);
int fscanf(FILE *f, const char *fmt, ...);

#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static unsigned failures, checks;
#define ROOM 64 /* bytes behind each pointer */

/* Three conversions at most: results, and every byte that was or was not stored. */
static void try(const char *text, const char *fmt)
{
	static char a[3][ROOM] __attribute__((aligned(16))), b[3][ROOM] __attribute__((aligned(16)));
	int na, nb;

	memset(a, '#', sizeof(a));
	memset(b, '#', sizeof(b));
	na = our_sscanf(text, fmt, a[0], a[1], a[2]);
	nb = sscanf(text, fmt, b[0], b[1], b[2]);
	checks++;
	if ((na != nb || memcmp(a, b, sizeof(a)) != 0) && failures++ < 10)
		printf("FAIL scan: \"%s\" of \"%s\": %d, the host says %d; first bytes %02x %02x, %02x %02x\n", fmt, text, na, nb,
		       a[0][0] & 0xff, a[0][1] & 0xff, b[0][0] & 0xff, b[0][1] & 0xff);
}

static const char *const texts[] = { "", " ", "12", "-12 34 56", "+7", "0x1f,010", "077 0", "12abc", "abc 12 def", "  abc", "a b c",
	"%5", "100%", "99999999999 -1", "65537 300", "[x]-y]", "]]]", "1.5 2.5", "-1e3x", ".5.5", ".", "inf nan", "infinity",
	"infin", "0x1.8p1 3", "-", "--1", "12:34:56", "name = value", "\t\n 5\n", "1,2,3", "1 , 2", "abcdefghijklmnop", "0", "00x1",
	"-0", "3.4028236e38", "1e-50", "n", "nanx", "e5", "1e5e5", "08", "0b1" };
static const char *const formats[] = { "%d", "%i", "%u", "%x", "%o", "%c", "%s", "%p", "%n", "%ld %n", "%hhd %hd", "%lld%n",
	"%3d%n", "%2d%2d%2d", "%*d %d", "%d%d%d", "%d %s %d", "%5c", "%3s%n", "%[a-z]", "%[^a-z]%n", "%[]x[]%n", "%[^]]%n", "%[a-]",
	"%3[0-9]%n", " %c %c", "%d%%", "%%%d", "%d,%d,%d", "%d:%d:%d", "%s = %s", "%*s %s", "%f", "%lf %lf", "%5lf%n", "%e%g",
	"%a %i", "%*f %n", "a%n", "abc %d", "%d abc", " %n", "%zu %td", "%jd", "%X", "%3x%n", "%1d%1d", "%4c%n", "%[0-9a-fx]" };

static void test_stream(void)
{
	FILE *f = tmpfile();
	int n = 0, m = 0;
	char word[16];

	if (!f)
		return;
	fputs("12 abc\n-5x 1.25e1;", f);
	rewind(f);
	double d = 0;
	if ((our_fscanf(f, "%d %15s %d", &n, word, &m) != 3 || n != 12 || strcmp(word, "abc") || m != -5 || fgetc(f) != 'x' ||
	     our_fscanf(f, "%lf;", &d) != 1 || d != 12.5 || our_fscanf(f, "%d", &n) != EOF) && failures++ < 10)
		printf("FAIL scan: from a stream: %d %s %d %g\n", n, word, m, d);
	fclose(f);
}

int main(void)
{
	for (unsigned t = 0; t < sizeof(texts) / sizeof(*texts); t++)
		for (unsigned f = 0; f < sizeof(formats) / sizeof(*formats); f++)
			try(texts[t], formats[f]);
	test_stream();
	printf("%s scan (%u of %u checks)\n", failures ? "FAIL" : "PASS", checks - failures, checks);
	return failures != 0;
}
