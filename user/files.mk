# A new file user/x.c is a new program x.
USER_SRC += $(wildcard user/*.c)
# Make and the assembler would stumble over other characters, each with a riddle of its own.
ODD_PROGRAM := $(shell LC_ALL=C ls user | LC_ALL=C grep '[.]c$$' | LC_ALL=C grep -v '^[A-Za-z0-9_.+-]*$$' | head -n 1)
ifneq ($(ODD_PROGRAM),)
$(error user/$(ODD_PROGRAM): rename it: the name of a program has only letters A to Z, a to z, digits and _ . + -)
endif
