# grading/core/api.py: what a lab's tests are written with. (all labs)
"""A test is a function of one argument, marked with what it is for:

    @test("2.5", "a page that is unmapped is gone", points=2)
    def unmapped_is_gone(t):
        p = t.puppet()
        va = t.page()
        t.need(p.syscall("page_map", va, 4096, 3) == 0, "page_map of a free page fails")
        p.store(va, 5)
        frame = t.walk(p, va).frame
        ...

points: its weight within the exercise. refusal=True: it shows that something is refused, and pays only if one that shows
something working passes. archs: where it is run; programs: staff's programs (user/) that the guest has beside the puppet;
keep: functions of the library that p.call() will call; code: C text of the test's own, linked into the puppet; alone=True:
never in a guest with other tests; staff=True: not handed out; not_in_bochs: why EMU=both leaves it to QEMU alone.

t.arch, t.slot, t.pt_base     the machine, the slot of the self entry
t.rng                         random.Random, by the seed: take every choice from it
t.page(n=1)                   a page-aligned user address with n free pages, never used before in this guest; t.page(n, align=4<<20)
t.value()                     a random word
t.puppet()                    the first process of the guest, a machine.Puppet: orders, walks, memory (see there)
t.machine                     the guest, a machine.Machine: RAM, kernel variables, console, stops (see there)
t.fresh(words="", mem=64, arguments="", shift=0, disk=None, program=True)   a guest of its own; it becomes t.machine
t.need(condition, sentence, walk=None)   else the test fails: the sentence says which invariant is broken, walk shows it
t.walk(p, va)                 the host's walk: .pde .pte .frame .present .writable .user .physical; t.poke(pa, v), t.peek(pa)
t.frames_free()               how many frames the kernel has left
t.type(text), t.console       the guest's console
t.file(path)                  the text of one of the lab's named files in the student's tree; None: it is not there
t.build                       the build.Build under test: .kernel, .folder, .compile(...), .run(...)
"""
import random

from .machine import KERNEL_BASE, Fault, Machine, NotWritten, Stuck  # noqa: F401
from .puppet import PuppetProgram

TESTS = []


class Broken(Exception):
    """A test's verdict: the sentence that the student reads."""


class Test:
    def __init__(self, function, exercise, title, points, refusal, archs, programs, keep, code, alone, staff, not_in_bochs):
        self.function, self.exercise, self.title, self.points, self.refusal = function, exercise, title, points, refusal
        self.archs, self.programs, self.keep, self.code, self.alone, self.staff = archs, programs, keep, code, alone, staff
        self.name, self.not_in_bochs = function.__name__, not_in_bochs


def test(exercise, title, points=1, refusal=False, archs=("i386", "mips"), programs=(), keep=(), code="", alone=False, staff=False, not_in_bochs=""):
    def mark(function):
        TESTS.append(Test(function, exercise, title, points, refusal, archs, programs, keep, code, alone, staff, not_in_bochs))
        return function
    return mark


class T:
    """One test's view of the world. A session (run.Session) has the guest that tests share."""

    def __init__(self, session, seed):
        self._session, self.rng = session, random.Random(seed)
        self.build, self.arch, self.slot = session.build, session.build.arch, session.build.staff.slot
        self.pt_base = self.slot << 22

    @property
    def machine(self):
        return self._session.machine()

    def puppet(self):
        return self._session.puppet()

    def fresh(self, words="", mem=64, arguments="", shift=0, disk=None, program=True, seconds=20):
        return self._session.fresh(words=words, mem=mem, arguments=arguments, shift=shift, disk=disk, program=program, seconds=seconds)

    def page(self, n=1, align=4096):
        return self._session.page(self.rng, n, align)

    def file(self, path):
        return self._session.files.get(path)

    def value(self):
        return self.rng.randrange(1, 1 << 32)

    def need(self, condition, sentence, walk=None):
        if not condition:
            raise Broken(sentence + (("; the walk of " + str(walk)) if walk is not None else ""))

    def walk(self, p, va):
        return p.walk(va)

    def peek(self, pa):
        return self.machine.read32(pa)

    def poke(self, pa, value):
        self.machine.write32(pa, value)

    def frames_free(self):
        return self.machine.kernel32("frames_free")

    def type(self, text):
        self.machine.guest.send(text)

    @property
    def console(self):
        return self.machine.console
