#!/usr/bin/env python3
# tools/gdb/test_gdb.py: make qemu-gdb and make gdb, on both machines: gdb asks nothing, connects, stops where it is told,
# in the kernel and in a program, and survives "run"; and QEMU ends with the make that started it.
# Prints a line "PASS name", "FAIL name: why" or "SKIP name: why" for each.
import os
import re
import shutil
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMMANDS = """run
break kernel_init
continue
backtrace
program hello
break main
continue
info symbol $pc
quit
"""
# What gdb must say, in this order: regular expressions.
EXPECTED = ["Stopped before the first instruction", "The machine is running already", r"Breakpoint 1, kernel_init \(\) at kern/init\.c",
            "#0  kernel_init", r"Breakpoint 2, main \(\) at user/hello\.c", r"main( \+ \d+)? in section \.text"]
EMULATOR = {"i386": "qemu-system-i386", "mips": "qemu-system-mipsel"}


def environment():
    return {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "TEST", "SEED")}


def make(*arguments):
    return ["make", "--no-print-directory", "DEPS=no"] + list(arguments)


def wait_for(condition, seconds):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    return condition()


def debug(arch):
    """One session; why it failed, or nothing."""
    port = os.path.join(ROOT, "obj", arch, "gdb-port")
    server = subprocess.Popen(make("ARCH=" + arch, "RUN=hello", "qemu-gdb"), cwd=ROOT, env=environment(),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        if not wait_for(lambda: os.path.exists(port) or server.poll() is not None, 90) or server.poll() is not None:
            return "make qemu-gdb did not come up"
        # QEMU listens a moment after the file is there.
        number = int(open(port).read())
        wait_for(lambda: listening(number), 20)
        done = subprocess.run(make("ARCH=" + arch, "gdb"), cwd=ROOT, env=environment(), input=COMMANDS, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
        at = 0
        for text in EXPECTED:
            found = re.compile(text).search(done.stdout, at)
            if not found:
                return "gdb did not say \"%s\", but: %s" % (text, " ".join(done.stdout.split())[-400:])
            at = found.start()
        if "(y or n)" in done.stdout:
            return "gdb asked a question"
    except subprocess.TimeoutExpired:
        return "gdb was not finished after 60 s"
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate()
    if not wait_for(lambda: not listening(number), 10):
        return "QEMU still runs after make was ended"
    return "obj/%s/gdb-port is still there" % arch if os.path.exists(port) else ""


def listening(port):
    """Looked up, not tried: a connection would be gdb's."""
    with open("/proc/net/tcp") as table:
        return any(row.split()[1].endswith(":%04X" % port) and row.split()[3] == "0A" for row in list(table)[1:])


def main():
    failed = 0
    for arch in EMULATOR:
        name = "gdb session on %s" % arch
        gdb = subprocess.run(["sh", "tools/gdb/which.sh", arch], cwd=ROOT, stdout=subprocess.DEVNULL).returncode == 0
        missing = "no gdb that knows %s" % arch if not gdb else \
            "%s is not installed" % EMULATOR[arch] if not shutil.which(EMULATOR[arch]) else \
            "/proc/net/tcp is not there" if not os.path.exists("/proc/net/tcp") else ""
        if missing:
            print("SKIP %s: %s (make deps)" % (name, missing))
            continue
        why = debug(arch)
        failed += bool(why)
        print("FAIL %s: %s" % (name, why) if why else "PASS %s" % name)
    sys.exit(1 if failed else 0)


main()
