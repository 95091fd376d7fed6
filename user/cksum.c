/* user/cksum.c: POSIX's check sum, and the number of bytes: cksum [file ...]. (lab 3) */
#include <err.h>
#include <stdint.h>
#include <stdio.h>

static uint32_t table[256];

static void make_table(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i << 24;

		for (int bit = 0; bit < 8; bit++)
			c = c << 1 ^ (c >> 31 ? 0x04c11db7 : 0);
		table[i] = c;
	}
}

static uint32_t add(uint32_t crc, unsigned char byte)
{
	return crc << 8 ^ table[crc >> 24 ^ byte];
}

static int sum(FILE *f, const char *name)
{
	static unsigned char buf[2048];
	unsigned long long total = 0;
	uint32_t crc = 0;
	size_t n;

	while ((n = fread(buf, 1, sizeof(buf), f)) > 0) {
		for (size_t i = 0; i < n; i++)
			crc = add(crc, buf[i]);
		total += n;
	}
	for (unsigned long long left = total; left; left >>= 8)
		crc = add(crc, left);
	printf("%lu %llu%s%s\n", (unsigned long)(uint32_t)~crc, total, name ? " " : "", name ? name : "");
	return ferror(f) != 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	make_table();
	if (argc == 1)
		failed = sum(stdin, NULL);
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "r");

		if (f) {
			failed |= sum(f, argv[i]);
			fclose(f);
		} else {
			warn("%s", argv[i]);
			failed = 1;
		}
	}
	return failed || fflush(stdout) == EOF;
}
