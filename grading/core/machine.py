# grading/core/machine.py: a guest that is watched from outside: its RAM, its tables, its stops; and puppets in it. (all labs)
import os
import re
import struct
import sys
import time

from . import bochs, confine
from .elf import Elf
from .gdb import Ended, Gdb, GdbError
from .lab import ROOT
from .puppet import DATA, PC, RESULT, SP, TAG
from .walk import Walk, directories

sys.path.insert(0, os.path.join(ROOT, "tools", "check"))
import guest as qemu  # noqa: E402

KERNEL_BASE = 0x80000000
SIGSEGV, SA_SIGINFO, SA_NODEFER = 11, 4, 0x40000000
PATIENCE = 20  # times as long as the emulator works may a loaded machine take for it
BOOT = 10      # seconds until the first program stands there; it takes half a second
SAMPLES = 15
MUCH = 20000   # characters printed in one order that does not end: it is the printing that does not
EXCEPTIONS = {1: "a store to a read-only page", 2: "nothing in the TLB for a load", 3: "nothing in the TLB for a store", 4: "a load from a bad address",
              5: "a store to a bad address", 10: "no such instruction"}
WORDS = {"i386": ("eax", "ebx", "ecx", "edx", "esi"), "mips": ("v0", "a0", "a1", "a2", "a3")}  # an order, and its arguments


class Stuck(Exception):
    """The guest did not come back from what it was told: hung, panicked, reset. The text says which, and what was seen."""


class NeverRuns(Stuck):
    """This kernel was tried before, and no program of it ever ran."""


class NotWritten(Stuck):
    """It met a part that is not written yet; .exercise says which."""

    def __init__(self, exercise, text):
        super().__init__(text)
        self.exercise = exercise


class Fault(Exception):
    """A load or store of a puppet faulted and the kernel handed it the signal; .addr, .code as siginfo has them."""

    def __init__(self, addr, code, access):
        super().__init__("the access to 0x%08x faulted" % addr)
        self.addr, self.code, self.access = addr, code, access


def syscall_numbers():
    with open(os.path.join(ROOT, "inc", "syscall.h"), encoding="utf-8") as file:
        return {m.group(2): int(m.group(1)) for m in re.finditer(r"\bS\((\d+), (\w+), \d+\)", file.read())}


CALLS = syscall_numbers()


class Effort:
    """How much the emulator has worked for one order: seconds of the processor, which a loaded machine only stretches."""

    def __init__(self, guest, seconds):
        self.guest, self.seconds, self.why = guest, seconds, ""
        self._begin = None
        self._since = time.monotonic()

    def _work(self):
        """Seconds of all its threads; None: can't be known."""
        try:
            with open("/proc/%d/stat" % self.guest.pid(), encoding="ascii", errors="replace") as file:
                words = file.read().rsplit(")", 1)[1].split()
            return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, TypeError, IndexError, ValueError):
            return None

    def begin(self):
        """Count from here on; else from the first look on, since most orders are done before that."""
        self._begin = self._work()
        return self

    def left(self):
        now = self._work()
        return self.seconds - (now - self._begin if now is not None and self._begin is not None else time.monotonic() - self._since)

    def is_over(self):
        """Asked every now and then: is there nothing more to wait for?"""
        if self.guest.console.flooded:
            self.why = "it prints without end"
            return True
        now = self._work()
        if now is None:
            return time.monotonic() - self._since > self.seconds
        if self._begin is None:
            self._begin = now
        if now - self._begin > self.seconds:
            self.why = "nothing came back after %g s" % self.seconds
            return True
        return False


