# tools/make/grade.mk: make grade: scores the tree as a course would.

#: grade           scores the tree as a course would: LAB=n, TEST=2.4 (that exercise), ARCH=, SEED=n, JSON=file, TREE=dir (a student's), EMU=both (in Bochs, too),
#:                 GDB=1 (stops where a test fails, for gdb), REPEAT=n (with n seeds: is it always the same?)
grade:
	@python3 grading/grade.py $(if $(LAB),--lab '$(LAB)') $(if $(TEST),--test '$(TEST)') $(if $(SEED),--seed '$(SEED)') \
	  $(if $(JSON),--json '$(JSON)') $(if $(TREE),--tree '$(TREE)') $(if $(filter command environment,$(origin ARCH)),--arch '$(ARCH)') \
	  $(if $(EMU),--emu '$(EMU)') $(if $(GDB),--gdb) $(if $(REPEAT),--repeat '$(REPEAT)') $(GRADEFLAGS)
ifneq ($(wildcard grading/mutants.py),)
#: mutants         does the grader notice the mistakes that students make? LAB=n; TEST=name or 2.4: only these
mutants:
	@python3 grading/mutants.py $(if $(LAB),--lab '$(LAB)') $(if $(TEST),--test '$(TEST)') $(if $(SEED),--seed '$(SEED)') \
	  $(if $(filter command environment,$(origin ARCH)),--arch '$(ARCH)')
.PHONY: mutants
endif
# For the grader: what a kernel is built from, and how; and all of it built once.
grade-info:
	$(info CC $(CC))
	$(info LD $(LD))
	$(info OBJCOPY $(OBJCOPY))
	$(info NM $(NM))
	$(info TC $(TC))
	$(info LDFLAGS $(LDFLAGS))
	$(info KERN_CFLAGS $(KERN_CFLAGS))
	$(info LIB_CFLAGS $(LIB_CFLAGS))
	$(info USER_CFLAGS $(SLOT_USER_CFLAGS))
	$(info BOOT_CFLAGS $(BOOT_CFLAGS))
	$(info KERN_SRC $(KERN_SRC))
	$(info LIB_SRC $(LIB_SRC))
	$(info OBJ $(OBJ))
	$(info UOBJ $(UOBJ))
	$(info PROGRAM_OBJ $(PROGRAM_OBJ))
	$(info MKIMAGE $(MKIMAGE))
	@:
.PHONY: grade grade-info
