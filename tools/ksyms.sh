#!/bin/sh
# tools/ksyms.sh NM TOOLCHAIN KERNEL: assembly source of the kernel's own symbol table, to standard output: its functions,
# and for each instruction the file and line it comes from. kern/core/ksyms.c reads it. The kernel is linked twice: KERNEL
# is the first link; the table stands behind all code, so the second link must leave every function where it was.
nm=$1
kernel=$3
export LC_ALL=C

have() { command -v "$1" >/dev/null 2>&1; }

# Lines "ADDRESS F name". The first name of an address is taken; the link map's own marks are no functions.
functions() {
	$nm -n "$kernel" | awk '$2 ~ /^[tTwW]$/ && $1 ~ /[89a-f].......$/ && $3 !~ /^(kernel_start$|kernel_text_end$|[$.])/ { print substr($1, length($1) - 7), "F", $3 }'
}

# Lines "ADDRESS L file line" and, where a run of code ends, "ADDRESS E", from either tool's text. The paths are made
# relative to the source tree.
lines() {
	awk -v here="$PWD/" '
	function path(n,  p) {
		p = file[n]
		if (p !~ /^\// && dir[file_dir[n]] != "" && !(version >= 5 && file_dir[n] == 0 && p ~ /\//))
			p = dir[file_dir[n]] "/" p
		if (index(p, here) == 1)
			p = substr(p, length(here) + 1)
		gsub(/\/\.\//, "/", p)
		sub(/^\.\//, "", p)
		return p
	}
	function new_table() {
		split("", dir); split("", file); split("", file_dir); split("", known)
		number = 1
	}
	function row() {
		if (!(number in known))
			known[number] = path(number)
		if (length(address) == 8)
			print address, "L", known[number], line + 0
	}
	function target(  i) { # the word behind "to": an address without its 0x
		for (i = 1; i < NF; i++)
			if ($i == "to")
				return substr($(i + 1), 3)
	}
	function last_number(  i) {
		for (i = NF; i > 0; i--)
			if ($i == "to")
				return $(i + 1)
	}

	# GNU readelf --debug-dump=rawline
	/^  DWARF Version:/ { version = $3; new_table() }
	/^ The Directory Table/ { table = 1; next }
	/^ The File Name Table/ { table = 2; next }
	/^ Line Number Statements/ { table = 0; line = 1; next }
	table && /^  [0-9]+\t/ {
		name = $0
		if (!sub(/.*\): /, "", name))
			sub(/.*\t/, "", name)
		if (table == 1) {
			dir[$1] = name
		} else {
			file[$1] = name
			file_dir[$1] = $2
		}
		next
	}
	/^  \[0x/ {
		if ($2 == "Special") { address = target(); line = last_number(); row() }
		else if ($2 == "Copy") row()
		else if ($2 == "Advance" && $3 == "PC") address = target()
		else if ($2 == "Advance" && $3 == "Line") line = last_number()
		else if ($3 == "File" && $4 == "Name") number = $7
		else if ($2 == "Extended" && $4 == "2:") address = target()
		else if ($2 == "Extended" && $4 == "1:") {
			if (length(address) == 8)
				print address, "E"
			address = ""
			number = line = 1
		}
		next
	}

	# llvm-dwarfdump --debug-line
	/^ *version: / { version = $2; new_table() }
	/^include_directories\[/ { n = $0; sub(/^[^[]*\[ */, "", n); p = $0; sub(/^[^"]*"/, "", p); sub(/"$/, "", p); dir[n + 0] = p }
	/^file_names\[/ { n = $0; sub(/^[^[]*\[ */, "", n); entry = n + 0 }
	/^ *name: "/ { p = $0; sub(/^[^"]*"/, "", p); sub(/"$/, "", p); file[entry] = p }
	/^ *dir_index: / { file_dir[entry] = $2 }
	/^0x[0-9a-f]+ / {
		address = substr($1, length($1) - 7)
		if (/end_sequence/) { print address, "E"; next }
		number = $4
		line = $2
		row()
	}'
}

dump_lines() {
	for readelf in "${nm%nm}readelf" readelf i686-linux-gnu-readelf mipsel-linux-gnu-readelf; do
		case $readelf in *llvm*) continue ;; esac
		have "$readelf" || continue
		$readelf --debug-dump=rawline "$kernel" | lines
		return
	done
	for dwarfdump in "${nm%nm*}dwarfdump${nm##*nm}" llvm-dwarfdump; do
		case $dwarfdump in *llvm*) ;; *) continue ;; esac
		have "$dwarfdump" || continue
		$dwarfdump --debug-line "$kernel" | lines
		return
	done
	echo "ksyms: neither readelf nor llvm-dwarfdump is here: backtraces will name functions, but no files and lines" >&2
}

# Sorted by address; at one address the end of a run comes first, then the function, then lines, of which the last counts.
{ functions; dump_lines; } | sort -s -k1,2 | awk '
	BEGIN { rows = 0 } # an index, also the first time
	function list(directive, text, count,  i) {
		for (i = 0; i < count; i++)
			printf "%s%s", i % 16 ? "," : "\n" directive " ", text[i]
		print ""
	}
	function add_row(where, what, at) {
		if (rows > first && delta_at[rows - 1] == where)
			rows--
		if (rows > first && file[rows - 1] == what && line[rows - 1] == at)
			return
		delta_at[rows] = where
		delta[rows] = "0x" where "-0x" start
		file[rows] = what
		line[rows++] = at
	}
	function file_number(name) {
		if (!(name in number) && names < 255) {
			number[name] = ++names
			file_name[names] = name
		}
		return number[name] + 0
	}
	$2 == "F" && $1 != start {
		start = $1
		first = rows + 0
		entry[count++] = "0x" start ",.Ls" count - 1 "," first
		name[count - 1] = $3
		if (number_now) # a label inside one run of code: the line goes on
			add_row(start, number_now, line_now)
	}
	$2 == "L" {
		number_now = file_number($3)
		line_now = $4 > 65535 ? 0 : $4
		if (start != "")
			add_row($1, number_now, line_now)
	}
	$2 == "E" {
		number_now = 0
		if (start != "")
			add_row($1, 0, 0)
	}
	END {
		print ".section .ksyms, \"a\"\n.balign 4"
		printf ".long %d,.Lfunctions,.Ldeltas,.Llines,.Lfiles,.Lnames\n", count
		entry[count] = "0xffffffff,0," rows + 0
		print ".Lfunctions:"; list(".long", entry, count + 1)
		print ".Ldeltas:"; list(".short", delta, rows)
		print ".Llines:"; list(".short", line, rows)
		print ".Lfiles:"; list(".byte", file, rows)
		print ".balign 4\n.Lnames: .long 0"
		for (i = 1; i <= names; i++)
			printf ".long .Ln%d\n", i
		for (i = 1; i <= names; i++)
			printf ".Ln%d: .asciz \"%s\"\n", i, file_name[i]
		for (i = 0; i < count; i++)
			printf ".Ls%d: .asciz \"%s\"\n", i, name[i]
	}'
# Where the code ended in this link; kern.ld compares it with where it ends in the second.
$nm "$kernel" | awk '$3 == "kernel_text_end" { print ".globl ksyms_text_end\nksyms_text_end = 0x" substr($1, length($1) - 7) }'
