# grading/core/puppet.py: a program that does only what the host orders: one system call, load, store or C call at a time. (all labs)
"""Its text is made anew for each run: another name, another address, its routines in another order, with gaps between.
It stands at `step`, where the host has a breakpoint; the host sets registers and the program counter, lets it go, and
finds the result in registers when it is back at `step`. Nothing in the program tells it from any other."""
import os
import re

from .build import Program

# The routines, by machine. Orders come in registers: i386 eax, ebx, ecx, edx, esi; MIPS v0, a0-a3. A fault's handler is `caught`.
ROUTINES = {
    "i386": {
        "do_syscall": "int $0x30",
        "do_load": "movl (%ebx), %eax", "do_load8": "movzbl (%ebx), %eax",
        "do_store": "movl %eax, (%ebx)", "do_store8": "movb %al, (%ebx)",
        "do_call": "call *%eax",
        "do_spin": "1: incl (%ebx)\n\tjmp 1b",
    },
    "mips": {
        "do_syscall": "syscall",
        "do_load": "lw $2, 0($4)\n\tnop", "do_load8": "lbu $2, 0($4)\n\tnop",
        "do_store": "sw $2, 0($4)", "do_store8": "sb $2, 0($4)",
        "do_call": "jalr $25\n\tnop",
        "do_spin": "1: lw $2, 0($4)\n\taddiu $2, $2, 1\n\tb 1b\n\t sw $2, 0($4)",
    },
}
JUMP = {"i386": "jmp step", "mips": "j step\n\tnop"}
NOP = {"i386": ".byte 0x90", "mips": "nop"}
TAG = {"i386": "edi", "mips": "s7"}  # says which puppet stands at step: calls and C functions keep it
PC = {"i386": "eip", "mips": "pc"}
SP = {"i386": "esp", "mips": "sp"}
RESULT = {"i386": "eax", "mips": "v0"}
DATA = 16384  # bytes for what the host writes: strings, structures

SYLLABLES = "ba be bi bo bu da de di do du ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu ra re ri ro ru sa se si so su ta te ti to tu".split()


def name(rng):
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randrange(2, 5)))


class PuppetProgram(Program):
    """keep: functions of the library (or of `code`) that the host will call. code: C of the test's own, linked in."""

    def __init__(self, rng, keep=(), code=""):
        super().__init__(name(rng), self._make)
        self.keep, self.code = list(keep), code
        self.base = 0x00400000 + rng.randrange(0, 0x800) * 0x1000
        self._order = sorted(ROUTINES["i386"], key=lambda _: rng.random())
        self._gaps = [rng.randrange(0, 24) for _ in range(len(self._order) + 3)]
        self.elf_path = None

    def _assembly(self, arch):
        def gap(i):
            return [NOP[arch]] * self._gaps[i]
        lines = [".text", ".globl main, step, caught", ".set noreorder" if arch == "mips" else "", ".type step, @function"]
        parts = ["main:\n\t%s" % JUMP[arch]] + ["%s:\n\t%s\n\t%s" % (r, ROUTINES[arch][r], JUMP[arch]) for r in self._order]
        parts.insert(1 + self._gaps[0] % len(self._order), "step:\n\t%s" % JUMP[arch])
        parts.append("caught:\n\t%s" % ("jmp caught" if arch == "i386" else "b caught\n\tnop"))
        for i, part in enumerate(parts):
            lines += gap(i % len(self._gaps)) + [part]
        lines += ['.section .note.GNU-stack,"",@progbits', ".globl puppet_data", ".bss", ".balign 4096", "puppet_data: .space %d" % DATA, ""]
        return "\n".join(lines)

    def _make(self, build, folder):
        source = os.path.join(build.source, "puppet-%s.S" % self.name)
        with open(source, "w", encoding="ascii") as file:
            file.write(self._assembly(build.arch))
        objects = [build.compile(os.path.basename(source), os.path.join(build.folder, "puppet-%s.o" % self.name), build.info["USER_CFLAGS"])]
        if self.code:
            with open(source[:-2] + "-code.c", "w", encoding="ascii") as file:
                file.write(self.code)
            objects.append(build.compile(os.path.basename(source)[:-2] + "-code.c", objects[0][:-2] + "-code.o", build.info["USER_CFLAGS"]))
        with open(build.staff_path(os.path.join(build.info["UOBJ"], "user.ld")), encoding="ascii") as file:
            script = re.sub(r"\. = [^;]* \+ SIZEOF_HEADERS", ". = 0x%08x + SIZEOF_HEADERS" % self.base, file.read(), 1)
        with open(os.path.join(build.folder, "puppet-%s.ld" % self.name), "w", encoding="ascii") as file:
            file.write(script)
        keep = [o for symbol in ["step", "caught", "puppet_data"] + self.keep for o in ("-u", symbol)] + ["--no-gc-sections"]
        path = build.link(os.path.join(folder, self.name), objects, os.path.join(build.folder, "puppet-%s.ld" % self.name), keep)
        self.elf_path = path + ".debug"
        return path
