# tools/make/toolchain.mk: which compiler, assembler and linker. The first one found wins; TOOLCHAIN= names another.
# i386: elf (i686-elf-gcc), cross (i686-linux-gnu-gcc), native (gcc -m32), clang. MIPS: elf, cross, clang.

PREFIX_i386_elf := i686-elf-
PREFIX_i386_cross := i686-linux-gnu-
PREFIX_mips_elf := mipsel-elf-
PREFIX_mips_cross := mipsel-linux-gnu-
CLANG_TARGET_i386 := i686-elf
CLANG_TARGET_mips := mipsel-elf

TC := $(shell sh tools/toolchain.sh $(ARCH) $(TOOLCHAIN))
ifeq ($(TC),)
TC := none
endif

ifeq ($(TC),clang)
  CC := clang --target=$(CLANG_TARGET_$(ARCH))
  LD := ld.lld
  NM := llvm-nm
  AR := llvm-ar
  OBJCOPY := llvm-objcopy
else
  PREFIX := $(PREFIX_$(ARCH)_$(TC))
  CC := $(PREFIX)gcc
  LD := $(PREFIX)ld
  NM := $(PREFIX)nm
  AR := $(PREFIX)ar
  OBJCOPY := $(PREFIX)objcopy
endif
HOSTCC ?= cc

# Type limits: at PT_BASE=0xFFC00000 nothing is above the window, and comparisons that ask are right nevertheless.
CFLAGS := -std=gnu11 -O2 -g -ffreestanding -nostdinc -fno-pic -fno-stack-protector -fno-common -fno-strict-aliasing \
  -fno-omit-frame-pointer -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers \
  -Wno-type-limits -Wmissing-prototypes -Wstrict-prototypes
ifeq ($(CI),true)
  CFLAGS += -Werror
endif
ifeq ($(ARCH),i386)
  MACH_CFLAGS := -m32 -march=i686 -fno-pie -fno-asynchronous-unwind-tables
  KERN_MACH_CFLAGS := $(if $(filter clang,$(TC)),-mno-sse -mno-mmx,-mgeneral-regs-only)
  # In the kernel, arguments travel in eax, edx, ecx: see kern/arch/i386/entry.S.
  KERN_ABI_CFLAGS := -mregparm=3
  # Doubles are computed by the x87, which every CPU has; the kernel sets it to 53 bits (kern/arch/i386/fpu.c).
  USER_MACH_CFLAGS :=
  MACH_LDFLAGS := -m elf_i386
else
  # DWARF 4: gdb extends a MIPS address by its sign, except those that DWARF 5 keeps in a table.
  MACH_CFLAGS := -EL -mabi=32 -march=mips32r2 -mno-abicalls -G0 -fomit-frame-pointer -gdwarf-4
  KERN_MACH_CFLAGS := -msoft-float
  # Sixteen double registers (FR = 0), as every FPU has. A multiplication and an addition round one by one.
  USER_MACH_CFLAGS := -mhard-float -mfp32 -ffp-contract=off
  MACH_LDFLAGS := $(if $(filter clang,$(TC)),,-EL) -m elf32ltsmip
endif
# Where the compiler keeps stdarg.h, stddef.h and stdint.h.
CC_INC := $(shell $(CC) -print-file-name=include 2>/dev/null)
LDFLAGS := $(MACH_LDFLAGS) -nostdlib -z max-page-size=4096 -z noexecstack \
  $(shell $(LD) --help 2>/dev/null | grep -q no-warn-rwx && echo --no-warn-rwx-segments)
