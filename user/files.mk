# A new file user/x.c is a new program x.
USER_SRC += $(wildcard user/*.c)
