#!/bin/sh
# tools/programs.sh DIR NAME...: assembly source of the archive of programs inside the kernel image, to standard output.
# NAMEs come sorted; the kernel searches the table by halving.
dir=$1
shift
echo '.section .programs, "a"'
i=0
for name in "$@"; do
	printf '.balign 4096\n.Lstart%d: .incbin "%s/%s"\n.Lend%d:\n' "$i" "$dir" "$name" "$i"
	i=$((i + 1))
done
echo '.balign 4096'
echo '.section .rodata'
echo '.balign 4'
echo '.globl programs, program_count'
echo 'programs:'
i=0
for name in "$@"; do
	printf '.long .Lname%d, .Lstart%d, .Lend%d - .Lstart%d\n' "$i" "$i" "$i" "$i"
	i=$((i + 1))
done
printf 'program_count: .long %d\n' "$i"
i=0
for name in "$@"; do
	printf '.Lname%d: .asciz "%s"\n' "$i" "$name"
	i=$((i + 1))
done
