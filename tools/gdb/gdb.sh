#!/bin/sh
# tools/gdb/gdb.sh ARCH OBJ UOBJ...: starts gdb on the kernel in folder OBJ, programs in the UOBJs, and connects it to the QEMU that
# make qemu-gdb started.
arch=$1 obj=$2
shift 2
cd "$(dirname "$0")/../.." || exit 1

gdb=$(sh tools/gdb/which.sh "$arch") || {
	echo "make gdb: no gdb here knows $arch: make deps installs gdb-multiarch" >&2
	exit 1
}
for file in "$obj/kernel" "$obj/gdb-port"; do
	[ -r "$file" ] && continue
	echo "make gdb: no $file: in another terminal, first: make qemu-gdb ARCH=$arch (and the same PT_BASE=.. and so on)" >&2
	exit 1
done
# The programs side by side, wherever they were built.
programs=$obj/programs
mkdir -p "$programs"
for folder in "$@"; do
	for file in "$PWD/$folder"/bin/*.debug; do ln -sf "$file" "$programs"; done
done
sed -e "s|@OBJ@|$obj|g" -e "s|@PROGRAMS@|$programs|g" -e "s|@ARCH@|$arch|g" -e "s|@PORT@|$(cat "$obj/gdb-port")|g" tools/gdb/ouros.gdb >"$obj/ouros.gdb"
# No question about downloading debug information; a file of ours, named: no question about loading it either.
DEBUGINFOD_URLS='' exec "$gdb" -q -x "$obj/ouros.gdb"
