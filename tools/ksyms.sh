#!/bin/sh
echo '.section .ksyms, "a"'
