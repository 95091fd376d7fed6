#!/bin/sh
# tools/gdb/which.sh ARCH: the first gdb on this computer that knows ARCH; status 1 if none does.
for gdb in gdb-multiarch gdb i686-elf-gdb mipsel-elf-gdb; do
	command -v $gdb >/dev/null 2>&1 || continue
	# Debian's plain gdb knows only this computer's processor.
	$gdb -nx -batch -ex "set architecture $1" 2>/dev/null | grep -q 'set to' && echo $gdb && exit 0
done
exit 1
