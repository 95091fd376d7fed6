# tools/make/run.mk: what is done with a kernel that is built: run it, debug it, measure it.

#: qemu            build, then boot to the shell in this terminal (Ctrl-a x quits); RUN="prog args": that program only,
#:                 headless; make succeeds if the program does (status 0)
#:                 ARCH=i386 boots obj/i386/disk.img; with RUN or APPEND, and on mips, QEMU loads the kernel itself
quoted = '$(subst ','\'',$1)'
qemu_options = -a $(ARCH) -k $(OBJ)/kernel -m $(MEM) $(if $(CPU),-c $(CPU)) $(if $(APPEND),-x $(call quoted,$(APPEND)))
image := $(if $(RUN)$(APPEND),,$(DISK))
qemu: $(OBJ)/kernel $(image)
	@sh tools/qemu.sh $(qemu_options) $(if $(RUN),-t $(TIMEOUT) -r $(call quoted,$(RUN)),$(image:%=-d %)) -- $(QEMUFLAGS)

#: qemu-gdb        the same as qemu, but stopped before the first instruction until gdb comes
qemu-gdb: APPEND := $(strip $(if $(RUN),run="$(RUN)") $(APPEND))
qemu-gdb: $(OBJ)/kernel
	@sh tools/qemu.sh $(qemu_options) -g auto:$(OBJ)/gdb-port -- $(QEMUFLAGS)
#: gdb             gdb, connected to the qemu-gdb of the same ARCH
gdb:
	@sh tools/gdb/gdb.sh $(ARCH) $(OBJ) $(UOBJ) $(SLOT_UOBJ)

#: bench           instructions that the basic operations take, on both machines, beside their targets; obj/bench.json
bench:
	@$(MAKE) -s --no-print-directory ARCH=i386 all
	@$(MAKE) -s --no-print-directory ARCH=mips all
	@python3 tools/bench.py $(OBJROOT) $(VARIANT)

#: matrix          build and boot with every toolchain that is installed, on both machines
matrix:
	+@MAKE='$(MAKE)' OBJROOT='$(OBJROOT)' sh tools/matrix.sh

#: compile_commands.json   how each file is compiled, for editors (clangd)
compile_source = { "directory": "$(CURDIR)", "file": "$1", "command": "$(CC) $2 -c -o $3 $1" }
json_comma := ,
compile_commands.json: $(OBJ)/options
	$(file >$@,[)
	$(foreach f,$(KERN_SRC),$(file >>$@,$(call compile_source,$f,$(KERN_CFLAGS),$(call obj,$f))$(json_comma)))
	$(foreach f,$(LIB_SRC),$(file >>$@,$(call compile_source,$f,$(USER_CFLAGS),$(UOBJ)/$(basename $f).o)$(json_comma)))
	$(foreach f,$(USER_SRC),$(file >>$@,$(call compile_source,$f,$(SLOT_USER_CFLAGS),$(patsubst user/%.c,$(UOBJ)/%.o,$f))$(json_comma)))
	@sed -i.bak '$$s/,$$//' $@ && rm -f $@.bak && echo ']' >>$@
.PHONY: qemu qemu-gdb gdb bench matrix compile_commands.json

# Last resort for a goal that nothing makes: most often a slip of the finger. (Therefore -include only what is there.)
.DEFAULT:
	@echo "make: there is no target \"$@\": make help lists them" >&2; exit 1
