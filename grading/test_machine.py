#!/usr/bin/env python3
# grading/test_machine.py: tests that kernels which hang, fall or never stop are recognised, and called what they are. (staff's; all labs)
"""Each plant stands in kernel_init(), before the first program: what ends it must be named, on each machine, and soon."""
import os
import random
import re
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import regions  # noqa: E402
from core import build, confine, lab as labs, machine, puppet  # noqa: E402

PLACE = "\tstart_first();\n\tschedule();\n"
RESET = {"i386": "__asm__ volatile(\"outb %0, %1\" : : \"a\"((unsigned char)0xfe), \"Nd\"((unsigned short)0x64)); for (;;);",
         "mips": "*(volatile unsigned *)0xbf000500 = 0x42; for (;;);"}
# A name; C text; what must be said; on which machine.
PLANTS = [
    ("spins", "for (;;)\n\t\t__asm__ volatile(\"\");", r"nothing came back after .*: it hangs at kernel_init\(\) in kern/init\.c:\d+", labs.ARCHES),
    ("waits-for-ever", {"i386": "__asm__ volatile(\"1: hlt; jmp 1b\");", "mips": "__asm__ volatile(\"1: wait; b 1b\");"}, r"it hangs at kernel_init|waits for an interrupt, and none will come", labs.ARCHES),
    ("triple-fault", "__asm__ volatile(\"lidt 0x80000000; int3\");", r"a triple fault resets the machine.* at kernel_init", ("i386",)),
    ("resets", RESET, r"the kernel resets the machine, which would begin again and again, at kernel_init", labs.ARCHES),
    ("begins-again", "__asm__ volatile(\"j kernel_init\");", r"begins again and again: its first line was printed \d+ times", ("mips",)),
    ("double-exception", "extern volatile unsigned vectors[];\n\tvectors[0x180 / 4] = 0x8c1a0000; /* lw k0, 0(zero) */\n\t*(volatile int *)0x1000 = 1;",
     r"an exception inside the handler of exceptions", ("mips",)),
    ("prints-for-ever", "for (;;)\n\t\tprintf(\"0123456789012345678901234567890123456789\\n\");", r"prints without end", labs.ARCHES),
    ("switches-off", "machine_poweroff(0);", r"the machine switched itself off", labs.ARCHES),
    ("panics", "panic(\"no way on\");", r"KERNEL PANIC: no way on[\s\S]*#0 0x\w+ \w+\(\) in kern/[\w/]+\.[ch]:\d+\n", labs.ARCHES),
]


def verdict(staff, folder, text):
    """What is said of a kernel with this in it, and how many seconds that took."""
    source = regions.read(os.path.join(labs.ROOT, "kern/init.c"))
    if source.count(PLACE) != 1:
        return "kern/init.c has no longer the lines before which plants stand", 0
    program = puppet.PuppetProgram(random.Random(1))
    made = build.Build(staff, folder, {"kern/init.c": source.replace(PLACE, "\t" + text + "\n" + PLACE)}, [program])
    begin = time.monotonic()
    try:
        with machine.Machine(made, program) as guest:
            guest.first()
        return "it reaches its first program", 0
    except machine.Stuck as stuck:
        return str(stuck), time.monotonic() - begin


def main():
    machine.BOOT = 2
    try:
        confine.choose(bool(shutil.which("bwrap")))
    except confine.ConfineError:
        pass  # it is not what is tested here
    failed = 0
    with tempfile.TemporaryDirectory(prefix="ouros-plants-") as above:
        os.chmod(above, 0o711)
        for arch in labs.ARCHES:
            staff = build.Staff(arch)
            staff.lay_out(os.path.join(above, "staff-" + arch))
            for name, text, said, archs in PLANTS:
                if arch not in archs or sys.argv[1:] and name not in sys.argv[1:]:
                    continue
                found, seconds = verdict(staff, tempfile.mkdtemp(dir=above), text[arch] if isinstance(text, dict) else text)
                good = re.search(said, found)
                failed += not good
                print("%s %s %s" % ("PASS" if good else "FAIL", arch, name) + ("" if good else ": it says: " + found.replace("\n", " | ")), flush=True)
                if os.environ.get("GRADE_TRACE"):
                    print("    %.1f s: %s" % (seconds, found.replace("\n", "\n    ")), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
