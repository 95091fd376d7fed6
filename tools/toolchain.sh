#!/bin/sh
# tools/toolchain.sh ARCH [NAME...]: prints the first complete toolchain for ARCH, of NAMEs if given; status 1 if none is.
arch=$1
shift
[ $# -gt 0 ] || set -- elf cross native clang

have() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null 2>&1 || return 1
	done
}
gcc_tools() { have "$1gcc" "$1ar" "$1ld" "$1nm" "$1objcopy"; }

# A Linux on an x86 processor: its gcc makes i386 code with -m32, and freestanding code needs no 32-bit libraries.
native_is_x86() {
	[ "$(uname -s)" = Linux ] || return 1
	case $(uname -m) in
	x86_64 | i?86) return 0 ;;
	esac
	return 1
}

for name in "$@"; do
	case $arch-$name in
	i386-elf) gcc_tools i686-elf- ;;
	i386-cross) gcc_tools i686-linux-gnu- ;;
	i386-native) native_is_x86 && gcc_tools '' ;;
	mips-elf) gcc_tools mipsel-elf- ;;
	mips-cross) gcc_tools mipsel-linux-gnu- ;;
	*-clang) have clang ld.lld llvm-ar llvm-nm llvm-objcopy ;;
	*) false ;;
	esac && echo "$name" && exit 0
done
exit 1
