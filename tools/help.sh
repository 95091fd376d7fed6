#!/bin/sh
# tools/help.sh MAKEFILE...: the targets ("#: " lines) and variables ("#= " lines) that the makefiles describe.
echo 'Targets (make TARGET):'
sed -n 's/^#: /  /p' "$@"
echo
echo 'Variables (make TARGET NAME=value), with their defaults:'
sed -n 's/^#= /  /p' "$@"