class Machine:
    """One guest. build: a build.Build; program: the PuppetProgram that it starts first (None: words say what runs).
    emu: "qemu" or "bochs"."""

    def __init__(self, build, program=None, words="", mem=64, arguments="", seconds=20, shift=0, disk=None, emu="qemu"):
        self.build, self.arch, self.slot, self.program, self.emu = build, build.arch, build.staff.slot, program, emu
        self.mem, self.ram_bytes = mem, mem << 20
        self.plain = not words and not disk and mem == 64 and shift == 0  # as most tests boot it
        self.kernel = Elf(build.kernel)
        run = " run=\"%s\"" % (program.name + (" " + arguments if arguments else "")) if program else ""
        cmdline = "panic=off%s %s" % (run, words)
        self.guest = self._in_bochs(cmdline, shift, disk) if emu == "bochs" else self._in_qemu(cmdline, shift, disk)
        self.seconds, self.puppets, self._next_tag = seconds, {}, 0x5eed00
        self.park = ("sleep", 10)  # what a puppet does while the host attends to another one
        self.newborn = []          # puppets that have turned up and nobody has asked for
        self.current = None        # the puppet that stands at its step, the machine being stopped there
        try:
            self.gdb = self.guest.debugger if emu == "bochs" else Gdb(self.guest.gdb_socket, self.arch)
            if program:
                elf = Elf(program.elf_path)
                self.symbols = elf
                self.step, self.caught = elf.address("step"), elf.address("caught")
                self.gdb.break_at(self.step)
                self.gdb.break_at(self.caught)
        except BaseException:
            self.close()
            raise

    def _in_qemu(self, cmdline, shift, disk):
        guest = qemu.Guest(self.arch, kernel=None if disk else self.build.kernel, disk=disk, cmdline=cmdline, mem=self.mem, ram=True, gdb=True, stopped=True,
                           shift=shift, qmp=True, held=True, confine=confine, readable=[os.path.dirname(disk or self.build.kernel)])
        guest.console.LIMIT = 1 << 19
        return guest

    def _in_bochs(self, cmdline, shift, disk):
        if disk:
            raise bochs.NotHere("it boots a disk of its own")
        if shift != 0:
            raise bochs.NotHere("it needs another clock")
        return bochs.Guest(self.build, cmdline, self.mem)

    def close(self):
        self.guest.close()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()

    # RAM, by physical address.
    def has(self, pa):
        return 0 <= pa < self.ram_bytes

    def read(self, pa, size):
        return self.guest.read(pa, size)

    def read32(self, pa):
        return struct.unpack("<I", self.read(pa, 4))[0]

    def write32(self, pa, value):
        self.guest.write(pa, struct.pack("<I", value & 0xFFFFFFFF))

    def kernel32(self, name, index=0):
        """A word of a kernel variable."""
        return self.read32(self.kernel.address(name) - KERNEL_BASE + 4 * index)

    @property
    def console(self):
        return self.guest.text

    # Running and stopping.
    def _explain(self, what):
        """Raises what is the matter: Stuck, or NotWritten."""
        self.guest.console.settle()
        text = self.console
        todo = re.search(r"lab \d+, exercise (\d+\.\d+) is not written yet[^\n]*", text)
        if todo:
            raise NotWritten(todo.group(1), todo.group(0))
        panic = re.search(r"^(?:KERNEL )?PANIC.*$", text, re.MULTILINE)
        begun = len(re.findall(r"^OurOS on \w+: ", text, re.MULTILINE))
        if panic:
            what = "the kernel panicked: " + panic.group(0)
        elif begun > 1:
            what = "it begins again and again: its first line was printed %d times; %s" % (begun, what)
        last = "\n".join(text[:MUCH].strip().splitlines()[-12:] if "prints without end" in what else text.strip().splitlines()[-12:])
        raise Stuck("%s\n%s" % (what, self.build.with_lines(last) if panic else last))

    def _place(self, pc):
        """Where that is, for people."""
        return self.build.line_of(pc) or self.kernel.function_at(pc)

    def _samples(self):
        """Registers at several moments of something that does not end."""
        found = [self.gdb.registers()]
        while len(found) < SAMPLES and not self.gdb.go(0.01):
            found.append(self.gdb.registers())
        return found

    def _why_it_hangs(self, reason):
        """Stopped in the middle of something that does not end: what it is, in words that are the same at every moment."""
        samples = self._samples()
        pcs = [r[PC[self.arch]] for r in samples]
        if self.arch == "mips" and len(samples) == SAMPLES and all(r["status"] & 2 for r in samples):  # EXL
            codes = sorted({EXCEPTIONS.get(r["cause"] >> 2 & 31, "cause %d" % (r["cause"] >> 2 & 31)) for r in samples})
            return "an exception inside the handler of exceptions, again and again (%s; BadVAddr 0x%08x): it hangs at %s" % (
                ", ".join(codes), samples[0]["badvaddr"], self._place(min(pcs)))
        functions = [self.kernel.function_at(pc).split("+")[0] for pc in pcs]
        most = max(sorted(set(functions)), key=functions.count)
        there = sorted({pc for pc, function in zip(pcs, functions) if function == most})
        return "%s: it hangs at %s" % (reason, self._place(there[0]))

    def _ended(self):
        """It is off: how that came."""
        if self.emu == "bochs":
            return "the machine switched itself off, or was reset"
        try:
            how, registers = self.guest.ending(), self.gdb.registers()
        except (OSError, ValueError, qemu.GuestError, GdbError):  # the emulator has met a limit of its own
            return "the emulator ended: the guest filled a file, or took too much memory"
        words = {"triple fault": "a triple fault resets the machine: an exception, its handler's failure, and that one's, too",
                 "reset": "the kernel resets the machine, which would begin again and again"}
        return "%s, at %s" % (words.get(how, "the machine switched itself off"), self._place(registers[PC[self.arch]]))

    def go(self, seconds=None):
        """To the next breakpoint. Stuck when none comes within so many seconds of the emulator's work: however many others
        want the processor, the verdict is the same."""
        seconds = seconds or self.seconds
        effort, before = Effort(self.guest, seconds), len(self.console)
        try:
            stopped = self.gdb.go(seconds * PATIENCE, effort.is_over)
        except Ended:
            self._explain(self._ended())
        except GdbError:  # QEMU, with nothing at all to do, does not even stop
            self._explain("%s: it waits for an interrupt, and none will come" % (effort.why or "nothing came back"))
        if not stopped:
            try:
                why = self._why_it_hangs(effort.why or "nothing came back after %g s" % seconds)
            except Ended:
                why = self._ended()
            self._explain("it prints without end" if len(self.console) - before > MUCH else why)

    def run_to(self, symbol, seconds=None):
        """Until the kernel is at this function (an address is taken as it is)."""
        at = symbol if isinstance(symbol, int) else self.kernel.address(symbol)
        self.gdb.break_at(at)
        try:
            self.go(seconds)
        finally:
            try:
                self.gdb.clear(at)
            except Ended:
                pass  # why it ended is the news
        return self.gdb.registers()

    def first(self):
        """Boot until the first program stands at its step: a Puppet. What does not get so far is not tried again."""
        if self.emu in self.build.dead:
            raise NeverRuns(self.build.dead[self.emu])
        try:
            self.go(BOOT if self.plain else None)
        except NotWritten:
            raise
        except Stuck as stuck:
            if self.plain:
                self.build.dead[self.emu] = "the kernel doesn't reach its first program: %s" % stuck
            else:
                self._try_plainly()
            if self.emu in self.build.dead:
                raise NeverRuns(self.build.dead[self.emu]) from None
            raise
        self._arrive()
        return self.newborn.pop()

    def _try_plainly(self):
        """Does it reach its first program as most tests boot it?"""
        try:
            with Machine(self.build, self.program, emu=self.emu) as other:
                other.first()
        except Stuck:
            pass  # self.build.dead says so

    def new_tag(self):
        self._next_tag += 1
        return self._next_tag

    def _meet(self, registers):
        puppet = Puppet(self, self.new_tag(), registers)
        self.puppets[puppet.tag] = puppet
        return puppet

    def _arrive(self):
        """Somebody has stopped: the puppet, now self.current. Its order is done, or its little wait."""
        registers = self.gdb.registers()
        pc, tag = registers[PC[self.arch]], registers[TAG[self.arch]]
        if pc == self.caught:
            puppet = next((p for p in self.puppets.values() if p.pending and not p.parked), None)
            if puppet is None:
                raise Stuck("a handler of SIGSEGV was entered, though no program had been told to touch anything")
            puppet.arrive_caught(registers)
        elif pc != self.step:
            raise Stuck("it stopped at 0x%08x, where nobody should be" % pc)
        else:
            puppet = self.puppets.get(tag)
            forked = puppet is not None and puppet.forks and puppet.pending and not puppet.parked
            if puppet is None or (forked and registers[RESULT[self.arch]] == 0):
                puppet = self._meet(registers)
                self.newborn.append(puppet)
            else:
                puppet.arrive(registers)
                if forked:  # the child will turn up with the old tag
                    puppet.change_tag()
        self.current = puppet
        return puppet

    def run_until(self, done, what, seconds=None):
        """Let the machine run until done(); whoever turns up before that is told to wait a little."""
        effort = Effort(self.guest, seconds or self.seconds).begin()
        while not done():
            if self.current and not self.current.pending:
                self.current.wait_a_little()
            left = effort.left()
            if left <= 0:
                self._explain("%s within %g s" % (what, seconds or self.seconds))
            self.current = None
            self.go(left)
            self._arrive()

    def wait_newborn(self, seconds=None):
        """The next puppet that turns up and was not there before."""
        self.run_until(lambda: self.newborn, "no new process turned up", seconds)
        return self.newborn.pop(0)


