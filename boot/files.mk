# What the kernel is entered through. The boot sector and loader are linked by themselves: see boot/i386/.
KERN_SRC += $(wildcard boot/$(ARCH)/entry.S boot/$(ARCH)/info.c)
