#!/bin/sh
# tools/programs.sh PROGRAM...: assembly source of the archive of programs inside the kernel image, to standard output.
# PROGRAMs are their files, sorted by the last part of their paths, which is the name: the kernel searches by halving.
echo '.section .programs, "a"'
i=0
for program in "$@"; do
	printf '.balign 4096\n.Lstart%d: .incbin "%s"\n.Lend%d:\n' "$i" "$program" "$i"
	i=$((i + 1))
done
echo '.balign 4096'
echo '.section .rodata'
echo '.balign 4'
echo '.globl programs, program_count'
echo 'programs:'
i=0
for program in "$@"; do
	printf '.long .Lname%d, .Lstart%d, .Lend%d - .Lstart%d\n' "$i" "$i" "$i" "$i"
	i=$((i + 1))
done
printf 'program_count: .long %d\n' "$i"
i=0
for program in "$@"; do
	printf '.Lname%d: .asciz "%s"\n' "$i" "${program##*/}"
	i=$((i + 1))
done
