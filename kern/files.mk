# The kernel's sources: each folder's C files, and the chosen machine's. ktest_*.c are its own tests, which TESTS=1 builds in,
# and what looks on while they and the programs run: with DEBUG=1, UBSAN=1, COVERAGE=1.
KTESTS := $(wildcard kern/*/ktest_*.c kern/arch/$(ARCH)/ktest_*.c)
LOOKERS_ON := $(if $(DEBUG),kern/mem/ktest_poison.c kern/proc/ktest_switch.c $(wildcard kern/arch/$(ARCH)/ktest_tlb.c)) \
  $(if $(UBSAN),kern/core/ktest_ubsan.c) $(if $(COVERAGE),kern/core/ktest_coverage.c)
KERN_SRC += $(if $(TESTS),$(KTESTS),$(LOOKERS_ON))
KERN_SRC += $(filter-out $(KTESTS),$(wildcard kern/*.c kern/core/*.c kern/mem/*.c kern/proc/*.c kern/dev/*.c))
KERN_SRC += $(filter-out $(KTESTS),$(wildcard kern/arch/$(ARCH)/*.c)) $(wildcard kern/arch/$(ARCH)/*.S)
KERN_SRC += lib/format.c lib/string.c lib/int64.c
