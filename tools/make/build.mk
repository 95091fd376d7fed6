# tools/make/build.mk: from sources to the kernel.

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s%s\n' '$(1)' '$(2)';)
obj = $(patsubst %,$(OBJ)/%.o,$(basename $(1)))

# What the compiler adds to the kernel's code on request. (The boot loader, and what is called from there, go without.)
INSTRUMENT := $(if $(UBSAN),-fsanitize=undefined -fno-sanitize=return) \
  $(if $(COVERAGE),-fsanitize-coverage=trace-pc$(if $(filter clang,$(TC)), -fsanitize-coverage=no-prune))
KERN_CFLAGS := $(INSTRUMENT) $(CFLAGS) $(MACH_CFLAGS) $(KERN_MACH_CFLAGS) $(KERN_ABI_CFLAGS) $(KDEFS) -Iinc -Iinc/$(ARCH) -Ikern -Ikern/arch/$(ARCH) -Ilib/include -isystem $(CC_INC)
# The library is optimized for size: it stands in every program, and each page more is one more to load.
LIB_CFLAGS := $(patsubst -O2,-Os,$(CFLAGS)) -ffunction-sections -fdata-sections $(MACH_CFLAGS) $(USER_MACH_CFLAGS) \
  -DPT_BASE=$(PT_BASE) -Ilib/include -Ilib/$(ARCH) -Iinc -Iinc/$(ARCH) -isystem $(CC_INC)
# Programs have a library and a main as the C standard knows them.
USER_CFLAGS := $(patsubst -Os,-O2,$(LIB_CFLAGS)) -fhosted -Wno-missing-prototypes

UOBJ := $(OBJROOT)/$(ARCH)$(USER_VARIANT)/user
KERN_OBJ := $(call obj,$(KERN_SRC))
LIB_OBJ := $(patsubst %,$(UOBJ)/%.o,$(basename $(LIB_SRC)))
PROGRAMS := $(sort $(notdir $(basename $(USER_SRC))))

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
$(eval $(call stamp,$(OBJ)/options,$(CC) $(KERN_CFLAGS) | $(LD) $(LDFLAGS)))
$(eval $(call stamp,$(UOBJ)/options,$(CC) $(USER_CFLAGS) | $(LD) $(LDFLAGS)))
$(eval $(call stamp,$(OBJ)/sources,$(KERN_SRC) $(USER_SRC)))
$(eval $(call stamp,$(UOBJ)/sources-lib,$(LIB_SRC)))
$(OBJ)/options $(UOBJ)/options: tools/make/build.mk # how things are compiled and linked
FORCE:

# Kernel and boot code.
$(OBJ)/kern/%.o $(OBJ)/boot/%.o $(OBJ)/lib/%.o: private FLAGS = $(KERN_CFLAGS)
$(OBJ)/kern/core/ktest_coverage.o $(OBJ)/kern/mem/ktest_poison.o: private FLAGS = $(filter-out $(INSTRUMENT),$(KERN_CFLAGS))
$(OBJ)/%.o: %.c $(OBJ)/options
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(FLAGS) -MMD -MP -c -o $@ $<
$(OBJ)/%.o: %.S $(OBJ)/options
	$(call say,AS,$<)mkdir -p $(@D) && $(CC) $(FLAGS) -D__ASSEMBLER__ -MMD -MP -c -o $@ $<

# lib/format.c is shared with the kernel: compiled once for each side.
$(UOBJ)/lib/%.o: lib/%.c $(UOBJ)/options
	$(call say,CC,$< (program))mkdir -p $(@D) && $(CC) $(LIB_CFLAGS) -MMD -MP -c -o $@ $<
$(UOBJ)/lib/%.o: lib/%.S $(UOBJ)/options
	$(call say,AS,$< (program))mkdir -p $(@D) && $(CC) $(LIB_CFLAGS) -D__ASSEMBLER__ -MMD -MP -c -o $@ $<

# Programs take from the library what they use, and no more.
$(UOBJ)/libc.a: $(LIB_OBJ) $(UOBJ)/sources-lib
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $(LIB_OBJ)
$(UOBJ)/%.o: user/%.c $(UOBJ)/options
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(USER_CFLAGS) -MMD -MP -c -o $@ $<
$(UOBJ)/user.ld: lib/user.ld.S inc/memlayout.h $(UOBJ)/options
	$(Q)mkdir -p $(@D) && $(CC) $(LIB_CFLAGS) -E -P -D__ASSEMBLER__ -x assembler-with-cpp -o $@ $<
$(UOBJ)/bin/%: $(UOBJ)/%.o $(UOBJ)/libc.a $(UOBJ)/user.ld tools/floats.sh
	$(call say,LD,$@)mkdir -p $(@D) && $(LD) $(LDFLAGS) --gc-sections -T $(UOBJ)/user.ld -o $@.debug $$(sh tools/floats.sh $<) \
	  $(UOBJ)/lib/crt0.o $(filter %.o %.a,$^) && \
	  $(OBJCOPY) --strip-all $@.debug $@
.PRECIOUS: $(UOBJ)/%.o

# The archive: programs, page aligned in the kernel image, so that their text is mapped from where it stands.
$(OBJ)/programs.S: $(PROGRAMS:%=$(UOBJ)/bin/%) tools/programs.sh $(OBJ)/sources
	$(Q)sh tools/programs.sh $(UOBJ)/bin $(PROGRAMS) >$@
$(OBJ)/programs.o: $(OBJ)/programs.S
	$(Q)$(CC) $(KERN_CFLAGS) -D__ASSEMBLER__ -c -o $@ $<

# The kernel, linked twice: the first time to learn the symbols and lines that the second carries along.
$(OBJ)/kern.ld: kern.ld inc/memlayout.h $(OBJ)/options
	$(Q)mkdir -p $(@D) && $(CC) $(KERN_CFLAGS) -E -P -D__ASSEMBLER__ -x assembler-with-cpp -o $@ $<
$(OBJ)/kernel: $(KERN_OBJ) $(OBJ)/programs.o $(OBJ)/kern.ld tools/ksyms.sh $(OBJ)/sources
	$(call say,LD,$@)$(LD) $(LDFLAGS) -T $(OBJ)/kern.ld -o $@.pass1 $(filter %.o,$^) && \
	  sh tools/ksyms.sh "$(NM)" "$(TC)" $@.pass1 >$(OBJ)/ksyms.S && \
	  $(CC) $(KERN_CFLAGS) -c -o $(OBJ)/ksyms.o $(OBJ)/ksyms.S && \
	  $(LD) $(LDFLAGS) -T $(OBJ)/kern.ld -o $@ $(filter %.o,$^) $(OBJ)/ksyms.o

#: clean           remove everything that was built
clean:
	rm -rf $(OBJROOT) compile_commands.json
.PHONY: all clean FORCE

-include $(wildcard $(KERN_OBJ:.o=.d) $(LIB_OBJ:.o=.d) $(USER_SRC:user/%.c=$(UOBJ)/%.d))
