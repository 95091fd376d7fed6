# tools/check/stack.py: a kernel stack that overflows on i386 is told as such, by the double fault's own task. (lab 3)
"""gdb stops in a system call and lowers esp until the stack is nearly full; then the kernel goes on and runs into the
page that is not there. A trap frame can't be pushed either, so nothing but a task switch can still say what happened."""
import os
import re

from guest import EMULATOR, Guest, tail
from job import ROOT, Failure, Job, Skip, Variant, command, need

STACK_BOTTOM = 0x3EC000  # in the kernel's slot; KSTACK_bottom of kern/arch/i386/shared.h
ROOM = 64                # bytes that are left: a call or two
FRAME = 20               # of these, the return address and the four arguments of the call that was stopped


def bottom(pt_base):
    return (pt_base ^ 0x800000) + STACK_BOTTOM


def find_gdb(job):
    found = command(job, ["sh", os.path.join(ROOT, "tools/gdb/which.sh"), "i386"])
    if found.code:
        raise Skip("no gdb that knows the i386: make deps")
    return found.output.strip()


def overflow(job):
    """Lets the first program run up to its first write, and fills the stack."""
    esp = bottom(job.variants[0].pt_base) + ROOM
    words = ["target remote %s", "hbreak sys_write", "continue", "set $old = $esp", "set $esp = 0x%x" % esp,
             "set {char[%d]}$esp = {char[%d]}$old" % (FRAME, FRAME), "delete", "detach"]
    gdb = find_gdb(job)
    with Guest("i386", kernel=job.kernel(), cmdline="run=hello panic=off", gdb=True, stopped=True) as guest:
        words[0] %= guest.gdb_socket
        argv = [gdb, "-nx", "-batch", job.kernel()] + [part for word in words for part in ("-ex", word)]
        job.log(command(job, argv, timeout=30).output)
        try:
            status = guest.wait(min(20, job.left()))
        finally:
            job.log(guest.text)
        return guest.text, status


def run(job):
    need(EMULATOR["i386"])
    text, status = overflow(job)
    found = re.search(r"^KERNEL PANIC: kernel stack overflow.* pc 0x8\w{7}, address 0x(\w{8})", text, re.MULTILINE)
    if not found:
        raise Failure("no word of a kernel stack overflow\n" + tail(text))
    end = bottom(job.variants[0].pt_base)
    if not end - 4096 <= int(found.group(1), 16) < end:
        raise Failure("the address is not right below the stack, which ends at 0x%08x: %s" % (end, found.group(0)))
    if not re.search(r"^  #0 0x8\w{7} \w+\+0x", text, re.MULTILINE) or status != 255:
        raise Failure("no backtrace, or status %s for 255\n%s" % (status, tail(text)))


def jobs(slots):
    return [Job("stack-i386-0x%08X" % (slot << 22), run, 60, [Variant("i386", slot)]) for slot in slots]
