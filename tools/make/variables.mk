# tools/make/variables.mk: what may be set on make's command line, checked before anything is built.
# Lines that start with "#= " are what make help prints.

#= ARCH=i386             the machine: i386 (a PC) or mips (a MIPS Malta board, little-endian)
#= PT_BASE=0xC0000000    where the page tables show: any 4 MB aligned slot from 0xC0000000 to 0xFFC00000
#= RUN="prog args"       make qemu: run this one program and power off, instead of the shell
#= TIMEOUT=60            make qemu RUN=..: seconds until it counts as hung
#= MEM=64                RAM of the emulated machine in MB
#= CPU=                  the emulated processor, the first being the default. i386: qemu32, pentium2, pentium3, coreduo,
#=                       n270, athlon, max; mips: 24Kf, 24Kc, 34Kf, 74Kf, P5600
#= APPEND="words"        more words for the kernel's command line (make qemu, qemu-gdb, iso, bochs)
#= QEMUFLAGS=            more options for QEMU, e.g. "-d int -D obj/exceptions.log"
#= TOOLCHAIN=            elf, cross, native (i386 only) or clang; unset: the first of these that is installed
#= DEBUG=1               build with -DDEBUG; TESTS=1: with the kernel's own tests
#= UBSAN=1               build the kernel with checks for undefined behaviour (make check has such kernels, too)
#= COVERAGE=1            build the kernel so that it records what has run (make coverage does)
#= HAZARD=n              build with the guard against hazard n (1..21) of the self-map taken out
#= TEST=name            make check, make hazards: only what has this in its name; SEED=n: the same random choices again
#= DEPS=no               install nothing; print the command that would
#= V=1                   show the commands
#= CI=true               warnings are errors
KNOWN_VARIABLES := ARCH PT_BASE RUN TIMEOUT MEM CPU APPEND QEMUFLAGS TOOLCHAIN DEBUG TESTS UBSAN COVERAGE HAZARD DEPS OPTIONAL V CI \
  OBJROOT HOSTCC HOST_CFLAGS CC AR LD NM OBJCOPY TEST SEED LAB JSON TREE GRADEFLAGS OUT KEEP FROM

command_line := $(foreach v,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $v))),$v))
$(foreach v,$(filter-out $(KNOWN_VARIABLES) MAKEFLAGS -*-%,$(command_line)),$(error $v=$($v): no such variable: make help lists them))

# What is switched on with 1 is off with 0, as without it.
SWITCHES := DEBUG TESTS UBSAN COVERAGE V
$(foreach v,$(SWITCHES),$(if $(filter 0,$($v)),$(eval override $v :=)))

# $(call in_range,text,low,high): yes, if text is a whole number and low <= text <= high.
without_digits = $(subst 0,,$(subst 1,,$(subst 2,,$(subst 3,,$(subst 4,,$(subst 5,,$(subst 6,,$(subst 7,,$(subst 8,,$(subst 9,,$1))))))))))
in_range = $(if $(or $(call without_digits,$1),$(word 2,$1),$(if $1,,empty)),,$(shell [ "$1" -ge $2 ] && [ "$1" -le $3 ] && echo yes))

ifeq ($(and $(filter i386 mips,$(ARCH)),$(filter 1,$(words $(ARCH)))),)
$(error ARCH=$(ARCH): OurOS runs on ARCH=i386 (the default) and ARCH=mips)
endif

# PT_BASE, letters in either case: one spelling inside, so that there is one object folder.
PT_BASE ?= 0xC0000000
upper = $(subst a,A,$(subst b,B,$(subst c,C,$(subst d,D,$(subst e,E,$(subst f,F,$1))))))
hex_digits := 0 1 2 3 4 5 6 7 8 9 A B C D E F
slots := $(foreach a,C D E F,$(foreach b,$(hex_digits),$(foreach c,0 4 8 C,0x$a$b$c00000)))
slot := $(filter $(slots),$(subst 0X,0x,$(call upper,$(PT_BASE))))
ifneq ($(words $(PT_BASE)) $(words $(slot)),1 1)
pt_base_fault = $(shell sh tools/make/pt_base.sh '$(subst ','\'',$(PT_BASE))')
$(error PT_BASE=$(PT_BASE): $(pt_base_fault); the page tables take any 4 MB aligned address from 0xC0000000 to 0xFFC00000)
endif
override PT_BASE := $(slot)

MEM ?= 64
ifneq ($(MEM),64)
ifneq ($(call in_range,$(MEM),16,2048),yes)
$(error MEM=$(MEM): RAM is given in MB, a whole number from 16 to 2048)
endif
endif

TIMEOUT ?= 60
ifneq ($(TIMEOUT),60)
ifneq ($(call in_range,$(TIMEOUT),1,86400),yes)
$(error TIMEOUT=$(TIMEOUT): a whole number of seconds, from 1 to 86400)
endif
endif

CPUS_i386 := qemu32 pentium2 pentium3 coreduo n270 athlon max
CPUS_mips := 24Kf 24Kc 34Kf 74Kf P5600
ifdef CPU
ifeq ($(filter $(CPUS_$(ARCH)),$(CPU)),)
$(error CPU=$(CPU): ARCH=$(ARCH) runs on CPU= one of $(CPUS_$(ARCH)))
endif
endif

TOOLCHAINS_i386 := elf cross native clang
TOOLCHAINS_mips := elf cross clang
ifdef TOOLCHAIN
ifeq ($(filter $(TOOLCHAINS_$(ARCH)),$(TOOLCHAIN)),)
$(error TOOLCHAIN=$(TOOLCHAIN): ARCH=$(ARCH) is built with TOOLCHAIN= one of $(TOOLCHAINS_$(ARCH)))
endif
endif

ifdef HAZARD
ifneq ($(call in_range,$(HAZARD),1,21),yes)
$(error HAZARD=$(HAZARD): the number of the guard to take out, from 1 to 21)
endif
endif

# The VARIANT suffix of the object folder names every choice that differs from the default, but for HAZARD: kernels that
# lack different guards share what is the same in all. Programs and library don't know of most choices: see build.mk.
VARIANT :=
KDEFS := -DPT_BASE=$(PT_BASE)
ifneq ($(PT_BASE),0xC0000000)
VARIANT := $(VARIANT)-$(PT_BASE)
endif
ifdef TESTS
VARIANT := $(VARIANT)-tests
KDEFS += -DTESTS
endif
ifdef DEBUG
VARIANT := $(VARIANT)-debug
KDEFS += -DDEBUG
endif
ifdef UBSAN
VARIANT := $(VARIANT)-ubsan
KDEFS += -DUBSAN
endif
ifdef COVERAGE
VARIANT := $(VARIANT)-coverage
KDEFS += -DCOVERAGE
endif
ifdef TOOLCHAIN
VARIANT := $(VARIANT)-$(TOOLCHAIN)
endif