class Puppet:
    """A thread of a puppet program. Its orders: syscall, load, store, call; each returns when it is done."""

    def __init__(self, machine, tag, registers):
        self.machine, self.tag, self.arch = machine, tag, machine.arch
        self.sp = registers[SP[self.arch]] & ~15
        self.pending = self.parked = self.forks = False  # an order under way; a little wait; the order is fork
        self.result, self.registers, self.fault = registers[RESULT[self.arch]], registers, None
        self.data = machine.symbols.address("puppet_data")
        self._directory = None

    # Orders.
    def order(self, routine, words, registers=None):
        """Start it; do not wait. words: into the order's registers; registers: more, by name."""
        machine = self.machine
        self.bring()
        values = dict(zip(WORDS[self.arch], [w & 0xFFFFFFFF for w in words]))
        values.update(registers or {})
        values.setdefault(SP[self.arch], self.sp)
        values[TAG[self.arch]] = self.tag
        values[PC[self.arch]] = machine.symbols.address(routine)
        machine.gdb.set(**values)
        self.pending, self.forks, self.fault = True, False, None

    def bring(self):
        """Let it stand at its step, the machine stopped there."""
        if self.machine.current is not self:
            self.machine.run_until(lambda: self.machine.current is self, "a process that could run did not get the CPU")

    def wait_a_little(self):
        """It stands at its step, and another one is wanted."""
        machine = self.machine
        name, *arguments = machine.park
        values = dict(zip(WORDS[self.arch], [CALLS[name]] + arguments))
        values.update({SP[self.arch]: self.sp, TAG[self.arch]: self.tag, PC[self.arch]: machine.symbols.address("do_syscall")})
        machine.gdb.set(**values)
        self.parked = True

    def arrive(self, registers):
        if self.parked:
            self.parked = False
        else:
            self.result, self.registers, self.pending = registers[RESULT[self.arch]], registers, False
            self.forks = False  # an order that leaves 0 is no child

    def change_tag(self):
        del self.machine.puppets[self.tag]
        self.tag = self.machine.new_tag()
        self.machine.puppets[self.tag] = self

    def arrive_caught(self, registers):
        machine = self.machine
        info = struct.unpack("<I", machine.gdb.read(registers["esp"] + 8, 4))[0] if self.arch == "i386" else registers["a1"]
        words = struct.unpack("<7I", self._read_any(info, 28))
        self.fault, self.pending = Fault(words[5], words[2], words[6]), False
        machine.gdb.set(**{SP[self.arch]: self.sp, TAG[self.arch]: self.tag, PC[self.arch]: machine.step})

    def _read_any(self, va, size):
        try:
            return self.machine.gdb.read(va, size)
        except Exception:  # the TLB has forgotten the page
            return self.read(va, size)

    def finish(self, seconds=None):
        """Wait for the order; the result, signed. Fault when it faulted."""
        self.machine.run_until(lambda: not self.pending, "the order did not end", seconds)
        if self.fault:
            raise self.fault
        return self.result - (1 << 32) if self.result & 0x80000000 else self.result

    def begin(self, name, *arguments):
        """Start a system call that may take long; finish() waits for it."""
        self.order("do_syscall", [CALLS[name]] + list(arguments))
        self.forks = name == "fork"

    def syscall(self, name, *arguments, seconds=None):
        """A system call by its name in inc/syscall.h; its result, negated errors and all."""
        self.begin(name, *arguments)
        return self.finish(seconds)

    def load(self, va, seconds=None):
        """The word that the program sees at va. Fault."""
        self.order("do_load", [0, va])
        return self.finish(seconds) & 0xFFFFFFFF

    def load8(self, va):
        self.order("do_load8", [0, va])
        return self.finish() & 0xFF

    def store(self, va, value, seconds=None):
        self.order("do_store", [value, va])
        self.finish(seconds)

    def store8(self, va, value):
        self.order("do_store8", [value, va])
        self.finish()

    def faults(self, what):
        """Does this (a function that makes the access) fault? The Fault, or None."""
        try:
            what()
        except Fault as fault:
            return fault
        return None

    def call(self, function, *arguments, seconds=None):
        """A C function of the program, by name or address, as the compiler would call it; its result, signed."""
        at = self.machine.symbols.address(function) if isinstance(function, str) else function
        words = [a & 0xFFFFFFFF for a in arguments]
        if self.arch == "i386":
            sp = self.sp - 256
            self.write(sp, struct.pack("<%dI" % len(words), *words)) if words else None
            self.order("do_call", [at], {"esp": sp})
        else:
            sp = self.sp - 256
            if words[4:]:
                self.write(sp + 16, struct.pack("<%dI" % len(words[4:]), *words[4:]))
            self.order("do_call", [0] + words[:4], {"t9": at, "sp": sp})
        return self.finish(seconds)

    def catch_faults(self):
        """From now on a bad load or store raises Fault here, instead of ending the process."""
        action = struct.pack("<4I", self.machine.caught, self.machine.caught, SA_SIGINFO | SA_NODEFER, 0)
        self.write(self.data, action)
        return self.syscall("sigaction", SIGSEGV, self.data, 0)

    def spawn(self, name=None):
        """A child with the same program (or another of the archive). (its pid, its Puppet or None if not a puppet)"""
        name = name or self.machine.program.name
        self.write(self.data + 64, name.encode() + b"\0" * (4 - len(name) % 4))
        self.write(self.data + 128, struct.pack("<II", self.data + 64, 0))
        pid = self.syscall("spawn", self.data + 64, self.data + 128, 0, 0)
        if pid <= 0 or name != self.machine.program.name:
            return pid, None
        child = self.machine.wait_newborn()
        child.pid = pid
        return pid, child

    def fork(self):
        """(pid, child's Puppet); (error, None)."""
        pid = self.syscall("fork")
        if pid <= 0:
            return pid, None
        child = self.machine.wait_newborn()
        child.pid, child.sp = pid, self.sp
        return pid, child

    # Its memory, by the host's own walk.
    @property
    def directory(self):
        """Physical address of its page directory. i386: from CR3. MIPS: the frame that names itself and shows what the
        program has just written."""
        if self._directory is None:
            self._directory = self._find_directory()
        return self._directory

    def forget_directory(self):
        self._directory = None

    def _find_directory(self):
        machine = self.machine
        self.bring()
        if self.arch == "i386":
            return machine.guest.register("CR3") & 0xFFFFF000
        nonce = int.from_bytes(os.urandom(4), "little")
        at = self.data + DATA - 4
        self.store(at, nonce)
        found = []
        for directory in directories(machine, machine.slot):
            walk = Walk(machine, directory, at)
            if walk.present and machine.has(walk.frame) and machine.read32(walk.physical) == nonce:
                found.append(directory)
        if len(found) != 1:
            raise Stuck("%s page directory whose entry 0x%03x names itself shows what the program has just written" % (
                "more than one" if found else "no", machine.slot))
        return found[0]

    def walk(self, va):
        return Walk(self.machine, self.directory, va)

    def read(self, va, size):
        """What it has at va, from RAM by the host's walk."""
        data = b""
        while size:
            walk = self.walk(va)
            if not walk.present:
                raise Stuck("nothing is mapped at 0x%08x, where the program has its data: %s" % (va, walk))
            part = min(size, 4096 - va % 4096)
            data += self.machine.read(walk.physical, part)
            va, size = va + part, size - part
        return data

    def write(self, va, data):
        """Put data there; a page that is not there yet, or is shared, is touched by the program first."""
        at = 0
        while at < len(data):
            part = min(len(data) - at, 4096 - (va + at) % 4096)
            if not self.walk(va + at).writable:
                self.store((va + at) & ~3, 0)
            self.machine.guest.write(self.walk(va + at).physical, data[at:at + part])
            at += part
