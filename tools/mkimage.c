/* tools/mkimage.c: builds the disk image that boots OurOS; image.h says what stands where. (lab 1)
 *
 *   mkimage -o disk.img --boot boot.bin --loader loader.bin --kernel kernel [--append "command line"]
 *   mkimage -o copy.img --from disk.img --append "command line"      the same image with another command line
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../boot/i386/image.h"

struct file {
	unsigned char *bytes;
	size_t size;
};

static const char *output, *boot, *loader, *kernel, *from, *append;

static void die(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fprintf(stderr, "mkimage: ");
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	exit(1);
}

static struct file read_file(const char *name)
{
	struct file f = { NULL, 0 };
	FILE *stream = fopen(name, "rb");
	if (!stream)
		die("%s: %s", name, strerror(errno));
	for (size_t room = 0, got = 1; got; f.size += got) {
		if (f.size == room && !(f.bytes = realloc(f.bytes, room = room ? 2 * room : 1 << 20)))
			die("%s: out of memory", name);
		got = fread(f.bytes + f.size, 1, room - f.size, stream);
	}
	if (ferror(stream))
		die("%s: %s", name, strerror(errno));
	fclose(stream);
	if (f.size == 0)
		die("%s: the file is empty", name);
	return f;
}

/* Written beside its place and renamed, so that no half-written image is ever there under its name. */
static void write_file(const char *name, const unsigned char *bytes, size_t size)
{
	char temporary[4096];
	if (snprintf(temporary, sizeof(temporary), "%s.new", name) >= (int)sizeof(temporary))
		die("%s: the name is too long", name);
	FILE *stream = fopen(temporary, "wb");
	if (!stream)
		die("%s: %s", temporary, strerror(errno));
	if (fwrite(bytes, 1, size, stream) != size || fclose(stream) != 0 || rename(temporary, name) != 0) {
		int why = errno;
		remove(temporary);
		die("%s: %s", name, strerror(why));
	}
}

static void check_boot(const struct file *f)
{
	if (f->size != SECTOR)
		die("%s: a boot sector has %d bytes, this file has %zu", boot, SECTOR, f->size);
	if (f->bytes[510] != 0x55 || f->bytes[511] != 0xAA)
		die("%s: no boot sector: it does not end with the bytes 55 aa", boot);
	for (int i = BOOT_CODE_MAX; i < 510; i++)
		if (f->bytes[i])
			die("%s: byte %d is not 0: from %d on, the partition table stands", boot, i, BOOT_CODE_MAX);
}

static void check_loader(const struct file *f)
{
	size_t most = (HEAD_SECTOR - LOADER_SECTOR) * SECTOR;
	if (f->size > most)
		die("%s: %zu bytes, but the loader's place, sectors %d to %d, has %zu", loader, f->size, LOADER_SECTOR,
		    HEAD_SECTOR - 1, most);
}

static void check_kernel(const struct file *f)
{
	if (f->size < 52 || memcmp(f->bytes, "\177ELF", 4) != 0)
		die("%s: not an ELF file", kernel);
	if (f->bytes[4] != 1 || f->bytes[18] != 3 || f->bytes[19] != 0)
		die("%s: an ELF file, but not for the i386: build it with ARCH=i386", kernel);
	if (f->size > 0x7FFFFFFF)
		die("%s: %zu bytes are more than any machine here can load", kernel, f->size);
}

static void set_command_line(struct image_head *head)
{
	const char *text = append ? append : "";
	if (strlen(text) >= sizeof(head->command_line))
		die("--append: %zu characters, at most %zu fit", strlen(text), sizeof(head->command_line) - 1);
	memset(head->command_line, 0, sizeof(head->command_line));
	strcpy(head->command_line, text);
}

static void build(void)
{
	struct file b = read_file(boot), l = read_file(loader), k = read_file(kernel);
	check_boot(&b);
	check_loader(&l);
	check_kernel(&k);
	size_t sectors = KERNEL_SECTOR + (k.size + SECTOR - 1) / SECTOR;
	size_t size = (sectors < IMAGE_SECTORS_MIN ? IMAGE_SECTORS_MIN : sectors) * SECTOR;
	unsigned char *image = calloc(1, size);
	if (!image)
		die("out of memory");
	struct image_head head = { .magic = HEAD_MAGIC, .kernel_bytes = k.size };
	set_command_line(&head);
	memcpy(image, b.bytes, SECTOR);
	memcpy(image + LOADER_SECTOR * SECTOR, l.bytes, l.size);
	memcpy(image + HEAD_SECTOR * SECTOR, &head, SECTOR);
	memcpy(image + KERNEL_SECTOR * SECTOR, k.bytes, k.size);
	write_file(output, image, size);
}

static void change(void)
{
	struct file f = read_file(from);
	unsigned char *head = f.bytes + HEAD_SECTOR * SECTOR;
	if (f.size < KERNEL_SECTOR * SECTOR || memcmp(head, HEAD_MAGIC, 8) != 0)
		die("%s: no OurOS disk image: sector %d has no head", from, HEAD_SECTOR);
	struct image_head copy;
	memcpy(&copy, head, SECTOR);
	set_command_line(&copy);
	memcpy(head, &copy, SECTOR);
	write_file(output, f.bytes, f.size);
}

static void usage(void)
{
	fprintf(stderr, "usage: mkimage -o IMAGE --boot FILE --loader FILE --kernel FILE [--append \"command line\"]\n"
			"       mkimage -o IMAGE --from IMAGE --append \"command line\"\n");
	exit(2);
}

static void parse(int argc, char **argv)
{
	struct { const char *name, **value; } options[] = {
		{ "-o", &output }, { "--boot", &boot }, { "--loader", &loader },
		{ "--kernel", &kernel }, { "--from", &from }, { "--append", &append },
	};
	for (int i = 1; i < argc; i += 2) {
		unsigned n = 0;
		while (n < sizeof(options) / sizeof(options[0]) && strcmp(argv[i], options[n].name) != 0)
			n++;
		if (n == sizeof(options) / sizeof(options[0]) || !argv[i + 1])
			usage();
		*options[n].value = argv[i + 1];
	}
}

int main(int argc, char **argv)
{
	parse(argc, argv);
	if (output && boot && loader && kernel && !from)
		build();
	else if (output && from && append && !boot && !loader && !kernel)
		change();
	else
		usage();
	return 0;
}
