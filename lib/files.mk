# The C library that programs link with; test_*.c are programs of the host.
LIB_SRC += $(filter-out $(wildcard lib/test_*.c),$(wildcard lib/*.c lib/$(ARCH)/*.c lib/$(ARCH)/*.S))
