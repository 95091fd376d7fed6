# tools/make/build.mk: from sources to the kernel and the disk image.

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s%s\n' '$(1)' '$(2)';)
obj = $(patsubst %,$(OBJ)/%.o,$(basename $(1)))

KERN_CFLAGS := $(CFLAGS) $(MACH_CFLAGS) $(KERN_MACH_CFLAGS) $(KDEFS) -Iinc -Ikern -Ikern/arch/$(ARCH) -Ilib/include -isystem $(CC_INC)
USER_CFLAGS := $(CFLAGS) $(MACH_CFLAGS) -DPT_BASE=$(PT_BASE) -Ilib/include -Iinc -isystem $(CC_INC)

KERN_OBJ := $(call obj,$(KERN_SRC))
LIB_OBJ := $(patsubst %,$(OBJ)/user/%.o,$(basename $(LIB_SRC)))
PROGRAMS := $(sort $(notdir $(basename $(USER_SRC))))

all: $(OBJ)/kernel

# Kernel and boot code.
$(OBJ)/kern/%.o $(OBJ)/boot/%.o: private FLAGS = $(KERN_CFLAGS)
$(OBJ)/%.o: %.c
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(FLAGS) -MMD -MP -c -o $@ $<
$(OBJ)/%.o: %.S
	$(call say,AS,$<)mkdir -p $(@D) && $(CC) $(FLAGS) -D__ASSEMBLER__ -MMD -MP -c -o $@ $<

# lib/format.c is shared with the kernel: compiled once for each side.
$(OBJ)/user/lib/%.o: lib/%.c
	$(call say,CC,$< (program))mkdir -p $(@D) && $(CC) $(USER_CFLAGS) -MMD -MP -c -o $@ $<
$(OBJ)/user/lib/%.o: lib/%.S
	$(call say,AS,$< (program))mkdir -p $(@D) && $(CC) $(USER_CFLAGS) -D__ASSEMBLER__ -MMD -MP -c -o $@ $<
$(OBJ)/lib/%.o: private FLAGS = $(KERN_CFLAGS)

# Programs.
$(OBJ)/user/%.o: user/%.c
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(USER_CFLAGS) -MMD -MP -c -o $@ $<
$(OBJ)/user/user.ld: lib/user.ld.S inc/memlayout.h
	$(Q)mkdir -p $(@D) && $(CC) $(MACH_CFLAGS) -E -P -D__ASSEMBLER__ -Iinc -x assembler-with-cpp -o $@ $<
$(OBJ)/user/bin/%: $(OBJ)/user/%.o $(LIB_OBJ) $(OBJ)/user/user.ld
	$(call say,LD,$@)mkdir -p $(@D) && $(LD) $(LDFLAGS) -T $(OBJ)/user/user.ld -o $@.debug $(filter %.o,$^) && \
	  $(OBJCOPY) --strip-all $@.debug $@
.PRECIOUS: $(OBJ)/user/%.o

# The archive: programs, page aligned in the kernel image, so that their text is mapped from where it stands.
$(OBJ)/programs.S: $(PROGRAMS:%=$(OBJ)/user/bin/%) tools/programs.sh
	$(Q)sh tools/programs.sh $(OBJ)/user/bin $(PROGRAMS) >$@
$(OBJ)/programs.o: $(OBJ)/programs.S
	$(Q)$(CC) $(KERN_CFLAGS) -D__ASSEMBLER__ -c -o $@ $<

# The kernel, linked twice: the first time to learn the symbols and lines that the second carries along.
$(OBJ)/kern.ld: kern.ld inc/memlayout.h kern/files.mk
	$(Q)mkdir -p $(@D) && $(CC) $(KERN_CFLAGS) -E -P -D__ASSEMBLER__ -x assembler-with-cpp -o $@ $<
$(OBJ)/kernel: $(KERN_OBJ) $(OBJ)/programs.o $(OBJ)/kern.ld tools/ksyms.sh
	$(call say,LD,$@)$(LD) $(LDFLAGS) -T $(OBJ)/kern.ld -o $@.pass1 $(filter %.o,$^) && \
	  sh tools/ksyms.sh "$(NM)" "$(TC)" $@.pass1 >$(OBJ)/ksyms.S && \
	  $(CC) $(KERN_CFLAGS) -c -o $(OBJ)/ksyms.o $(OBJ)/ksyms.S && \
	  $(LD) $(LDFLAGS) -T $(OBJ)/kern.ld -o $@ $(filter %.o,$^) $(OBJ)/ksyms.o

clean:
	rm -rf $(OBJROOT)
.PHONY: all clean

-include $(KERN_OBJ:.o=.d) $(LIB_OBJ:.o=.d) $(USER_SRC:%.c=$(OBJ)/%.d)
