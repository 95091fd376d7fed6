# tools/make/image.mk: what boots on a PC: boot sector, loader, disk image, GRUB image; and Bochs, which runs the image.

HOST_CFLAGS ?= -std=gnu11 -O2 -g -Wall -Wextra
MKIMAGE := $(OBJROOT)/tools/mkimage
image_append = '$(subst ','\'',$(APPEND))'

$(MKIMAGE): tools/mkimage.c boot/i386/image.h
	$(call say,HOSTCC,$<)mkdir -p $(@D) && $(HOSTCC) $(HOST_CFLAGS) -o $@ $<

ifeq ($(ARCH),i386)

DISK := $(OBJ)/disk.img
all: $(DISK)

LOADER_OBJ := $(addprefix $(COMMON)/boot/i386/,start16.o loader.o bios.o $(LOADER_MORE))
BOOT_BIN := $(COMMON)/boot/i386/boot.bin
LOADER_BIN := $(COMMON)/boot/i386/loader.bin
BOOT_TESTS := $(addprefix $(COMMON)/boot/i386/,test_kernel.bin test_shim.bin)
# The kernel's options that instrument code (sanitizers, coverage) are not for the loader.
BOOT_CFLAGS := $(CFLAGS) $(MACH_CFLAGS) $(KERN_MACH_CFLAGS) -Os -Iinc -isystem $(CC_INC)
$(COMMON)/boot/i386/boot.o $(LOADER_OBJ) $(BOOT_TESTS:.bin=.o): private FLAGS = $(BOOT_CFLAGS)

$(COMMON)/boot/i386/boot.elf: boot/i386/boot.ld $(COMMON)/boot/i386/boot.o
	$(call say,LD,$@)$(LD) $(LDFLAGS) -T $< -e boot_start -o $@ $(filter %.o,$^)
$(COMMON)/boot/i386/loader.elf: boot/i386/loader.ld $(LOADER_OBJ)
	$(call say,LD,$@)$(LD) $(LDFLAGS) -T $< -o $@ $(filter %.o,$^)
$(COMMON)/boot/i386/%.bin: $(COMMON)/boot/i386/%.elf
	$(Q)$(OBJCOPY) -O binary $< $@
.PRECIOUS: $(COMMON)/boot/i386/%.elf

$(eval $(call stamp,$(OBJ)/append,$(subst ','\'',$(APPEND))))
$(OBJ)/disk.img: $(MKIMAGE) $(BOOT_BIN) $(LOADER_BIN) $(OBJ)/kernel $(OBJ)/append
	$(call say,IMAGE,$@)$(MKIMAGE) -o $@ --boot $(BOOT_BIN) --loader $(LOADER_BIN) --kernel $(OBJ)/kernel \
	  --append $(image_append)

#: iso             obj/i386/ouros.iso, which GRUB boots from a CD or a stick
iso: $(OBJ)/ouros.iso
$(OBJ)/ouros.iso: $(OBJ)/kernel tools/mkiso.sh $(OBJ)/append
	$(call say,ISO,$@)sh tools/mkiso.sh -o $@ --kernel $(OBJ)/kernel --append $(image_append)

#: bochs           the disk image in Bochs, at its debugger's prompt; RUN="prog args": that program only, unattended
bochs: $(OBJ)/disk.img
	@RUN='$(subst ','\'',$(RUN))'; MKIMAGE=$(MKIMAGE) sh tools/bochs.sh --image $(OBJ)/disk.img --mem $(MEM) \
	  $(if $(RUN),--run "$$RUN" --append $(image_append) --timeout $(TIMEOUT))

# What boot/i386/test_boot.py needs beside the image.
$(COMMON)/boot/i386/test_kernel.elf: boot/i386/test_kernel.ld $(COMMON)/boot/i386/test_kernel.o
	$(call say,LD,$@)$(LD) $(LDFLAGS) -T $< -o $@ $(filter %.o,$^)
$(COMMON)/boot/i386/test_shim.elf: $(COMMON)/boot/i386/test_shim.o
	$(call say,LD,$@)$(LD) $(LDFLAGS) -Ttext 0 -e shim_start -o $@ $^
boot-tests: $(OBJ)/disk.img $(BOOT_TESTS)
	@echo "boot-tests: $(OBJ) $(MKIMAGE)"
.PHONY: iso bochs boot-tests

-include $(wildcard $(addprefix $(COMMON)/boot/i386/,boot.d start16.d loader.d bios.d $(LOADER_MORE:.o=.d) test_kernel.d test_shim.d))
else
iso bochs:
	@echo "make $@: for ARCH=i386 only: there is no PC firmware on ARCH=$(ARCH)"; exit 1
.PHONY: iso bochs
endif
