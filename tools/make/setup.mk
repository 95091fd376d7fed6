# tools/make/setup.mk: the tools that each target needs, and how they get onto the machine: make deps, make doctor.
# Lines that start with "#: " are what make help prints.

both_compilers := compiler-i386 compiler-mips
both_machines := $(both_compilers) qemu-i386 qemu-mips
# The PC's disk image is made by a program of ours, which a compiler for this computer builds.
this_image := $(if $(filter i386,$(ARCH)),host)
this_machine := compiler-$(ARCH)$(TOOLCHAIN:%=-%) qemu-$(ARCH)

NEEDS_all := compiler-$(ARCH)$(TOOLCHAIN:%=-%) $(this_image)
NEEDS_compile_commands.json := $(NEEDS_all)
NEEDS_qemu := $(this_machine) $(if $(RUN)$(APPEND),,$(this_image))
NEEDS_qemu-gdb := $(this_machine)
NEEDS_gdb := gdb-$(ARCH)
NEEDS_bench := $(both_machines) host python
NEEDS_check := $(both_machines) host python
NEEDS_hazards := $(NEEDS_check)
NEEDS_coverage := $(NEEDS_check)
NEEDS_check-list := python
NEEDS_check-kernel := $(NEEDS_all)
NEEDS_bochs := compiler-i386 host bochs
NEEDS_boot-tests := $(NEEDS_all)
NEEDS_iso := compiler-i386 grub
NEEDS_handout := python
NEEDS_patch := python
NEEDS_grade := $(if $(filter command environment,$(origin ARCH)),compiler-$(ARCH) qemu-$(ARCH),$(both_machines)) host python $(if $(TREE),confine)
NEEDS_mutants := $(NEEDS_grade)

goals := $(or $(MAKECMDGOALS),all)
NEEDS := $(sort $(foreach goal,$(goals),$(NEEDS_$(goal))$(if $(filter $(OBJROOT)/%,$(goal)),$(NEEDS_all))))

# make -n, -q, -p (which a shell's tab completion runs) and -t look only: they install nothing.
looking := $(strip $(foreach flag,n q p t,$(findstring $(flag),$(filter-out --%,$(firstword -$(MAKEFLAGS))))))
ifneq ($(NEEDS),)
ifeq ($(looking),)
$(shell DEPS='$(DEPS)' sh tools/deps.sh $(NEEDS) >&2)
ifneq ($(.SHELLSTATUS),0)
$(error make $(goals): tools are missing, see above; make doctor looks at all of them)
endif
endif
endif

#: deps            install the tools for both machines (apt-get; elsewhere: print their names); OPTIONAL=yes: all others too
#: doctor          which tools are there, in which version, and what to do about it
deps:
	@DEPS='$(DEPS)' sh tools/deps.sh $(both_machines) host python gdb-i386 gdb-mips $(if $(filter-out no,$(OPTIONAL)),optional)
	@echo 'all tools are there'
doctor:
	@ENVIRONMENT='$(foreach v,$(KNOWN_VARIABLES),$(if $(filter environment,$(origin $v)),$v))' sh tools/doctor.sh $(ARCH)
#: help            this list
help:
	@sh tools/help.sh GNUmakefile tools/make/*.mk $(wildcard grading/*.mk)
.PHONY: deps doctor help
