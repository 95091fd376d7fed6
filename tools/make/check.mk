# tools/make/check.mk: make check and make hazards: every test on both machines.

CHECK = python3 tools/check/check.py --test='$(TEST)' --seed='$(SEED)' $(if $(V),--verbose)

#: check           every test on both machines; ends with: N passed, N failed, N skipped
check:
	@$(CHECK)
# The names that TEST= is looked for in.
check-list:
	@$(CHECK) --list
#: hazards         take out each guard of the page-table code: which test notices? TEST=i386-7: that one only
hazards:
	@$(CHECK) --hazards
#: coverage        which lines of the kernel do the tests run? A table, and the lines that none runs in obj/check/coverage
coverage:
	@$(CHECK) --coverage
# For check.py: build one kernel and say where it is.
check-kernel: $(OBJ)/kernel $(if $(filter i386,$(ARCH)),$(OBJ)/disk.img)
	@echo 'check-kernel: $<'
.PHONY: check hazards coverage check-list check-kernel
