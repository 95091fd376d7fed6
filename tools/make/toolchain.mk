# tools/make/toolchain.mk: which compiler, assembler and linker. The first one found wins; TOOLCHAIN= names another.
# i386: elf (i686-elf-gcc), cross (i686-linux-gnu-gcc), native (gcc -m32), clang. MIPS: elf, cross, clang.

have = $(shell command -v $(1) 2>/dev/null)

ifeq ($(ARCH),i386)
  PREFIX_elf := i686-elf-
  PREFIX_cross := i686-linux-gnu-
  CLANG_TARGET := i686-elf
else
  PREFIX_elf := mipsel-elf-
  PREFIX_cross := mipsel-linux-gnu-
  CLANG_TARGET := mipsel-elf
endif

ifdef TOOLCHAIN
  TC := $(TOOLCHAIN)
else ifneq ($(call have,$(PREFIX_elf)gcc),)
  TC := elf
else ifneq ($(call have,$(PREFIX_cross)gcc),)
  TC := cross
else ifneq ($(and $(filter i386,$(ARCH)),$(filter x86_64 i686 i386,$(shell uname -m)),$(call have,gcc)),)
  TC := native
else ifneq ($(and $(call have,clang),$(call have,ld.lld)),)
  TC := clang
else
  TC := none
endif

ifeq ($(TC),clang)
  CC := clang --target=$(CLANG_TARGET)
  LD := ld.lld
  NM := llvm-nm
  OBJCOPY := llvm-objcopy
else ifeq ($(TC),native)
  CC := gcc
  LD := ld
  NM := nm
  OBJCOPY := objcopy
else
  CC := $(PREFIX_$(TC))gcc
  LD := $(PREFIX_$(TC))ld
  NM := $(PREFIX_$(TC))nm
  OBJCOPY := $(PREFIX_$(TC))objcopy
endif
HOSTCC ?= cc

CFLAGS := -std=gnu11 -O2 -g -ffreestanding -nostdinc -fno-pic -fno-stack-protector -fno-common -fno-strict-aliasing \
  -fno-omit-frame-pointer -Wall -Wextra -Wno-unused-parameter -Wmissing-prototypes -Wstrict-prototypes
ifeq ($(CI),true)
  CFLAGS += -Werror
endif
ifeq ($(ARCH),i386)
  MACH_CFLAGS := -m32 -march=i686 -fno-pie -fno-asynchronous-unwind-tables
  KERN_MACH_CFLAGS := $(if $(filter clang,$(TC)),-mno-sse -mno-mmx,-mgeneral-regs-only)
  MACH_LDFLAGS := -m elf_i386
else
  MACH_CFLAGS := -EL -mabi=32 -march=mips32r2 -msoft-float -mno-abicalls -G0
  KERN_MACH_CFLAGS :=
  MACH_LDFLAGS := $(if $(filter clang,$(TC)),-m elf32ltsmip,-EL -m elf32ltsmip)
endif
# Where the compiler keeps stdarg.h, stddef.h and stdint.h.
CC_INC := $(shell $(CC) -print-file-name=include 2>/dev/null)
LDFLAGS := $(MACH_LDFLAGS) -nostdlib -z max-page-size=4096 -z noexecstack \
  $(shell $(LD) --help 2>/dev/null | grep -q no-warn-rwx && echo --no-warn-rwx-segments)
