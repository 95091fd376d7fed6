# tools/make/check.mk: make check and make hazards: every test on both machines.

CHECK = $(if $(call have,python3),,$(error make $@ needs python3, which is not installed: make deps)) \
  python3 tools/check/check.py --test '$(TEST)' --seed '$(SEED)' $(if $(V),--verbose)

check:
	@$(CHECK)
# The names that TEST= is looked for in.
check-list:
	@$(CHECK) --list
# For check.py: build one kernel and say where it is.
check-kernel: $(OBJ)/kernel
	@echo 'check-kernel: $<'
.PHONY: check check-list check-kernel
