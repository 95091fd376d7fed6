# grading/lab2/lab2kernel.py: calls functions of the guest's kernel from the host, while a program stands in a system call. (lab 2)
"""The registers are set as the machine's C compiler would set them for a call (i386: -mregparm=3), the return address is where
a breakpoint is. Nothing in the guest is changed but its stack, below what is in use."""
import struct

from core.gdb import GdbError
from core.machine import KERNEL_BASE
from core.puppet import PC, RESULT, SP

PLACE = "sys_getpid"  # staff's code: where the kernel is stopped


class Record:
    """The kernel's record of one frame; .used, .low, .high: of a table; .next: of a free one."""

    def __init__(self, machine, pa):
        at = machine.kernel32("frames") - KERNEL_BASE + (pa >> 12) * 8
        self.refs, self.kind, self.mark, word = struct.unpack("<HBBI", machine.read(at, 8))
        self.used, self.low, self.high, self.next = word & 2047, word >> 11 & 1023, word >> 21 & 1023, word


def put_record(machine, pa, refs):
    at = machine.kernel32("frames") - KERNEL_BASE + (pa >> 12) * 8
    machine.guest.write(at, struct.pack("<H", refs))


class Kernel:
    """The kernel, stopped at a place of its own; machine: core.machine.Machine."""

    def __init__(self, machine, place):
        self.machine, self.gdb, self.arch, self.place = machine, machine.gdb, machine.arch, machine.kernel.address(place)

    def _set_call(self, at, arguments, registers):
        words = [a & 0xFFFFFFFF for a in arguments]
        if self.arch == "i386":
            sp = ((registers["esp"] - 256) & ~15) - 4
            self.gdb.write(sp, struct.pack("<%dI" % (1 + len(words[3:])), self.place, *words[3:]))
            values = dict(zip(("eax", "edx", "ecx"), words), esp=sp, eip=at)
        else:
            sp = (registers["sp"] - 256) & ~15
            if words[4:]:
                self.gdb.write(sp + 16, struct.pack("<%dI" % len(words[4:]), *words[4:]))
            values = dict(zip(("a0", "a1", "a2", "a3"), words), sp=sp, pc=at, ra=self.place, t9=at)
        self.gdb.set(**values)

    def _begin(self, function, arguments):
        registers = self.gdb.registers()
        at = function if isinstance(function, int) else self.machine.kernel.address(function)
        self._set_call(at, arguments, registers)
        return registers

    def _restore(self, registers):
        if self.arch == "i386":
            now = self.gdb.registers()
            self.gdb.set(**{k: v for k, v in registers.items() if k != "eflags" and now[k] != v})
        else:
            self.gdb.set(**registers)

    def call(self, function, *arguments, seconds=10):
        """Its result, unsigned. Stuck when it does not return."""
        registers = self._begin(function, arguments)
        self.gdb.break_at(self.place)
        try:
            self.machine.go(seconds)
            result = self.gdb.registers()[RESULT[self.arch]]
        finally:
            try:
                self.gdb.clear(self.place)
            except GdbError:
                pass  # the machine is gone
        self._restore(registers)
        return result

    def signed(self, function, *arguments):
        result = self.call(function, *arguments)
        return result - (1 << 32) if result & 0x80000000 else result

    def truth(self, function, *arguments):
        """Of a function that returns a bool: one byte of the register holds it."""
        return bool(self.call(function, *arguments) & 0xFF)

    def call_watched(self, function, arguments, watched, at):
        """The same; each time it comes to the function watched, at(kernel, registers) looks on. (result, how often)"""
        registers = self._begin(function, arguments)
        stop, times = self.machine.kernel.address(watched), 0
        self.gdb.break_at(self.place)
        self.gdb.break_at(stop)
        try:
            while True:
                self.machine.go(10)
                now = self.gdb.registers()
                if now[PC[self.arch]] != stop:
                    break
                times += 1
                self.gdb.clear(stop)
                self.gdb.clear(self.place)
                at(self, now)
                self.gdb.break_at(self.place)
                if times < 8:
                    self.gdb.break_at(stop)
        finally:
            for where in (self.place, stop):
                try:
                    self.gdb.clear(where)
                except GdbError:
                    pass
        result = now[RESULT[self.arch]]
        self._restore(registers)
        return result, times

    def touch(self, va):
        """What the processor finds at va now, if it has, or can find, a translation: the word there. None: it faults. Unlike
        a walk in RAM, this sees what the TLB still holds."""
        scratch = self.gdb.registers()[SP[self.arch]] - 512 & ~15
        registers = self._begin("memcpy", (scratch, va, 4))
        fault = self.machine.kernel.address("trap_kernel")
        self.gdb.break_at(self.place)
        self.gdb.break_at(fault)
        try:
            self.machine.go(10)
            now = self.gdb.registers()
            faulted = now[PC[self.arch]] == fault
            self.fault_at = now.get("badvaddr") if faulted else None  # MIPS
            word = None if faulted else struct.unpack("<I", self.gdb.read(scratch, 4))[0]
        finally:
            self.gdb.clear(self.place)
            self.gdb.clear(fault)
        self._restore(registers)
        return word

    # What the kernel has.
    def variable(self, name, index=0):
        return self.machine.kernel32(name, index)

    def set_variable(self, name, value, index=0):
        self.machine.write32(self.machine.kernel.address(name) - KERNEL_BASE + 4 * index, value)

    @property
    def loaded(self):
        """The address of the loaded address space's struct pmap."""
        return self.variable("cpu0", 2)

    @property
    def alt(self):
        return self.variable("cpu0", 3)

    def directory(self, pmap):
        return self.machine.read32(pmap - KERNEL_BASE)

    def frame(self, word=None, kind=2):
        """A frame of the kernel's allocator, for a program's page (kind: enum frame_kind); the host writes word into it."""
        pa = self.call("frame_alloc", kind)
        if word is not None:
            self.machine.write32(pa, word)
        return pa

    def fail_after(self, n):
        """The n-th allocation of a frame from now on fails, once."""
        self.set_variable("frame_fail_after", n)


class Stopped(Kernel):
    """with Stopped(p) as k: the puppet p makes a system call, and the kernel stands at its beginning; at the end it goes on."""

    def __init__(self, p):
        super().__init__(p.machine, PLACE)
        self.p = p

    def __enter__(self):
        self.p.begin("getpid")
        self.machine.run_to(PLACE)
        self.machine.current = None
        self.registers = self.gdb.registers()
        return self

    def __exit__(self, kind, value, trace):
        if kind is None:
            self._restore(self.registers)
            self.p.finish()


def early(t, place, **how):
    """A guest of its own, stopped in the boot sequence: at this function's beginning."""
    machine = t.fresh(program=False, **how)
    machine.run_to(place)
    return Kernel(machine, place)
