# The C library that programs link with.
LIB_SRC += $(wildcard lib/*.c lib/$(ARCH)/*.S)
