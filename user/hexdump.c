/* user/hexdump.c: bytes in hexadecimal and as characters: hexdump [file]. (lab 3) */
#include <ctype.h>
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ROW 16

static void show(uint32_t offset, const unsigned char *row, size_t n)
{
	printf("%08" PRIx32 " ", offset);
	for (size_t i = 0; i < ROW; i++) {
		if (i % 8 == 0)
			putchar(' ');
		if (i < n)
			printf("%02x ", row[i]);
		else
			fputs("   ", stdout);
	}
	printf(" |");
	for (size_t i = 0; i < n; i++)
		putchar(isprint(row[i]) ? row[i] : '.');
	puts("|");
}

int main(int argc, char **argv)
{
	unsigned char row[ROW], last[ROW];
	bool same = false, any = false;
	uint32_t offset = 0;
	FILE *f = stdin;
	size_t n;

	if (argc > 1 && !(f = fopen(argv[1], "r")))
		err(1, "%s", argv[1]);
	for (; (n = fread(row, 1, ROW, f)) > 0; offset += n) {
		if (any && n == ROW && memcmp(row, last, ROW) == 0) {
			if (!same)
				puts("*");
			same = true;
			continue;
		}
		show(offset, row, n);
		memcpy(last, row, ROW);
		same = false;
		any = true;
	}
	if (offset)
		printf("%08" PRIx32 "\n", offset);
	return ferror(f) || fflush(stdout) == EOF;
}
