#!/bin/sh
# tools/matrix.sh: builds and boots OurOS with every toolchain on each machine; a table at the end. Installs nothing.
# Environment: MAKE, OBJROOT (where logs go).
make=${MAKE:-make}
logs=${OBJROOT:-obj}/matrix
mkdir -p "$logs"
passed=0 failed=0 skipped=0

attempt() { # ARCH TOOLCHAIN
	log=$logs/$1-$2.log
	if ! sh tools/toolchain.sh "$1" "$2" >/dev/null; then
		result="skipped: not installed" skipped=$((skipped + 1))
	elif ! $make --no-print-directory DEPS=no ARCH="$1" TOOLCHAIN="$2" all >"$log" 2>&1; then
		result="FAILED to build: $log" failed=$((failed + 1))
	elif ! $make --no-print-directory DEPS=no ARCH="$1" TOOLCHAIN="$2" RUN=hello qemu >>"$log" 2>&1 </dev/null; then
		result="FAILED to run hello: $log" failed=$((failed + 1))
	else
		warnings=$(grep -c 'warning:' "$log")
		result="passed, $warnings warnings" passed=$((passed + 1))
	fi
	printf '%-6s %-8s %s\n' "$1" "$2" "$result"
}

for name in elf cross native clang; do attempt i386 $name; done
for name in elf cross clang; do attempt mips $name; done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
