#!/bin/sh
# tools/doctor.sh ARCH: each tool, its version beside those OurOS was tested with, and what to do.
# Environment: ENVIRONMENT: make's variables that came from there.
# Status 1 only if something is missing without which make qemu ARCH=.. can't work.
cd "$(dirname "$0")/.." || exit 1
arch=${1:-i386}
broken=''
have() { command -v "$1" >/dev/null 2>&1; }

# The first thing in a tool's own words that looks like a version.
version_of() { # COMMAND...
	"$@" </dev/null 2>&1 | grep -v 'LTDL' | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)*' | head -n 1
}

# older, newer or ok: FOUND against the versions from LOW to HIGH, by the first number.
compare() { # FOUND LOW HIGH
	if [ "${1%%.*}" -lt "${2%%.*}" ]; then
		echo older
	elif [ "${1%%.*}" -gt "${3%%.*}" ]; then
		echo newer
	else
		echo ok
	fi
}

# tool COMMAND VERSION-OPTION TESTED PACKAGE USE: one row of the table. TESTED: LOW-HIGH, or one version.
tool() {
	if ! have "$1"; then
		printf '%-22s %-9s %-10s %-8s %s (package %s)\n' "$1" - "$3" missing "$5" "$4"
		return
	fi
	found=$(version_of "$1" "$2")
	verdict=$(compare "${found:-0}" "${3%-*}" "${3#*-}")
	printf '%-22s %-9s %-10s %-8s %s\n' "$1" "${found:-?}" "$3" "$verdict" "$5"
	case $verdict in
	older) old="$old $1" ;;
	newer) new="$new $1" ;;
	esac
}
old='' new=''

printf '%-22s %-9s %-10s %-8s %s\n' TOOL VERSION TESTED STATE USE
tool make --version 4.3-4.4 make "builds everything; 4.2 at least"
echo '- compilers: one for each machine is enough'
tool i686-linux-gnu-gcc -dumpfullversion 10.2-14.2 gcc-i686-linux-gnu "i386, TOOLCHAIN=cross"
tool gcc -dumpfullversion 10.2-14.2 gcc "i386, TOOLCHAIN=native (on x86 Linux); host tools"
tool mipsel-linux-gnu-gcc -dumpfullversion 10.2-14.2 gcc-mipsel-linux-gnu "mips, TOOLCHAIN=cross"
tool clang --version 14.0-19.1 clang "both machines, TOOLCHAIN=clang (with ld.lld, llvm-nm)"
tool ld.lld --version 14.0-19.1 lld "linker for clang"
tool llvm-nm --version 14.0-19.1 llvm "tools for clang"
echo '- emulators'
tool qemu-system-i386 --version 5.2-10.0 qemu-system-x86 "make qemu"
tool qemu-system-mipsel --version 5.2-10.0 qemu-system-mips "make qemu ARCH=mips"
tool bochs --help 2.7-3.0 bochs "optional: make bochs"
echo '- tests and debugging'
tool python3 --version 3.9-3.13 python3 "make check, make bench"
tool gdb-multiarch --version 10.1-16.3 gdb-multiarch "make gdb"
tool bwrap --version 0.4-0.11 bubblewrap "optional: confines what students handed in while it is graded"
tool slurmctld -V 20.11-24.11 slurm-wlm "optional: grading/class --slurm (with munge)"
tool z3 --version 4.8-4.13 z3 "optional: proofs of the self-map's formulas"
tool grub-mkrescue --version 2.06-2.12 grub-common "optional: make iso"
tool xorriso --version 1.5 xorriso "optional: make iso"
echo
for machine in i386 mips; do
	if chosen=$(sh tools/toolchain.sh $machine); then
		echo "ARCH=$machine is built with TOOLCHAIN=$chosen, unless you name another."
	else
		echo "ARCH=$machine has no compiler yet: make deps"
		[ $machine != "$arch" ] || broken="$broken a compiler for $arch,"
	fi
done
case $arch in
i386) have qemu-system-i386 || broken="$broken qemu-system-i386," ;;
mips) have qemu-system-mipsel || broken="$broken qemu-system-mipsel," ;;
esac
[ -z "$old" ] || echo "Older than tested:$old: if something fails, update these first."
[ -z "$new" ] || echo "Newer than tested:$new: expected to work; new warnings don't stop a build."

# hint TEXT: something about this computer that trips people up.
hint() { printf '%s\n' "$*" | fold -s -w 110 | sed '1s/^/* /; 2,$s/^/  /'; }
echo
if [ -e /dev/kvm ]; then
	hint "/dev/kvm is there, and not used: OurOS runs under QEMU's own translator, on every computer the same." \
		"Don't add -enable-kvm: instruction counts and MIPS have no use for it."
fi
if have dpkg-query && dpkg-query -W -f '${Status}' gcc-multilib 2>/dev/null | grep -q '^install ok'; then
	hint "gcc-multilib is installed: it keeps the cross compilers out, and OurOS needs no 32-bit libraries." \
		"Remove it: apt-get remove gcc-multilib, then make deps."
else
	hint "Never install gcc-multilib (old advice for 32-bit kernels): it removes the cross compilers."
fi
hint "gdb asks no question and needs no line in ~/.gdbinit: make gdb names its script itself." \
	"The old advice \"add-auto-load-safe-path\" is not needed."
hint "Nothing is installed with pip, so \"externally-managed-environment\" (PEP 668) is of no concern."
for name in $ENVIRONMENT; do
	hint "$name is set in your environment, and make takes it from there: unset $name, if that is not meant."
done
case $(uname -r) in
*icrosoft*) hint "This is WSL: keep the tree in the Linux file system (~/), not under /mnt/c, where everything is slow." ;;
esac
echo
if [ -n "$broken" ]; then
	echo "make qemu ARCH=$arch can't work yet; missing:${broken%,}. make deps installs what is missing."
	exit 1
fi
echo "make qemu ARCH=$arch has all it needs."
