#!/bin/sh
# tools/bochs.sh: runs the disk image in Bochs, with its debugger (interactively), or in batch for tests. (lab 1, 2)
usage() {
	cat <<EOF
usage: tools/bochs.sh [--image FILE] [--append "command line"] [--mem MB]            at Bochs' debugger prompt
       tools/bochs.sh ... --commands FILE | --batch  [--timeout S] [--serial FILE]   unattended
       tools/bochs.sh ... --run "prog args" [--timeout S]                            one program, as make qemu RUN=
--image     the disk image (default obj/i386/disk.img)
--append    boots a copy of the image with this kernel command line
--commands  debugger commands to run, one a line (as: lb ADDR, c, creg, page ADDR, info tab, xp /4wx ADDR, quit)
--batch     the same as --commands with a file that says only c
--run       boots to this program, prints the serial line's output and "status N"; the exit status is N, or 125 when
            the kernel told none
--timeout   seconds until Bochs is stopped (default 60); the exit status is then 124
--serial    where the serial line's output goes (default: to standard output, after Bochs has ended)
The debugger's output is on standard output. But for --run, Bochs' exit status says little: judge by text.
EOF
	exit 2
}
die() { echo "bochs.sh: $*" >&2; exit 1; }

image=obj/i386/disk.img mem=32 append= has_append= commands= batch= timeout=60 serial= run=
while [ $# -gt 0 ]; do
	case $1 in
	--batch) batch=1; shift; continue ;;
	--image | --append | --mem | --commands | --timeout | --serial | --run) [ $# -ge 2 ] || usage ;;
	*) usage ;;
	esac
	case $1 in
	--image) image=$2 ;;
	--append) append=$2 has_append=1 ;;
	--mem) mem=$2 ;;
	--commands) commands=$2 batch=1 ;;
	--timeout) timeout=$2 ;;
	--serial) serial=$2 batch=1 ;;
	--run) run=$2 batch=1 ;;
	esac
	shift 2
done

top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
command -v bochs >/dev/null || die "Bochs is not installed: apt-get install bochs bochsbios vgabios bochs-x"
bios=/usr/share/bochs/BIOS-bochs-legacy vga=/usr/share/vgabios/vgabios.bin
[ -f $bios ] || die "$bios is missing: apt-get install bochsbios"
[ -f $vga ] || die "$vga is missing: apt-get install vgabios"
[ -f "$image" ] || die "$image is missing: run make"
case $mem in '' | *[!0-9]*) die "--mem $mem: a number of megabytes" ;; esac
[ -z "$commands" ] || [ -f "$commands" ] || die "$commands: no such file of debugger commands"
case $timeout in '' | *[!0-9]*) die "--timeout $timeout: a number of seconds" ;; esac
case $run in
*\"*) die "--run $run: a double quote can't be part of it: the kernel's command line has no way to write one" ;;
?*) append="panic=off run=\"$run\"${append:+ $append}" has_append=1 ;;
esac

# Each run has a folder of its own, so that runs may go on side by side.
mkdir -p "$top/obj" && dir=$(mktemp -d "$top/obj/bochs.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM HUP
if [ -n "$has_append" ]; then
	mkimage=${MKIMAGE:-$top/obj/tools/mkimage}
	[ -x "$mkimage" ] || die "$mkimage is missing: run make"
	"$mkimage" -o "$dir/disk.img" --from "$image" --append "$append" || exit 1
	image=$dir/disk.img
fi

# Without a window Bochs shows its screen by VNC, to everybody and without a password: so it gets a network of its own,
# in which nobody is.
screen='display_library: rfb, options="timeout=0"'
alone=
if unshare -rn true 2>/dev/null; then alone='unshare -rn'; fi
line=$dir/serial.txt
if [ -z "$batch" ]; then
	if [ -n "$DISPLAY" ] && ls /usr/lib/*/bochs/plugins/libbx_x_gui.so >/dev/null 2>&1; then
		screen='display_library: x'
		alone=
	else
		echo "bochs.sh: hint: no window (needs DISPLAY and the package bochs-x); the serial console shows here"
		[ -n "$alone" ] || echo "bochs.sh: warning: its VNC server listens on port 5900 of every network interface"
	fi
	[ -w /dev/tty ] && [ -t 1 ] && line=/dev/tty
	echo "bochs.sh: c starts the machine, Ctrl-C stops it, help lists commands, q quits"
fi

cat >"$dir/bochsrc" <<EOF
megs: $mem
romimage: file=$bios
vgaromimage: file=$vga
cpu: model=p3_katmai, ips=50000000, reset_on_triple_fault=0
clock: sync=none, time0=946684800
boot: disk
ata0-master: type=disk, path="$image", mode=flat
com1: enabled=1, mode=file, dev=$line
port_e9_hack: enabled=1
magic_break: enabled=1
panic: action=fatal
log: $dir/bochs.log
sound: waveoutdrv=dummy
$screen
EOF

# Bochs 2.x is either with the debugger or without; Bochs 3 is asked for it.
debugger=''
bochs --help 2>&1 | grep -q -e ' -debugger' && debugger=-debugger
if [ -z "$batch" ]; then
	$alone bochs -q $debugger -f "$dir/bochsrc" 2>"$dir/errors" || [ -s "$line" ] || cat "$dir/errors" >&2
	exit
fi
: >"$line"
if [ -z "$commands" ]; then
	commands=$dir/commands
	echo c >"$commands"
fi
timeout --foreground -k 2 "$timeout" $alone bochs -q $debugger -f "$dir/bochsrc" -rc "$commands" \
	>"$dir/output" 2>"$dir/errors" </dev/null
ended=$?
grep -q '^Next at t=' "$dir/output" || { cat "$dir/output" "$dir/errors" >&2; die "Bochs did not start the machine"; }
[ -z "$serial" ] || cp "$line" "$serial" || exit 1

if [ -z "$run" ]; then
	cat "$dir/output"
	[ $ended != 124 ] || echo "bochs.sh: stopped after $timeout s"
	[ -n "$serial" ] || cat "$line"
	exit $ended
fi
[ -n "$serial" ] || cat "$line"
if [ $ended = 124 ]; then
	echo "no status: not finished after $timeout s (TIMEOUT=$timeout): hung, or slow"
	exit 124
fi
# The kernel's status went to port 0xE9, whose bytes Bochs writes among its output: it is the one before the debugger's
# last word, "(0).[time] ...", which is why Bochs stopped.
at=$(LC_ALL=C grep -abo '(0)\.\[' "$dir/output" | tail -n 1 | cut -d: -f1)
if [ -z "$at" ] || ! grep -q 'Shutdown port: shutdown requested' "$dir/bochs.log"; then
	echo "no status: the machine stopped without reporting one: it crashed, or was reset"
	exit 125
fi
status=$(dd if="$dir/output" bs=1 skip=$((at - 1)) count=1 2>/dev/null | od -An -tu1 | tr -d ' ')
echo "status $status"
exit "$status"
