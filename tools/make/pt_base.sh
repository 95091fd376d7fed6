#!/bin/sh
# tools/make/pt_base.sh TEXT: why TEXT, which was given as PT_BASE, is none. One half sentence to standard output.
case $1 in
0[xX]*[!0-9a-fA-F]* | 0[xX]) echo "is not a hexadecimal number" ;;
0[xX]?????????*) echo "has more than 32 bits" ;;
0[xX]*)
	if [ $(($1)) -lt $((0xC0000000)) ]; then
		echo "lies below 0xC0000000"
	else
		echo "is not aligned to 4 MB (0x400000)"
	fi
	;;
*) echo "is not a hexadecimal number (0x...)" ;;
esac
