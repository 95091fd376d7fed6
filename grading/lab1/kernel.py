# grading/lab1/kernel.py: calls functions of a stopped kernel, and keeps the host's own account of who called whom. (lab 1)
import struct

from core.gdb import Ended
from core.machine import CALLS, Stuck
from core.puppet import PC, SP

ROOM = 0x300  # bytes of the stack in use that are left alone below a stopped kernel's sp


class Kernel:
    """The kernel, stopped at the first instruction of a system call of puppet p. call() runs a function of it on its stack,
    release() lets it go on: then p's order ends by itself."""

    def __init__(self, t, p, call="getpid", arguments=()):
        self.m, self.p, self.arch = t.machine, p, t.arch
        self.gdb = self.m.gdb
        self.directory = p.directory  # finding it takes an order
        p.order("do_syscall", [CALLS[call]] + list(arguments))
        self.registers = self.m.run_to("sys_" + call)
        self.home = self.m.kernel.address("kernel_init")  # nobody comes there any more

    def release(self):
        self.gdb.set(**self.registers_kept())
        return self.p.finish()

    def registers_kept(self):
        skip = ("zero",) if self.arch == "mips" else ("cs", "ss", "ds", "es", "fs", "gs")
        return {name: value for name, value in self.registers.items() if name not in skip}

    def prepare(self, function, words, variadic, sp):
        """Registers and stack for function(words), which is to return to self.home."""
        at = self.m.kernel.address(function) if isinstance(function, str) else function
        words = [w & 0xFFFFFFFF for w in words]
        if self.arch == "i386":
            named = 0 if variadic else 3
            stack = [self.home] + words[named:]
            sp -= 4 * len(stack) + 16 & ~15
            self.gdb.write(sp, struct.pack("<%dI" % len(stack), *stack))
            return dict(zip(("eax", "edx", "ecx"), words[:named]), eip=at, esp=sp)
        sp = (sp - 16 - 4 * len(words) & ~7) - 16
        if words[4:]:
            self.gdb.write(sp + 16, struct.pack("<%dI" % len(words[4:]), *words[4:]))
        return dict(zip(("a0", "a1", "a2", "a3"), words), pc=at, sp=sp, ra=self.home)

    def call(self, function, *words, variadic=False, sp=None, registers=None, stops=(), seconds=5):
        """Run it; its result. stops: functions that only get as far as their first instruction: [(name, first argument)]
        are then in self.stopped."""
        values = self.prepare(function, words, variadic, (sp or self.registers[SP[self.arch]]) - ROOM)
        self.gdb.set(**dict(registers or {}, **values))
        stops = {self.m.kernel.address(name): name for name in stops}
        for at in [self.home, *stops]:
            self.gdb.break_at(at)
        self.stopped = []
        try:
            while True:
                self.m.go(seconds)
                now = self.gdb.registers()
                pc = now[PC[self.arch]]
                if pc == self.home:
                    return now["eax" if self.arch == "i386" else "v0"]
                if pc not in stops:
                    raise Stuck("%s went astray, to %s" % (function, self.m.kernel.function_at(pc)))
                self.stopped.append((stops[pc], now["eax" if self.arch == "i386" else "a0"]))
                self.leave(now)
        finally:
            for at in [self.home, *stops]:
                self.forget(at)

    def forget(self, at):
        try:
            self.gdb.clear(at)
        except Ended:
            pass  # what went wrong before is the news

    def leave(self, now):
        """Return from the function at whose first instruction it stands."""
        if self.arch == "i386":
            back = struct.unpack("<I", self.gdb.read(now["esp"], 4))[0]
            self.gdb.set(eip=back, esp=now["esp"] + 4)
        else:
            self.gdb.set(pc=now["ra"])


class Frame:
    """Where a function goes on when the one that it called returns: pc, and sp and fp as they are then."""

    def __init__(self, pc, sp, fp):
        self.pc, self.sp, self.fp = pc, sp, fp


