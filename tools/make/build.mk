# tools/make/build.mk: from sources to the kernel.

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s%s\n' '$(1)' '$(2)';)

# Without HAZARD, OBJ is COMMON. With it, what has a guard in it is compiled once more, and the rest is taken from there.
GUARDED := $(if $(HAZARD),$(shell sh tools/make/guarded.sh $(ARCH) $(KERN_SRC)))
obj = $(foreach source,$(1),$(if $(filter $(source),$(GUARDED)),$(OBJ),$(COMMON))/$(basename $(source)).o)

# What the compiler adds to the kernel's code on request. (The boot loader, and what is called from there, go without.)
INSTRUMENT := $(if $(UBSAN),-fsanitize=undefined -fno-sanitize=return) \
  $(if $(COVERAGE),-fsanitize-coverage=trace-pc$(if $(filter clang,$(TC)), -fsanitize-coverage=no-prune))
KERN_CFLAGS := $(INSTRUMENT) $(CFLAGS) $(MACH_CFLAGS) $(KERN_MACH_CFLAGS) $(KERN_ABI_CFLAGS) $(KDEFS) -Iinc -Iinc/$(ARCH) -Ikern -Ikern/arch/$(ARCH) -Ilib/include -isystem $(CC_INC)
# Where the kernel's page tables show is no concern of the library's, and of few programs: those that name one of the
# addresses are compiled for each PT_BASE, the others once. (Should one go by here unseen, the compiler stops at this.)
PT_BASE_UNKNOWN := -DPT_BASE=name_PT_base_in_the_program_itself
USES_PT_BASE := $(shell grep -lwE 'PT_BASE|PT_base|APT_base|PD_base|APD_base|PDE_self|KSLOT_base' $(USER_SRC))
UOBJ := $(OBJROOT)/$(ARCH)$(TOOLCHAIN:%=-%)/user
SLOT_UOBJ := $(UOBJ)-$(PT_BASE)
# The library is optimized for size: it stands in every program, and each page more is one more to load.
LIB_CFLAGS := $(patsubst -O2,-Os,$(CFLAGS)) -ffunction-sections -fdata-sections $(MACH_CFLAGS) $(USER_MACH_CFLAGS) \
  $(PT_BASE_UNKNOWN) -Ilib/include -Ilib/$(ARCH) -Iinc -Iinc/$(ARCH) -isystem $(CC_INC)
# Programs have a library and a main as the C standard knows them.
USER_CFLAGS := $(patsubst -Os,-O2,$(LIB_CFLAGS)) -fhosted -Wno-missing-prototypes
SLOT_USER_CFLAGS := $(patsubst $(PT_BASE_UNKNOWN),-DPT_BASE=$(PT_BASE),$(USER_CFLAGS))

KERN_OBJ := $(call obj,$(KERN_SRC))
LIB_OBJ := $(patsubst %,$(UOBJ)/%.o,$(basename $(LIB_SRC)))
PROGRAMS := $(sort $(notdir $(basename $(USER_SRC))))
program_folder = $(if $(filter user/$(1).c,$(USES_PT_BASE)),$(SLOT_UOBJ),$(UOBJ))
PROGRAM_OBJ := $(foreach program,$(PROGRAMS),$(call program_folder,$(program))/$(program).o)
PROGRAM_BIN := $(foreach program,$(PROGRAMS),$(call program_folder,$(program))/bin/$(program))

#: all             build obj/ARCH/kernel (the default)
all: $(OBJ)/kernel

# $(call stamp,file,text): file holds text, and is new exactly when the text is. What depends on a choice that is not
# a file (options, the list of sources) depends on such a file instead.
define stamp
ifneq ($$(strip $$(file <$1)),$$(strip $2))
$1: FORCE
endif
$1:
	@mkdir -p $$(@D) && printf '%s\n' '$2' >$$@
endef
$(eval $(call stamp,$(COMMON)/options,$(CC) $(KERN_CFLAGS) | $(LD) $(LDFLAGS)))
$(if $(HAZARD),$(eval $(call stamp,$(OBJ)/options,$(CC) $(KERN_CFLAGS) $(GUARDED))))
$(eval $(call stamp,$(UOBJ)/options,$(CC) $(USER_CFLAGS) | $(LD) $(LDFLAGS)))
$(eval $(call stamp,$(SLOT_UOBJ)/options,$(CC) $(SLOT_USER_CFLAGS) | $(LD) $(LDFLAGS)))
$(eval $(call stamp,$(COMMON)/sources,$(KERN_SRC) $(USER_SRC)))
$(eval $(call stamp,$(UOBJ)/sources-lib,$(LIB_SRC)))
$(addsuffix /options,$(sort $(OBJ) $(COMMON) $(UOBJ) $(SLOT_UOBJ))): tools/make/build.mk # how things are compiled and linked
FORCE:

