# The kernel's sources: each folder's C files, and the chosen machine's. ktest_*.c are its own tests: TESTS=1.
KTESTS := $(if $(TESTS),,$(wildcard kern/*/ktest_*.c kern/arch/$(ARCH)/ktest_*.c))
KERN_SRC += $(filter-out $(KTESTS),$(wildcard kern/*.c kern/core/*.c kern/mem/*.c kern/proc/*.c kern/dev/*.c))
KERN_SRC += $(filter-out $(KTESTS),$(wildcard kern/arch/$(ARCH)/*.c)) $(wildcard kern/arch/$(ARCH)/*.S)
KERN_SRC += lib/format.c lib/string.c lib/int64.c