class Account:
    """Single steps, and who called whom meanwhile. frames: the innermost caller last."""

    def __init__(self, kernel):
        self.k, self.m, self.gdb, self.arch = kernel, kernel.m, kernel.gdb, kernel.arch
        self.text = [(va, data) for va, data, _, _ in self.m.kernel.loaded()]
        self.now = kernel.registers
        self.frames = [self.caller(self.now)]
        if self.arch == "mips":
            self.vectors = range(self.m.kernel.address("vectors"), self.m.kernel.address("vectors_end"))

    def code(self, pc, size):
        for va, data in self.text:
            if va <= pc < va + len(data):
                return data[pc - va:pc - va + size]
        return b"\0" * size

    def caller(self, now):
        """At a function's first instruction."""
        if self.arch == "i386":
            back = struct.unpack("<I", self.gdb.read(now["esp"], 4))[0]
            return Frame(back, now["esp"] + 4, now["ebp"])
        return Frame(now["ra"], now["sp"], now["s8"])

    @property
    def pc(self):
        return self.now[PC[self.arch]]

    def kind(self):
        """What the next instruction does to the account: "call", "return" or ""."""
        if self.arch == "i386":
            op = self.code(self.pc, 2)
            if op[0] == 0xE8 or op[0] == 0xFF and op[1] >> 3 & 7 == 2:
                return "call"
            return "return" if op[0] in (0xC3, 0xC2) else ""
        word = struct.unpack("<I", self.code(self.pc, 4))[0]
        if word >> 26 == 3 or word & 0xFC00003F == 9 or word & 0xFC1F0000 == 0x04110000:
            return "call"
        return "return" if word & 0xFFE0003F == 0x03E00008 else ""

    def is_branch(self):
        word = struct.unpack("<I", self.code(self.pc, 4))[0]
        op = word >> 26
        return op in (1, 2, 3, 4, 5, 6, 7, 20, 21, 22, 23) or op == 0 and word & 63 in (8, 9) or word >> 21 == 0x228

    def advance(self):
        """A MIPS branch goes with its delay slot: the emulator may stop there, and forgets the branch if it is then sent elsewhere."""
        slot = self.pc + 4 if self.arch == "mips" and self.is_branch() else None
        self.gdb.step()
        self.now = self.gdb.registers()
        if self.pc == slot:
            self.gdb.step()
            self.now = self.gdb.registers()

    def step(self):
        """One instruction (with its delay slot). False: the call's end, or an exception: no more to see."""
        kind = self.kind()
        self.advance()
        while self.arch == "mips" and self.pc in self.vectors:  # a refill; anything longer is not for us
            if self.kind():
                return False
            self.advance()
        if kind == "call":
            self.frames.append(self.caller(self.now))
        elif kind == "return":
            self.frames.pop()
        return bool(self.frames)

    def chain_holds(self):
        """i386: does ebp's chain show all of it? In a function's first and last instructions it can't."""
        if self.arch == "mips":
            return True
        fp = self.now["ebp"]
        for frame in reversed(self.frames):
            if fp < self.now["esp"] or struct.unpack("<2I", self.gdb.read(fp, 8)) != (frame.fp, frame.pc) or fp + 8 != frame.sp:
                return False
            fp = frame.fp
        return True

    def here(self):
        """struct stack_frame, of this very instruction."""
        now = self.now
        if self.arch == "i386":
            return now["eip"], now["esp"], now["ebp"], 0
        return now["pc"], now["sp"], now["s8"], now["ra"]


def walk_back(kernel, at, start, most=40):
    """What backtrace_next makes of this struct stack_frame, at an address in memory: [Frame], until it says no."""
    kernel.gdb.write(at, struct.pack("<4I", *start))
    found = []
    while kernel.call("backtrace_next", at) & 0xFF:
        pc, sp, fp, ra = struct.unpack("<4I", kernel.gdb.read(at, 16))
        found.append(Frame(pc, sp, fp))
        if len(found) > most:
            break
    return found
