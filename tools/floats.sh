#!/bin/sh
# tools/floats.sh: prints the linker's options for the floating-point halves of printf and scanf that program OBJECT.o
# needs. The library refers to them weakly, so that programs without floating point don't carry them; whether a program
# has any is seen by its formats: %f, %-8.3Lg and their like in its constants, and a call of the printf or scanf family.
set -u
has() { LC_ALL=C grep -aqE "$1" "$object"; }
object=$1
has '%[-+ #0]*(\*|[0-9]+)?([.](\*|[0-9]*))?[lL]?[aAeEfFgG]' || exit 0
has 'printf' && printf '%s ' '-u format_float'
has 'scanf' && printf '%s ' '-u scan_float'
exit 0
