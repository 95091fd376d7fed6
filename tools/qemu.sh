#!/bin/sh
# tools/qemu.sh: boots one kernel under QEMU, in this terminal.
# usage: qemu.sh -a i386|mips -k KERNEL [-d DISK] [-m MB] [-c CPU] [-t SECONDS] [-g PORT] [-i] [-x WORDS] [-r "PROGRAM ARG.."] [-- OPTION..]
#   -d  i386: boot from this disk image instead of loading the kernel directly
#   -g  wait for gdb on this port of 127.0.0.1; auto:FILE: on one that is free, whose number stands in FILE meanwhile
#   -i  one instruction is one nanosecond, and the clock starts at a fixed date: every run is the same
#   -r  headless: run the program, power off; status = the program's; 124 when it took too long, 125 when the machine
#       stopped without telling a status
#   -x  more words for the kernel's command line (not with -d: the image has its own)
# OPTIONs are QEMU's.
arch=i386 mem=64 limit=60
kernel='' disk='' cpu='' port='' fixed='' words='' run=''
while getopts a:k:d:m:c:t:g:ix:r: option; do
	case $option in
	a) arch=$OPTARG ;;
	k) kernel=$OPTARG ;;
	d) disk=$OPTARG ;;
	m) mem=$OPTARG ;;
	c) cpu=$OPTARG ;;
	t) limit=$OPTARG ;;
	g) port=$OPTARG ;;
	i) fixed=yes ;;
	x) words=$OPTARG ;;
	r) run=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))

die() {
	echo "qemu.sh: $*" >&2
	exit 2
}
case $run in
*\"*) die "RUN=$run: a double quote can't be part of it: the kernel's command line has no way to write one" ;;
esac
[ -r "$kernel" ] || die "no kernel at \"$kernel\": build it with make ARCH=$arch"

# QEMU switches the terminal to single keys. If it is killed, nobody switches back: do it here.
terminal=$(stty -g 2>/dev/null)
status_file=$(mktemp "${TMPDIR:-/tmp}/ouros-status.XXXXXX") || die "can't make a temporary file in ${TMPDIR:-/tmp}"
child='' port_file=''
finish() {
	[ -z "$child" ] || kill "$child" 2>/dev/null
	rm -f "$status_file" "$port_file"
	[ -z "$terminal" ] || stty "$terminal"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# A shell that waits for a foreground command hears no signal, and QEMU would outlive it: run it beside, on our input.
run_beside() {
	"$@" <&3 &
	child=$!
	wait $child
	set -- $?
	child=''
	return "$1"
}
exec 3<&0

# A port of its own for each user and folder, out of the range that the system hands out; the next one if it is taken.
free_port() {
	p=$(($(echo "$(id -u):$PWD:$arch" | cksum | cut -d' ' -f1) % 10000 + 20000))
	while [ -r /proc/net/tcp ] && grep -q ":$(printf '%04X' $p) 00000000:0000 0A" /proc/net/tcp; do
		p=$((p + 1))
	done
	echo $p
}

# Where the kernel leaves its status byte: i386: port 0xE9; MIPS: the third serial line.
if [ "$arch" = i386 ]; then
	machine="-machine pc"
	status_device="-chardev file,id=status,path=$status_file -device isa-debugcon,iobase=0xe9,chardev=status"
	emulator=qemu-system-i386
else
	machine="-machine malta -cpu ${cpu:-24Kf}" cpu='' disk=''
	status_device="-serial null -serial file:$status_file"
	emulator=qemu-system-mipsel
fi
[ -n "$cpu" ] && machine="$machine -cpu $cpu"
[ -n "$fixed" ] && machine="$machine -icount shift=0,sleep=off -rtc clock=vm,base=2026-01-01"
common="$machine -m $mem -display none -no-reboot -nic none"

if [ -n "$run" ]; then
	append="panic=off run=\"$run\"${words:+ $words}"
	for timeout in timeout gtimeout none; do
		command -v $timeout >/dev/null 2>&1 && break
	done
	if [ "$timeout" = none ]; then
		echo "(no timeout command here: a hung kernel runs until Ctrl-c)" >&2
		timeout=''
	else
		timeout="$timeout --foreground -k 2 $limit"
	fi
	# shellcheck disable=SC2086 # lists of words
	run_beside $timeout $emulator $common -serial stdio -monitor none $status_device -kernel "$kernel" -append "$append" "$@"
	ended=$?
	status=$(tail -c 1 "$status_file" | od -An -tu1 | tr -d ' ')
	[ -z "$terminal" ] || stty "$terminal"
	if [ -n "$status" ]; then
		echo "status $status"
		exit "$status"
	elif [ $ended -eq 124 ] || [ $ended -eq 137 ]; then
		echo "no status: not finished after $limit s (TIMEOUT=$limit): hung, or slow"
		exit 124
	elif [ $ended -ne 0 ]; then
		echo "no status: $emulator ended with $ended"
	else
		echo "no status: the machine stopped without reporting one: it crashed, or was reset"
	fi
	exit 125
fi

if [ -n "$disk" ]; then
	set -- -drive "file=$disk,format=raw,if=ide" "$@"
else
	set -- -kernel "$kernel" -append "$words" "$@"
fi
if [ -n "$port" ]; then
	case $port in
	auto:*)
		port_file=${port#auto:} port=$(free_port)
		echo "$port" >"$port_file"
		;;
	esac
	set -- -S -gdb "tcp:127.0.0.1:$port" "$@"
	echo "QEMU waits for gdb on 127.0.0.1:$port. In another terminal, same folder: make gdb ARCH=$arch. Here, Ctrl-a x quits."
else
	echo "(Ctrl-a x quits; Ctrl-] stops the machine in its monitor)"
fi
# shellcheck disable=SC2086 # lists of words
run_beside $emulator $common -serial mon:stdio $status_device "$@"
