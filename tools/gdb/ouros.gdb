# tools/gdb/ouros.gdb: what make gdb tells gdb. tools/gdb/gdb.sh fills in the names between at-signs.
set confirm off
set pagination off
set disassemble-next-line auto
set architecture @ARCH@
file @OBJ@/kernel

define program
	add-symbol-file @PROGRAMS@/$arg0.debug
end
document program
program NAME: load the symbols of the user program NAME as well, to set breakpoints in it.
end

define run
	echo The machine is running already, stopped by gdb: type "continue" (or c). To begin anew: quit, and make qemu-gdb again.\n
end
define start
	run
end
define starti
	run
end
document run
The machine is started by make qemu-gdb, not by gdb: use "continue".
end

echo Connecting to QEMU at 127.0.0.1:@PORT@\n
target remote 127.0.0.1:@PORT@
echo Stopped before the first instruction. Try: break kernel_init, continue, backtrace; program sh, break main.\n
