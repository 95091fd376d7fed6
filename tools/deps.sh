#!/bin/sh
# tools/deps.sh GROUP...: see to it that these groups of tools are installed. Silent and quick when they are.
#   compiler-i386[-NAME], compiler-mips[-NAME], qemu-i386, qemu-mips, host, python, gdb-i386, gdb-mips, bochs, grub, clang, z3, confine, slurm,
#   optional (those from bochs on)
# Debian and its kin: installs with apt-get, through sudo where not root. DEPS=no: only prints the command.
# Elsewhere: prints the packages' names. Status 0: all there now.
cd "$(dirname "$0")/.." || exit 1

have() { command -v "$1" >/dev/null 2>&1; }
packages=
reasons=
# need PACKAGE WHAT-FOR: note that PACKAGE is missing.
need() {
	case " $packages " in
	*" $1 "*) ;;
	*) packages="$packages $1" reasons="$reasons  $1: $2
" ;;
	esac
}

need_compiler() { # ARCH [NAME]
	sh tools/toolchain.sh "$@" >/dev/null && return
	case $* in
	*clang) look clang ;;
	*elf) echo "TOOLCHAIN=elf: no system has a package for $1-elf compilers: build one, or leave TOOLCHAIN out" && exit 1 ;;
	*native) need gcc "a C compiler that makes i386 code with -m32" && need binutils "its linker" ;;
	i386*) need gcc-i686-linux-gnu "a C compiler for i386" ;;
	mips*) need gcc-mipsel-linux-gnu "a C compiler for MIPS" ;;
	esac
}

look() { # GROUP
	case $1 in
	compiler-*)
		rest=${1#compiler-}
		# shellcheck disable=SC2046 # two words are wanted
		need_compiler $(echo "$rest" | tr - ' ')
		;;
	qemu-i386) have qemu-system-i386 || need qemu-system-x86 "emulates the PC" ;;
	qemu-mips) have qemu-system-mipsel || need qemu-system-mips "emulates the MIPS board" ;;
	host)
		have cc || need gcc "a C compiler for this computer, for host tools and unit tests"
		[ -e /usr/include/stdio.h ] || [ "$(uname -s)" = Darwin ] || need libc6-dev "the C library's headers for it"
		;;
	python) have python3 || need python3 "runs the tests" ;;
	gdb-*) sh tools/gdb/which.sh "${1#gdb-}" >/dev/null || need gdb-multiarch "debugs the kernel, on both machines" ;;
	bochs)
		have bochs || need bochs "a second emulator of the PC, with a debugger"
		[ -e /usr/share/bochs/BIOS-bochs-legacy ] || need bochsbios "its BIOS"
		[ -e /usr/share/vgabios/vgabios.bin ] || need vgabios "its screen's BIOS"
		;;
	grub)
		have grub-mkrescue || need grub-common "makes a CD image"
		[ -d /usr/lib/grub/i386-pc ] || need grub-pc-bin "the boot loader on it"
		have xorriso || need xorriso "the CD's file system"
		have mformat || need mtools "the boot loader's files"
		;;
	clang)
		have clang || need clang "another compiler, for both machines"
		have ld.lld || need lld "its linker"
		have llvm-nm || need llvm "its other tools"
		;;
	z3) have z3 || need z3 "proves the self-map's formulas" ;;
	confine) have bwrap || need bubblewrap "confines what a student handed in while it is graded" ;;
	slurm)
		have sbatch && have slurmctld && have slurmd || need slurm-wlm "spreads the grading of a class over several computers"
		have munged || need munge "by which they know each other"
		;;
	optional) for group in bochs grub clang z3 confine slurm; do look $group; done ;;
	*) echo "deps: no such group of tools: $1" && exit 2 ;;
	esac
}

look_all() {
	packages='' reasons=''
	for group in "$@"; do look "$group"; done
	packages=${packages# }
}

elsewhere() {
	cat <<EOF
OurOS needs a compiler and an emulator for each machine. clang with lld and llvm does for both. Packages, by system:
  Fedora    sudo dnf install gcc clang lld llvm qemu-system-x86 qemu-system-mips gdb python3
  Arch      sudo pacman -S --needed gcc clang lld llvm qemu-system-x86 qemu-system-mips gdb python
  macOS     brew install make llvm lld qemu python; then put llvm's and lld's bin folders into PATH and use gmake
  Nix       nix-shell -p gnumake llvmPackages.clang-unwrapped llvmPackages.lld llvmPackages.llvm qemu gdb python3
EOF
}

run_as_root() { # apt-get ARGUMENT...
	echo "+ ${sudo:+$sudo }$*"
	# Packages ask nothing, and wait for another installation to end.
	$sudo env DEBIAN_FRONTEND=noninteractive "$@" -o DPkg::Lock::Timeout=300 </dev/null
}

# Package lists may be absent (fresh container), or older than what the server still has.
install() {
	# shellcheck disable=SC2086 # the list's words
	set -- apt-get install -y --no-install-recommends $packages
	if "$@" -s >/dev/null 2>&1; then
		run_as_root "$@" && return
	fi
	run_as_root apt-get update && run_as_root "$@"
}

look_all "$@"
[ -n "$packages" ] || exit 0

echo "Missing on this computer:"
printf '%s' "$reasons"
if ! have apt-get; then
	elsewhere
	exit 1
fi
sudo=
if [ "$(id -u)" -ne 0 ]; then
	sudo=sudo
fi
command="${sudo:+sudo }apt-get install --no-install-recommends $packages"
if [ "$DEPS" = no ]; then
	echo "DEPS=no: nothing is installed. The command is: $command"
	exit 1
fi
if [ -n "$sudo" ] && ! have sudo; then
	echo "You are not root, and there is no sudo. As root: apt-get install --no-install-recommends $packages"
	exit 1
fi
echo "Installing them (make DEPS=no would not): $command"
if [ -n "$sudo" ] && ! sudo -v; then
	echo "sudo gave no leave. As root: apt-get install --no-install-recommends $packages"
	exit 1
fi
if ! install; then
	echo "apt-get could not install them, see its message above. By hand: $command"
	[ "$(. /etc/os-release 2>/dev/null && echo "$ID")" != ubuntu ] ||
		echo "On Ubuntu they are in \"universe\": sudo add-apt-repository universe"
	exit 1
fi
look_all "$@"
[ -z "$packages" ] || { echo "apt-get succeeded, yet these are still not found: $packages" && exit 1; }