# $(call compile,to,from,options' stamp,options): a rule each for C and assembly.
define compile
$1/%.o: $2%.c $3
	$$(call say,CC,$$<$(if $(filter lib/,$2), (program)))mkdir -p $$(@D) && $$(CC) $4 -MMD -MP -c -o $$@ $$<
$1/%.o: $2%.S $3
	$$(call say,AS,$$<$(if $(filter lib/,$2), (program)))mkdir -p $$(@D) && $$(CC) $4 -D__ASSEMBLER__ -MMD -MP -c -o $$@ $$<
endef
# Kernel and boot code.
FLAGS = $(KERN_CFLAGS)
$(COMMON)/kern/core/ktest_coverage.o $(COMMON)/kern/mem/ktest_poison.o: private FLAGS = $(filter-out $(INSTRUMENT),$(KERN_CFLAGS))
$(eval $(call compile,$(COMMON),,$(COMMON)/options,$$(FLAGS)))
$(if $(HAZARD),$(eval $(call compile,$(OBJ),,$(OBJ)/options,$$(FLAGS) -DHAZARD=$(HAZARD))))
# Library and programs. lib/format.c is shared with the kernel: compiled once for each side.
$(eval $(call compile,$(UOBJ)/lib,lib/,$(UOBJ)/options,$$(LIB_CFLAGS)))
$(eval $(call compile,$(UOBJ),user/,$(UOBJ)/options,$$(USER_CFLAGS)))
$(eval $(call compile,$(SLOT_UOBJ),user/,$(SLOT_UOBJ)/options,$$(SLOT_USER_CFLAGS)))

# Programs take from the library what they use, and no more.
$(UOBJ)/libc.a: $(LIB_OBJ) $(UOBJ)/sources-lib
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $(LIB_OBJ)
$(UOBJ)/user.ld: lib/user.ld.S inc/memlayout.h $(UOBJ)/options
	$(Q)mkdir -p $(@D) && $(CC) $(LIB_CFLAGS) -E -P -D__ASSEMBLER__ -x assembler-with-cpp -o $@ $<
define link_program
	$(call say,LD,$@)mkdir -p $(@D) && $(LD) $(LDFLAGS) --gc-sections -T $(UOBJ)/user.ld -o $@.debug $$(sh tools/floats.sh $<) \
	  $(UOBJ)/lib/crt0.o $(filter %.o %.a,$^) && \
	  $(OBJCOPY) --strip-all $@.debug $@
endef
$(UOBJ)/bin/%: $(UOBJ)/%.o $(UOBJ)/libc.a $(UOBJ)/user.ld tools/floats.sh
	$(link_program)
$(SLOT_UOBJ)/bin/%: $(SLOT_UOBJ)/%.o $(UOBJ)/libc.a $(UOBJ)/user.ld tools/floats.sh
	$(link_program)
.PRECIOUS: $(PROGRAM_OBJ)

# The archive: programs, page aligned in the kernel image, so that their text is mapped from where it stands.
$(COMMON)/programs.S: $(PROGRAM_BIN) tools/programs.sh $(COMMON)/sources
	$(Q)sh tools/programs.sh $(PROGRAM_BIN) >$@
$(COMMON)/programs.o: $(COMMON)/programs.S
	$(Q)$(CC) $(KERN_CFLAGS) -D__ASSEMBLER__ -c -o $@ $<

# The kernel, linked twice: the first time to learn the symbols and lines that the second carries along.
$(COMMON)/kern.ld: kern.ld inc/memlayout.h $(COMMON)/options
	$(Q)mkdir -p $(@D) && $(CC) $(KERN_CFLAGS) -E -P -D__ASSEMBLER__ -x assembler-with-cpp -o $@ $<
$(OBJ)/kernel: $(KERN_OBJ) $(COMMON)/programs.o $(COMMON)/kern.ld tools/ksyms.sh $(COMMON)/sources $(OBJ)/options
	$(call say,LD,$@)$(LD) $(LDFLAGS) -T $(COMMON)/kern.ld -o $@.pass1 $(filter %.o,$^) && \
	  sh tools/ksyms.sh "$(NM)" "$(TC)" $@.pass1 >$(OBJ)/ksyms.S && \
	  $(CC) $(KERN_CFLAGS) -c -o $(OBJ)/ksyms.o $(OBJ)/ksyms.S && \
	  $(LD) $(LDFLAGS) -T $(COMMON)/kern.ld -o $@ $(filter %.o,$^) $(OBJ)/ksyms.o

#: clean           remove everything that was built
clean:
	$(Q)rm -rf $(OBJROOT) compile_commands.json
.PHONY: all clean FORCE

-include $(wildcard $(KERN_OBJ:.o=.d) $(LIB_OBJ:.o=.d) $(PROGRAM_OBJ:.o=.d))
