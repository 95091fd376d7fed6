#!/bin/sh
# tools/make/guarded.sh ARCH SOURCE...: prints those sources whose code differs when a guard of the hazards list is taken
# out: they ask guard() or HAZARD themselves, or use an inline function or macro of a header that does. (lab 2)
# One that is overlooked keeps its guard, and make hazards says that nothing notices.
arch=$1
shift
boundary='(^|[^A-Za-z0-9_])'

# The inline functions and macros of headers in which "$1" stands, each as a regular expression.
users() {
	awk -v wanted="$boundary($1)" '
	{ sub(/[ \t]*\/\*.*/, "") }
	/^#define [A-Z]/ { name = $2; sub(/\(.*/, "", name); macro = 1 }
	/^static inline/ { name = $0; sub(/\(.*/, "", name); sub(/.*[^A-Za-z0-9_]/, "", name); name = name "[(]"; macro = 0 }
	name != "" && name != "HAZARD" && $0 ~ wanted { print name }
	macro ? !/\\$/ : /^}|^static.*[};]$/ { name = "" }' kern/*/*.h kern/arch/"$arch"/*.h
}

found='guard[(]|HAZARD' before=
while [ "$found" != "$before" ]; do
	before=$found
	found=$( { echo "$found" | tr '|' '\n'; users "$found"; } | sort -u | tr '\n' '|' | sed 's/|$//')
done
grep -lE "$boundary($found)" "$@"
