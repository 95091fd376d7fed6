# grading/lab3/tests.py: the tests of lab 3, in which the host orders puppets about and looks at the machine. (lab 3)
import struct

from core.api import Broken, Fault, Stuck, test
from core.machine import CALLS, PC, SP, TAG
from core.walk import Walk, directories, mapped

PAGE = 4096
UTOP, ULIM = 0x7FC00000, 0x80000000
STACK_PAGES = 8
EPERM, ENOENT, ESRCH, ENOEXEC, EBADF, ECHILD, EFAULT, EEXIST, EINVAL, ENOSYS = 1, 2, 3, 8, 9, 10, 14, 17, 22, 38
SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGKILL, SIGSEGV = 4, 5, 7, 8, 9, 11
WNOHANG = 1
READ, WRITE, EXEC = 1, 2, 4
ACCESSES = ("read", "write", "jump")


# What several exercises use.
def word(p, va):
    """What stands at va, read from RAM by the host's walk."""
    return struct.unpack("<I", p.read(va, 4))[0]


def leave(child, status):
    """child (a puppet) ends; it is not heard of again."""
    child.begin("exit", status)
    child.machine.puppets.pop(child.tag, None)


def ended(p, pid, options=0, at=None, seconds=None):
    """(result, status) of p's wait."""
    at = at or p.data + 512
    p.write(at, struct.pack("<I", 0x5A5A5A5A))
    result = p.syscall("wait", pid, at, options, seconds=seconds)
    return result, word(p, at)


def bury(t, p, pid, what):
    """The status of a child that has ended or is about to."""
    result, status = ended(p, pid)
    t.need(result == pid, "wait(%d) for %s returns %d: see 3.1, proc_reap" % (pid, what, result))
    return status


def put_string(p, at, text):
    data = text.encode() + b"\0"
    p.write(at, data)
    return at


def end_of(p, pid):
    """Whatever became of it: no child stays behind."""
    p.syscall("kill", pid, SIGKILL)
    p.syscall("wait", pid, 0, 0)


# 3.1: numbers, parents, zombies, wait.
@test("3.1", "wait tells how a child has ended", points=2)
def statuses(t):
    p = t.puppet()
    for _ in range(2):
        code = t.rng.randrange(1, 256)
        pid, child = p.spawn()
        leave(child, code | t.rng.randrange(256) << 8)
        result, status = ended(p, t.rng.choice((pid, -1)))
        t.need(result == pid, "wait returns %d when child %d has ended: proc_reap must find it among the ended children" % (result, pid))
        t.need(status == code << 8, "a child that left by exit(%d) has status 0x%x, not 0x%x: proc_exit keeps the status as wait reports it" % (
            code, status, code << 8))
    pid, child = p.spawn()
    t.need(p.syscall("kill", pid, SIGKILL) == 0, "a child can't be killed by its number: see 3.1, proc_find")
    p.machine.puppets.pop(child.tag, None)
    status = bury(t, p, pid, "a killed child")
    t.need(status == SIGKILL, "a child that signal %d has killed has status 0x%x, not 0x%x" % (SIGKILL, status, SIGKILL))


@test("3.1", "children are buried in the order in which they have ended", points=2)
def order(t):
    p = t.puppet()
    children = [p.spawn() for _ in range(4)]
    t.need(ended(p, -1, WNOHANG)[0] == 0, "wait with WNOHANG must return 0 while no child has ended, and not wait: see 3.1, try_wait")
    t.rng.shuffle(children)
    for pid, child in children:
        leave(child, pid & 0x7F)
        p.syscall("sleep", 20)
    for pid, _ in children:
        result, status = ended(p, -1)
        t.need(result == pid, "children ended in the order %s, and wait(-1) returns %d where %d is due: ended_children is a queue, first ended "
               "first" % ([c for c, _ in children], result, pid))
        t.need(status == (pid & 0x7F) << 8, "wait(-1) has returned child %d with another one's status" % pid)


@test("3.1", "wait for one child is not content with another", points=2)
def this_child(t):
    p = t.puppet()
    (first, a), (second, b) = p.spawn(), p.spawn()
    leave(a, 1)
    p.syscall("sleep", 20)
    result, _ = ended(p, second, WNOHANG)
    t.need(result == 0, "wait(%d, WNOHANG) returns %d while only child %d has ended: proc_reap must ask for the pid it was given" % (
        second, result, first))
    at = p.data + 512
    p.write(at, struct.pack("<I", 0))
    p.begin("wait", second, at, 0)
    leave_later(t, p, b, 7)
    result = p.finish()
    t.need(result == second, "a wait for child %d that had to wait returned %d: it must look again whenever a child has ended (finish_wait)" % (
        second, result))
    t.need(word(p, at) == 7 << 8, "a wait that had to wait did not write the status: see 3.1, try_wait")
    t.need(bury(t, p, first, "the other one") == 1 << 8, "the other child's status is lost")


def leave_later(t, p, child, status):
    """p waits in a call; child ends."""
    machine = p.machine
    machine.run_until(lambda: machine.current is child or not p.pending, "the child did not get the CPU while its parent waits")
    t.need(p.pending, "wait came back before its child had ended")
    leave(child, status)


@test("3.1", "who has no such child is told so", points=1, refusal=True)
def no_child(t):
    p = t.puppet()
    result, _ = ended(p, -1, WNOHANG)
    t.need(result == -ECHILD, "wait(-1) of a process without children returns %d, not -ECHILD: it would wait for ever" % result)
    pid, child = p.spawn()
    grandpid, grandchild = child.spawn()
    for stranger in (grandpid, pid + 512, p.syscall("getpid")):
        result, _ = ended(p, stranger, WNOHANG)
        t.need(result == -ECHILD, "wait(%d) returns %d, not -ECHILD, though that is no child of the caller's" % (stranger, result))
    leave(grandchild, 0)
    t.need(ended(child, grandpid)[0] == grandpid, "the grandchild's own parent can't wait for it")
    leave(child, 0)
    bury(t, p, pid, "a child")
    result, _ = ended(p, pid, WNOHANG)
    t.need(result == -ECHILD, "a buried child can be waited for again: wait returns %d, not -ECHILD" % result)


@test("3.1", "a bad status pointer costs no child", points=1)
def bad_pointer(t):
    p = t.puppet()
    pid, child = p.spawn()
    leave(child, 9)
    p.syscall("sleep", 20)
    for bad in (t.page(), ULIM + t.rng.randrange(1 << 20) * 4, 8):
        result = p.syscall("wait", pid, bad, 0)
        t.need(result == -EFAULT, "wait with a status pointer to nowhere (0x%08x) returns %d, not -EFAULT" % (bad, result))
    result, status = ended(p, pid, WNOHANG)
    t.need(result == pid and status == 9 << 8, "after a wait that failed with -EFAULT the child's status is lost (wait: %d, status 0x%x): "
           "try_wait must check the pointer before proc_reap buries the child" % (result, status))


@test("3.1", "numbers are used again as late as can be", points=2)
def late_numbers(t):
    p = t.puppet()
    seen = []
    for _ in range(5):
        pid, child = p.spawn()
        leave(child, 0)
        bury(t, p, pid, "a child")
        seen.append(pid)
    t.need(all(a < b for a, b in zip(seen, seen[1:])), "five children that ended one after the other had the numbers %s: a number is used "
           "again although others have never been: take_id goes on from last_id" % seen)


@test("3.1", "a number whose place is taken is passed over, and numbers begin anew behind the last", points=2)
def taken_numbers(t):
    p = t.puppet()
    own = p.syscall("getpid")
    machine = p.machine
    at = machine.kernel.address("last_id") - 0x80000000
    was = machine.read32(at)
    machine.write32(at, own + 512 * 2 * t.rng.randrange(3, 1000) + 511)  # next: a thread slot that is free, a process slot that is own's
    pid, child = p.spawn()
    t.need(pid > 0, "spawn fails (%d) when the next number's place is taken" % pid)
    t.need(pid % 512 != own % 512, "child %d stands in the same place of the table of processes as %d, which lives: take_id must pass over numbers "
           "that also() does not take" % (pid, own))
    t.need(p.syscall("getpgid", own) == p.syscall("getpgid", 0), "process %d can't be found by its number any more" % own)
    leave(child, 0)
    bury(t, p, pid, "a child")
    machine.write32(at, 0x3FFFFFFF)
    pid, child = p.spawn()
    t.need(0 < pid < 0x1000, "after the last number (0x3fffffff) comes %d, where numbers begin again at 1" % pid)
    leave(child, 0)
    bury(t, p, pid, "a child")
    machine.write32(at, was)


@test("3.1", "a number means one process, and not whoever has its place", points=1, refusal=True)
def whose_number(t):
    p = t.puppet()
    own = p.syscall("getpid")
    for wrong in (own + 512, own + 1024, own + 512 * t.rng.randrange(3, 1000), -own):
        result = p.syscall("kill", wrong, 0) if wrong > 0 else p.syscall("getpgid", wrong)
        t.need(result == -ESRCH, "%s(%d) returns %d, not -ESRCH: no such process; %d stands in its place: proc_find must compare numbers" % (
            "kill" if wrong > 0 else "getpgid", wrong, result, own))


@test("3.1", "orphans live on, and zombies without a parent don't", points=2)
def orphans(t):
    p = t.puppet()
    own = p.syscall("getpid")
    pid, child = p.spawn()
    orphan, a = child.spawn()
    zombie, b = child.spawn()
    t.need(a.syscall("getppid") == pid, "a grandchild's parent is not who has started it")
    leave(b, 1)
    child.syscall("sleep", 20)
    leave(child, 2)
    t.need(bury(t, p, pid, "a child with children") == 2 << 8, "the status of a child with children is wrong")
    parent = a.syscall("getppid")
    t.need(parent == own, "an orphan's parent is %d, not the first process, %d: orphan_children leaves it with none (NULL)" % (parent, own))
    result = p.syscall("kill", zombie, 0)
    t.need(result == -ESRCH, "process %d ended, and so did its parent, which never waited: nobody can wait for it, and it is still there (kill: %d): "
           "orphan_children frees ended children" % (zombie, result))
    t.need(p.syscall("kill", orphan, 0) == 0, "an orphan that lives can't be found by its number")
    leave(a, 0)
    p.syscall("sleep", 20)
    result = p.syscall("kill", orphan, 0)
    t.need(result == -ESRCH, "an orphan that has ended stays for ever (kill: %d): with no parent, proc_exit frees it at once" % result)
    t.need(ended(p, -1, WNOHANG)[0] == -ECHILD, "the first process is expected to wait for orphans that it has not started")


@test("3.1", "what ends gives everything back", points=1)
def nothing_lost(t):
    p = t.puppet()

    def family():
        pid, child = p.spawn()
        grandpid, grandchild = child.spawn()
        leave(grandchild, 0)
        child.syscall("sleep", 20)
        leave(child, 0)
        bury(t, p, pid, "a child")
    family()
    before = t.frames_free()
    for _ in range(3):
        family()
    lost = before - t.frames_free()
    t.need(lost <= 2, "three families lived and ended, and %d frames are gone: what does proc_exit not give back?" % lost)


# 3.2: programs that the host makes up, byte by byte, in place of one of the archive.
LOAD, NOTE, DYNAMIC, INTERPRETER = 1, 4, 2, 3
VICTIM = "t_stdio"  # a large one: its place in the archive is taken
# The program: stand at its entry; load, store, call at the offsets below, when the host puts the pc there.
CODE = {
    "i386": bytes.fromhex("ebfe 8b03ebfa 8903ebf6 cd30ebf2"),
    "mips": struct.pack("<11I", 0x1000FFFF, 0, 0x8C820000, 0x1000FFFC, 0, 0xAC820000, 0x1000FFF9, 0, 0xC, 0x1000FFF6, 0),
}
LOADS, STORES, ORDERS = {"i386": 2, "mips": 8}, {"i386": 6, "mips": 20}, {"i386": 10, "mips": 32}


class Segment:
    """data stands in the file, `size` bytes in memory. offset: where in the file; None: where Image finds room."""

    def __init__(self, vaddr, data=b"", size=None, flags=READ | WRITE, kind=LOAD, align=PAGE, offset=None):
        self.vaddr, self.data, self.flags, self.kind, self.align, self.offset = vaddr, data, flags, kind, align, offset
        self.size = len(data) if size is None else size
        self.file_size = len(data)

    @property
    def end(self):
        return self.vaddr + self.size


class Image:
    """An ELF file. What lies between its parts is random, so that bytes which stand where they don't belong are seen."""

    def __init__(self, t, segments, entry, table=52):
        at = table + 32 * len(segments)
        for s in segments:
            if s.offset is None:
                at += (s.vaddr - at) % PAGE
                s.offset = at
                at += len(s.data)
        self.size = at + t.rng.randrange(1, 64)
        self.data = bytearray(t.rng.randbytes(self.size))
        machine = {"i386": 3, "mips": 8}[t.arch]
        struct.pack_into("<4s5B7x2H5I6H", self.data, 0, b"\x7fELF", 1, 1, 1, 0, 0, 2, machine, 1, entry, table, 0, 0, 52, 32, len(segments), 0, 0, 0)
        for i, s in enumerate(segments):
            struct.pack_into("<8I", self.data, table + 32 * i, s.kind, s.offset, s.vaddr, s.vaddr, s.file_size, s.size, (s.flags & READ) << 2 |
                             s.flags & WRITE | (s.flags & EXEC) >> 2, s.align)
            if s.kind == LOAD and s.offset + len(s.data) <= self.size:
                self.data[s.offset:s.offset + len(s.data)] = s.data

    def patch(self, at, form, *values):
        struct.pack_into("<" + form, self.data, at, *values)
        return self


class Place:
    """The victim's place in the kernel's archive."""

    def __init__(self, t):
        self.machine, self.t = t.machine, t
        i = sorted(t.build.programs).index(VICTIM)
        programs = self.machine.kernel.address("programs")
        self.size_at = programs + 12 * i + 8 - ULIM
        self.at = self.machine.kernel32("programs", 3 * i + 1) - ULIM
        self.room = (self.machine.kernel32("programs", 3 * i + 2) + PAGE - 1) // PAGE * PAGE
        if not hasattr(self.machine, "victim"):
            self.machine.victim = self.room
        self.room = self.machine.victim

    def put(self, image):
        if image.size > self.room:
            raise Stuck("the test's own program is too large: %d bytes" % image.size)
        self.machine.guest.write(self.at, bytes(image.data) + self.t.rng.randbytes(self.room - image.size))
        self.machine.write32(self.size_at, image.size)


def last_line(t):
    """Of the console; on a busy machine it may not have come yet."""
    return (t.console.strip().splitlines() or [""])[-1]


def spawn_victim(p, *arguments):
    """The kernel's answer: a pid, or a negated error."""
    words = [put_string(p, p.data + 1024 + 64 * i, text) for i, text in enumerate((VICTIM,) + arguments)]
    p.write(p.data + 2048, struct.pack("<%dI" % (len(words) + 1), *words, 0))
    return p.syscall("spawn", words[0], p.data + 2048, 0, 0)


class Odd:
    """A made-up program that runs, stopped at its entry."""

    def __init__(self, t, image, entry, *arguments):
        self.t, self.p, self.machine, self.entry = t, t.puppet(), t.machine, entry
        Place(t).put(image)
        self.pid = spawn_victim(self.p, *arguments)
        t.need(self.pid > 0, "a legal ELF file is refused: spawn returns %d (%s)" % (self.pid, last_line(t)))
        self.p.begin("wait", self.pid, self.p.data + 512, 0)
        self.registers = self.run()
        self.directory = self._directory()

    def run(self):
        machine = self.machine
        machine.gdb.break_at(self.entry)
        try:
            machine.go()
        finally:
            machine.gdb.clear(self.entry)
        registers = machine.gdb.registers()
        if registers[PC[self.t.arch]] != self.entry:
            machine._arrive()
            self.p.finish()
            raise Broken("a legal program ended before it came to its entry point 0x%08x: status 0x%x; %s" % (
                self.entry, word(self.p, self.p.data + 512), last_line(self.t)))
        return registers

    def _directory(self):
        machine = self.machine
        if self.t.arch == "i386":
            return machine.guest.register("CR3") & 0xFFFFF000
        code = CODE["mips"]
        for directory in directories(machine, machine.slot):
            walk = Walk(machine, directory, self.entry)
            if walk.present and machine.has(walk.frame) and machine.read(walk.physical, len(code)) == code and directory != self.p.directory:
                return directory
        raise Stuck("no page directory that names itself shows the program")

    def order(self, offset, result, *words):
        names = ("eax", "ebx", "ecx", "edx", "esi") if self.t.arch == "i386" else ("v0", "a0", "a1", "a2", "a3")
        values = dict(zip(names, [w & 0xFFFFFFFF for w in words]))
        values[PC[self.t.arch]] = self.entry + offset[self.t.arch]
        self.machine.gdb.set(**values)
        self.machine.current = None
        return self.run()[result[self.t.arch]] if result else None

    def load(self, va):
        return self.order(LOADS, {"i386": "eax", "mips": "v0"}, 0, va)

    def store(self, va, value):
        self.order(STORES, {"i386": "eax", "mips": "v0"}, value, va)

    def syscall(self, name, *arguments):
        return self.order(ORDERS, {"i386": "eax", "mips": "v0"}, CALLS[name], *arguments)

    def walk(self, va):
        return Walk(self.machine, self.directory, va)

    def end(self, status=0):
        names = ("eax", "ebx") if self.t.arch == "i386" else ("v0", "a0")
        self.machine.gdb.set(**dict(zip(names, (CALLS["exit"], status))), **{PC[self.t.arch]: self.entry + ORDERS[self.t.arch]})
        self.machine.current = None
        result = self.p.finish()
        self.t.need(result == self.pid and word(self.p, self.p.data + 512) == status << 8, "a loaded program left by exit(%d), and wait says %d, 0x%x" % (
            status, result, word(self.p, self.p.data + 512)))


def text_segment(t, vaddr=None, before=0, after=0):
    """An executable segment with CODE in the middle; and its entry point."""
    before += -before % 4
    vaddr = vaddr or t.rng.randrange(0x00400000, 0x01000000) & ~3
    code = t.rng.randbytes(before) + CODE[t.arch] + t.rng.randbytes(after)
    return Segment(vaddr, code, flags=READ | EXEC), vaddr + before


def compare(t, odd, s):
    """All of a segment, byte by byte, from RAM; pages that are not there yet through the program's own eyes."""
    for page in range(s.vaddr & ~(PAGE - 1), s.end, PAGE):
        walk = odd.walk(page)
        if not walk.present:
            t.need(page >= s.vaddr + s.file_size or page + PAGE <= s.vaddr, "page 0x%08x of a segment 0x%08x..0x%08x with bytes in the file is not mapped" % (
                page, s.vaddr, s.end), walk)
            at = t.rng.randrange(max(page, s.vaddr), min(page + PAGE, s.end)) & ~3
            value = odd.load(max(at, page))
            t.need(value == 0, "bss at 0x%08x is 0x%08x, not 0: see 3.2, load_page" % (at, value), odd.walk(page))
            continue
        have = t.machine.read(walk.frame, PAGE)
        for at in range(max(page, s.vaddr), min(page + PAGE, s.end)):
            want = s.data[at - s.vaddr] if at - s.vaddr < s.file_size else 0
            t.need(have[at - page] == want, "0x%08x, byte %d of a segment of 0x%x bytes in the file and 0x%x in memory at 0x%08x, is 0x%02x, not 0x%02x (%s)" % (
                at, at - s.vaddr, s.file_size, s.size, s.vaddr, have[at - page], want,
                "its bss is zero" if at - s.vaddr >= s.file_size else "as the file has it"), walk)


@test("3.2", "segments of any size, at any address, in any order", points=3, programs=(VICTIM,))
def odd_segments(t):
    for _ in range(2):
        text, entry = text_segment(t, before=t.rng.randrange(300), after=t.rng.randrange(2000))
        segments, at = [text], 0x02000000
        for n in range(3):
            at += t.rng.choice((0, t.rng.randrange(PAGE))) + t.rng.choice((0, 0, 5 * PAGE))
            data = t.rng.randbytes(t.rng.choice((1, 60, 700, PAGE, PAGE + 904)))
            segments.append(Segment(at, data, len(data) + t.rng.choice((0, 1, 900, PAGE, 9000)), t.rng.choice((READ, READ | WRITE, WRITE, READ | EXEC))))
            at = (segments[-1].end + PAGE - 1) & ~(PAGE - 1)
        segments.append(Segment(at, b"", t.rng.randrange(1, 9000)))
        loaded = list(segments)
        segments += [Segment(0x7F000000, t.rng.randbytes(20), kind=NOTE), Segment(t.rng.randrange(1 << 32), b"", 0)]
        t.rng.shuffle(segments)
        odd = Odd(t, Image(t, segments, entry, table=52 + 4 * t.rng.randrange(20)), entry)
        for s in loaded:
            compare(t, odd, s)
        note = odd.walk(0x7F000000)
        t.need(not note.present, "a segment that is not SEGMENT_LOAD was loaded", note)
        odd.end(t.rng.randrange(100))


@test("3.2", "bss is zero, whatever stands behind the segment in the file", points=3, programs=(VICTIM,))
def bss(t):
    for flags in (READ | WRITE, READ, READ | WRITE | EXEC):
        text, entry = text_segment(t)
        file_size = t.rng.randrange(1, PAGE)
        inside = Segment(0x03000000, t.rng.randbytes(file_size), t.rng.randrange(file_size + 1, PAGE + 1), flags)
        across = Segment(0x03005000 + t.rng.randrange(PAGE // 2), t.rng.randbytes(t.rng.randrange(1, 6000)), 12000, flags)
        odd = Odd(t, Image(t, [text, inside, across], entry), entry)
        compare(t, odd, inside)
        compare(t, odd, across)
        odd.end()


@test("3.2", "what a program may write is its own, and no more than its segments allow", points=2, programs=(VICTIM,))
def rights(t):
    text, entry = text_segment(t)
    data = Segment(0x03000000 + t.rng.choice((0, 0, 60)), t.rng.randbytes(3 * PAGE), 4 * PAGE)
    rest = Segment(0x03800000, t.rng.randbytes(PAGE + 100))
    image = Image(t, [text, data, rest], entry)
    odd = Odd(t, image, entry)
    place = Place(t)
    where = [s.vaddr + t.rng.randrange(s.size // 4) * 4 for s in (data, rest, data, rest)]
    for at in where:
        odd.store(at & ~3, t.value())
        t.need(odd.walk(at).writable, "a program stored to its writable segment, and its entry does not say so", odd.walk(at))
    t.need(not odd.walk(entry).writable, "the text of a program, a segment without W, is writable", odd.walk(entry))
    t.need(t.machine.read(place.at, image.size) == bytes(image.data), "what a program has stored into its data is in the archive now: the next one "
           "that is started begins with it; pages that are mapped where they stand must be read-only or copied at the first write (share_page)")
    odd.end()


@test("3.2", "segments may touch each other's page border", points=1, programs=(VICTIM,))
def adjacent(t):
    text, entry = text_segment(t, 0x00800000, after=PAGE - len(CODE[t.arch]))
    low = Segment(text.vaddr - PAGE, t.rng.randbytes(PAGE))
    high = Segment(text.vaddr + PAGE, t.rng.randbytes(100), PAGE)
    segments = [text, low, high, Segment(high.end, b"", 100)]
    t.rng.shuffle(segments)
    odd = Odd(t, Image(t, segments, entry), entry)
    for s in segments:
        compare(t, odd, s)
    odd.end()


@test("3.2", "the heap begins behind the highest segment", points=1, programs=(VICTIM,))
def heap(t):
    text, entry = text_segment(t, 0x00500000 + t.rng.randrange(64) * 4)
    high = Segment(0x04000000 + t.rng.randrange(1 << 20), t.rng.randbytes(40), t.rng.randrange(40, 20000))
    odd = Odd(t, Image(t, [high, text], entry), entry)
    at, want = odd.syscall("brk", 0), (high.end + PAGE - 1) & ~(PAGE - 1)
    t.need(at == want, "the heap begins at 0x%08x, not at 0x%08x, the page border behind the highest segment (which is not the file's last): "
           "see 3.2, load_segments" % (at, want))
    odd.end()


@test("3.2", "the first stack: arguments at its top, pages on demand below", points=2, programs=(VICTIM,))
def stack(t):
    text, entry = text_segment(t)
    arguments = ["%x" % t.value() * 4 for _ in range(3)]
    odd = Odd(t, Image(t, [text], entry), entry, *arguments)
    sp = odd.registers[SP[t.arch]]

    def at(va):
        walk = odd.walk(va & ~3)
        t.need(walk.present, "the arguments are not mapped at 0x%08x: see 3.2, make_stack" % va, walk)
        return t.machine.read32(walk.physical)
    top = odd.walk(UTOP - PAGE)
    t.need(top.present and top.writable, "the last page below UTOP is not a writable page of the stack", top)
    argc, argv = (at(sp + 4), at(sp + 8)) if t.arch == "i386" else (odd.registers["a0"], odd.registers["a1"])
    t.need(argc == 4, "argc is %d, not 4" % argc)
    for i, text in enumerate([VICTIM] + arguments):
        string = at(argv + 4 * i)
        have = t.machine.read(odd.walk(string).physical, len(text) + 1) if odd.walk(string).present else b""
        t.need(have == text.encode() + b"\0", "argv[%d] is %r, not %r: are the frames of the stack's top in the right order?" % (i, have, text))
    low = UTOP - STACK_PAGES * PAGE
    walk = odd.walk(low)
    t.need(odd.machine.read32(walk.pte_at) if walk.pte_at else 0, "nothing is said of the stack's lowest page: USTACK_PAGES pages are there from the start, "
           "those below the arguments on demand", walk)
    value = t.value()
    odd.store(low, value)
    t.need(t.machine.read32(odd.walk(low).physical) == value and odd.load(low + 4) == 0, "the stack's lowest page is not fresh memory", odd.walk(low))
    below = odd.walk(low - PAGE)
    t.need(not below.present and not (below.pte and below.pte.value), "there is more stack than USTACK_PAGES pages", below)
    odd.end()


def refused(t, cases):
    """Each of (image, what is wrong with it) is refused with -ENOEXEC and costs nothing; and afterwards a good one is taken."""
    p = t.puppet()
    place = Place(t)
    spawn_victim_of(t, p, place, Image(t, [Segment(0x00400000, b"x")], 0))
    before = t.frames_free()
    for image, wrong in cases:
        try:
            result = spawn_victim_of(t, p, place, image)
            if result > 0:
                end_of(p, result)
        except Stuck as stuck:
            raise Broken("a file that can't be loaded is not refused: %s; the kernel does not survive it: %s" % (wrong, str(stuck).splitlines()[0])) from None
        t.need(result == -ENOEXEC, "a file that can't be loaded is not refused: %s; spawn returns %d, not -ENOEXEC (%d)" % (wrong, result, -ENOEXEC))
    lost = before - t.frames_free()
    t.need(lost <= 2, "%d frames are gone after programs that were refused" % lost)
    text, entry = text_segment(t)
    Odd(t, Image(t, [text], entry), entry).end()


def spawn_victim_of(t, p, place, image):
    place.put(image)
    return spawn_victim(p)


@test("3.2", "a segment table that is not there is refused", points=2, refusal=True, programs=(VICTIM,))
def bad_tables(t):
    def image(table=52):
        text, entry = text_segment(t)
        return Image(t, [text], entry, table)
    cases = [
        (image().patch(44, "H", 0), "it has no segments"),
        (image().patch(44, "H", 17), "it has more than 16 segments"),
        (image().patch(42, "H", 40), "its segment headers are not 32 bytes long"),
        (image(54), "its segment table is not at a multiple of 4"),
        (image().patch(28, "I", 48), "its segment table overlaps its header"),
    ]
    for offset in (lambda size: size & ~3, lambda size: (size - 28) & ~3, lambda size: 0x7FFFFFF0, lambda size: 0x10000000):
        made = image()
        cases.append((made.patch(28, "I", offset(made.size)), "its segment table lies past the end of the file"))
    refused(t, cases)
    wrapped = image()
    place, p = Place(t), t.puppet()
    place.put(wrapped.patch(28, "I", 0xFFFFFFE0))
    was = t.machine.read(place.at - 32, 32)
    t.machine.guest.write(place.at - 32, bytes(wrapped.data[52:84]))  # what stands right before it in memory would do as a table
    result = spawn_victim(p)
    t.machine.guest.write(place.at - 32, was)
    if result > 0:
        end_of(p, result)
    t.need(result == -ENOEXEC, "offset 0xffffffe0 of the segment table plus its size wraps around to 0, and what stands before the file was taken for "
           "the table: spawn returns %d: don't add before you know that the sum does not wrap" % result)


@test("3.2", "a segment that the file does not have is refused", points=2, refusal=True, programs=(VICTIM,))
def bad_segments(t):
    def image(**change):
        text, entry = text_segment(t)
        s = Segment(0x03000000, t.rng.randbytes(100))
        for name, value in change.items():
            setattr(s, name, value)
        return Image(t, [text, s], entry)
    cases = [
        (image(offset=0x10000000), "a segment begins 0x10000000 bytes into it, past its end"),
        (image(offset=0x00100000), "a segment begins past its end"),
        (image(file_size=0x20000, size=0x20000), "a segment ends past its end"),
        (image(file_size=0x7A000000, size=0x7A000000), "a segment ends far past its end"),
        (image(file_size=101), "a segment is larger in the file than in memory"),
        (image(align=PAGE + 1), "a segment's alignment is no power of two"),
        (image(vaddr=0x03000010, offset=0x1000), "a segment's address and file offset differ within the page"),
        (image(flags=0), "a segment has no permission at all"),
        (image(kind=INTERPRETER), "it needs an interpreter"),
        (image(kind=DYNAMIC), "it is dynamically linked"),
    ]
    refused(t, cases)


@test("3.2", "a segment in a place that is not the program's is refused", points=2, refusal=True, programs=(VICTIM,))
def bad_places(t):
    bottom = UTOP - STACK_PAGES * PAGE

    def image(vaddr, size=100, data=b"0123456789"):
        text, entry = text_segment(t)
        return Image(t, [text, Segment(vaddr, data, size)], entry)
    refused(t, [
        (image(0), "a segment begins in page 0"),
        (image(t.rng.randrange(1, PAGE)), "a segment lies in page 0, though not at address 0"),
        (image(bottom - PAGE, PAGE + 1), "a segment reaches into the stack's lowest page"),
        (image(bottom + PAGE, 50), "a segment lies in the stack"),
        (image(UTOP, 50), "a segment lies in the page-table window"),
        (image(ULIM, 50), "a segment lies in the kernel's half"),
        (image(0xC0300000, 50), "a segment lies on the page directory"),
        (image(0x03000000, 0x7D000000), "a segment reaches into the kernel's half"),
        (image(0x03000000, 0xFD800000), "a segment wraps around the end of the address space"),
        (image(0xFFFFF000, PAGE), "a segment ends exactly at the end of the address space"),
    ])


@test("3.2", "segments that share a page, and entries in no code, are refused", points=2, refusal=True, programs=(VICTIM,))
def bad_overlaps(t):
    def image(*more, entry=None, size=None):
        text, good = text_segment(t, 0x00800000 + t.rng.randrange(20) * 4)
        if size:
            text.size = size
        return Image(t, [text] + list(more), good if entry is None else entry)
    cases = [
        (image(Segment(0x00800800, b"abc")), "two segments share a page"),
        (image(Segment(0x007FF000, b"abc", 2 * PAGE)), "a segment reaches into the page of the next"),
        (image(Segment(0x03000010, b"a"), Segment(0x03000FFF, b"", 1)), "two segments have parts of one page"),
        (image(Segment(0x03000000, b"", 9 * PAGE), Segment(0x03002000, b"abc", 10)), "one segment lies inside another"),
        (image(entry=0x00700000), "its entry point is in no segment"),
        (image(Segment(0x03000000, CODE[t.arch]), entry=0x03000000), "its entry point is in a segment that may not be executed"),
        (image(entry=0x00800F00, size=0xF80), "its entry point is in bss: no byte of the file is there"),
    ]
    if t.arch == "mips":
        text, entry = text_segment(t, after=8)
        cases.append((Image(t, [text], entry + 2), "its entry point is not aligned to an instruction"))
    refused(t, cases)


# 3.3: the way in and out. The host puts its own values into every register, and looks again afterwards.
GENERAL = {
    "i386": ["eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp"],
    "mips": ["at", "v0", "v1"] + ["a%d" % i for i in range(4)] + ["t%d" % i for i in range(10)] + ["s%d" % i for i in range(9)] + ["gp", "sp", "ra"],
}
KEPT = ["s%d" % i for i in range(9)] + ["gp", "sp", "ra"]  # by a MIPS call
FAST = 6  # -icount shift: a tick has fewer instructions, so that many ticks are soon over
FLAGS = 0x8D5 & ~0x100  # i386: carry, parity, adjust, zero, sign, overflow


def fill(t, p, keep=()):
    """{register: random value}, but for its tag, and those in keep."""
    values = {name: t.value() for name in GENERAL[t.arch] if name not in keep and name != TAG[t.arch]}
    if t.arch == "mips":
        values.update(hi=t.value(), lo=t.value())
    return values


def differences(want, have, names):
    return ["%s is 0x%08x, not 0x%08x" % (n, have[n], want[n]) for n in names if n in want and have[n] != want[n]]


def stop_spinning(p, at):
    """The registers at the next pass of its loop."""
    machine = p.machine
    seen = machine.run_to(at)
    while seen[TAG[p.arch]] != p.tag:
        seen = machine.run_to(at)
    return seen


def stand_again(p):
    """A puppet that was spinning, and at which the machine is stopped, is to stand at its step."""
    machine = p.machine
    machine.gdb.set(**{PC[p.arch]: machine.step, SP[p.arch]: p.sp, TAG[p.arch]: p.tag})
    p.pending, machine.current = False, p


def spin(p, counter, values):
    """Start a loop that counts at `counter`. Its address; the registers that the loop uses are not in values."""
    used = {"i386": {"ebx": counter}, "mips": {"a0": counter}}[p.arch]
    p.order("do_spin", [], dict(values, **used))
    return p.machine.symbols.address("do_spin")


SPIN_USES = {"i386": ("ebx",), "mips": ("a0", "v0")}


@test("3.3", "registers survive the clock", points=2)
def clock(t):
    t.fresh(shift=FAST)
    p = t.puppet()
    counter = p.data + 256
    p.store(counter, 0)
    values = fill(t, p, SPIN_USES[t.arch])
    at = spin(p, counter, values)
    for _ in range(4):
        t.machine.run_to("clock_tick")
        seen = stop_spinning(p, at)
        wrong = differences(values, seen, values)
        t.need(not wrong, "after a tick of the clock that interrupted a program %s: see 3.3, %s" % (
            ", ".join(wrong[:4]), "trap_exit" if t.arch == "i386" else "RESTORE and leave_full"))
        need_no_secrets(t, seen)
    stand_again(p)


def need_no_secrets(t, seen):
    if t.arch == "mips":
        for name in ("k0", "k1"):
            t.need(seen[name] < ULIM, "%s holds a kernel address, 0x%08x, when the program goes on: see 3.3" % (name, seen[name]))


@test("3.3", "registers survive another program's turn", points=2, alone=True)
def other_turns(t):
    t.fresh(shift=FAST)
    p = t.puppet()
    others = []
    for _ in range(2):
        pid, child = p.spawn()
        counter = child.data + 256
        child.store(counter, 0)
        values = fill(t, child, SPIN_USES[t.arch])
        others.append((child, values, spin(child, counter, values)))
    p.begin("sleep", 400)
    for _ in range(14):
        t.machine.current = None
        t.machine.run_to("clock_tick")
    for child, values, at in others:
        seen = stop_spinning(child, at)
        wrong = differences(values, seen, values)
        t.need(not wrong, "two programs take turns, and in one of them %s: see 3.3, %s, and trap_return" % (
            ", ".join(wrong[:4]), "trap_exit" if t.arch == "i386" else "RESTORE"))


@test("3.3", "registers survive a page fault", points=1)
def page_fault(t):
    p = t.puppet()
    va = t.page(4)
    t.need(p.syscall("page_map", va, 4 * PAGE, READ | WRITE) == 0, "page_map fails")
    address, result = ("ebx", "eax") if t.arch == "i386" else ("a0", "v0")
    for n in range(4):
        values = fill(t, p, (address, result))
        p.order("do_load", [], dict(values, **{address: va + n * PAGE + 4 * t.rng.randrange(1024)}))
        t.need(p.finish() == 0, "a fresh page is not zero")
        wrong = differences(values, p.registers, values)
        t.need(not wrong, "a load that was a page's first touch has changed more than its own register: %s: see 3.3, %s" % (
            ", ".join(wrong[:4]), "trap_exit" if t.arch == "i386" else "RESTORE and leave_full"))


def try_call(t, p, name, arguments, what):
    values = fill(t, p)
    if t.arch == "i386":
        names = ("ebx", "ecx", "edx", "esi")
        values["eflags"] = 0x202 | t.rng.randrange(1 << 12) & FLAGS
    else:
        names = ("a0", "a1", "a2", "a3")
    values.update(zip(names, arguments))
    p.order("do_syscall", [CALLS[name]], {n: v for n, v in values.items() if n not in ("eax", "v0")})
    result = p.finish()
    seen = p.registers
    if t.arch == "i386":
        wrong = differences(values, seen, [n for n in values if n not in ("eax", "eflags")])
        t.need(not wrong, "after %s %s: a call changes nothing but eax" % (what, ", ".join(wrong[:4])))
        t.need(seen["eflags"] & FLAGS == values["eflags"] & FLAGS, "after %s the flags are 0x%x, not 0x%x" % (what, seen["eflags"], values["eflags"]))
        return result
    wrong = differences(values, seen, KEPT)
    t.need(not wrong, "after %s %s: a call keeps s0-s8, gp, sp and ra" % (what, ", ".join(wrong[:4])))
    left = ["%s is 0x%08x%s" % (n, seen[n], ", as before the call" if seen[n] == values[n] else "") for n in values
            if n not in KEPT and n not in ("v0",) and seen[n]]
    t.need(not left, "after %s %s, not 0: what C functions don't keep could tell a program the kernel's secrets; see 3.3, LEAVE_PARTIAL" % (
        what, ", ".join(left[:4])))
    need_no_secrets(t, seen)
    return result


@test("3.3", "registers survive a system call", points=2)
def quick_call(t):
    p = t.puppet()
    own = p.syscall("getpid")
    for _ in range(3):
        result = try_call(t, p, "getpid", (), "a call that returns at once")
        t.need(result == own, "getpid returns %d, then %d" % (own, result))


@test("3.3", "registers survive a call that waits", points=2)
def waiting_call(t):
    p = t.puppet()
    for _ in range(2):
        result = try_call(t, p, "sleep", (t.rng.randrange(1, 30),), "a call that waited while the CPU was another's")
        t.need(result == 0, "sleep returns %d" % result)
    result = try_call(t, p, "yield", (), "a call that gave the CPU away")
    t.need(result == 0, "yield returns %d" % result)


@test("3.3", "four arguments and a result", points=2)
def arguments(t):
    p = t.puppet()
    for n in (1, 3):
        va = t.page(n + 2)
        prot, flags = t.rng.choice((READ, READ | WRITE)), 2 | 16 | 32
        result = try_call(t, p, "mmap", (va, n * PAGE, prot, flags), "mmap") & 0xFFFFFFFF
        t.need(result == va, "mmap(0x%08x, 0x%x, %d, 0x%x) with MAP_FIXED returns 0x%08x: do all four arguments arrive, in this order?" % (
            va, n * PAGE, prot, flags, result))
        last = va + (n - 1) * PAGE
        t.need(p.load(last) == 0 and p.walk(last).writable == bool(prot & WRITE), "the third argument of mmap did not arrive", p.walk(last))
        t.need(p.faults(lambda: p.load(last + PAGE)), "the second argument of mmap did not arrive")
    result = p.syscall("mmap", t.page(), PAGE, READ, 2 | 32 | 64)
    t.need(result == -EINVAL, "mmap with flags that there are not returns %d: the fourth argument did not arrive" % result)


@test("3.3", "a number that no call has is refused", points=1, refusal=True)
def no_such_call(t):
    p = t.puppet()
    count = max(CALLS.values()) + 1
    for number in (count, count + 1, count + t.rng.randrange(1000), 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x40000000 + CALLS["getpid"]):
        try:
            p.order("do_syscall", [number])
            result = p.finish(5)
        except Stuck as stuck:
            raise Broken("call number 0x%x, which does not exist, stops the kernel: all numbers from SYSCALL_COUNT on go to no_such_call, and a "
                         "number is unsigned: see 3.3; %s" % (number, str(stuck).splitlines()[0])) from None
        t.need(result == -ENOSYS, "call number 0x%x, which does not exist, returns %d, not -ENOSYS: a number is unsigned, and SYSCALL_COUNT is none" % (
            number, result))


@test("3.3", "each thread has its own register for its own block", points=1)
def thread_register(t):
    p = t.puppet()
    pid, child = p.spawn()
    blocks = {}
    for who in (p, child):
        va, value = t.page(), t.value()
        t.need(who.syscall("page_map", va, PAGE, READ | WRITE) == 0, "page_map fails")
        who.store(va + 64, value)
        t.need(who.syscall("thread_register", va + 64) == 0, "thread_register fails")
        blocks[who] = (va + 64, value)
    for _ in range(3):
        for who, (va, value) in blocks.items():
            who.syscall("yield")
            if t.arch == "mips":
                who.bring()
                have = t.machine.gdb.registers()["gp"]
                t.need(have == va, "gp is 0x%08x, not 0x%08x as thread_register has set it, after other processes ran: a call keeps gp, and so must "
                       "syscall_leaves" % (have, va))
            else:
                try:
                    have = run_bytes(t, who, bytes.fromhex("65a100000000c3"))  # mov %gs:0, %eax; ret
                except Fault as fault:
                    raise Broken("a program can't read gs:0, its thread's own block, any more after another process ran (fault at 0x%08x): gs must be "
                                 "loaded again: see 3.3, trap_return" % fault.addr) from None
                t.need(have == value, "gs:0 is 0x%08x, not 0x%08x, after another process ran: its descriptor is another one, and gs must be "
                       "loaded again: see 3.3, trap_return" % (have, value))
    leave(child, 0)
    bury(t, p, pid, "a child")


def run_bytes(t, p, code):
    """Call machine code in the puppet; its result, as an unsigned word. Each time elsewhere: an emulator need not notice that the
    host changes code that has run."""
    p.codes = getattr(p, "codes", 0) + 1
    at = p.data + 8192 + p.codes % 64 * 128
    p.write(at, code)
    return p.call(at) & 0xFFFFFFFF


@test("3.3", "a program's segments don't become the kernel's", points=1, archs=("i386",))
def segments(t):
    p = t.puppet()
    own = p.syscall("getpid")
    t.need(p.syscall("thread_register", t.page()) == 0, "thread_register fails")
    for what, to in (("ds", "8ed8"), ("es", "8ec0"), ("ds and es", "8ed8 8ec0")):  # its thread's segment: it does not begin at 0
        code = bytes.fromhex("b83b000000" + to + "b8") + struct.pack("<I", CALLS["getpid"]) + bytes.fromhex("cd30 b923000000 8ed9 8ec1 c3")
        try:
            have = run_bytes(t, p, code)
        except (Stuck, Fault) as error:
            raise Broken("a program has a segment of its own in %s and makes a call, and %s: ds and es are the kernel's from the entry on: see 3.3, "
                         "syscall_entry" % (what, str(error).splitlines()[0])) from None
        t.need(have == own, "a call that was made with a segment of the program's own in %s returns %d: ds and es are the kernel's from the entry on" % (what, have))


@test("3.3", "a program's direction flag doesn't become the kernel's", points=1, archs=("i386",))
def direction(t):
    p = t.puppet()
    va = t.page(3)
    t.need(p.syscall("page_map", va, 3 * PAGE, READ | WRITE) == 0, "page_map fails")
    data = t.rng.randbytes(PAGE)
    p.write(va + PAGE, data)
    at = p.data + 3072
    p.write(at, b"\0" * 32)
    pid, child = p.fork()
    call = b"\xb8" + struct.pack("<I", CALLS["times"]) + b"\xbb" + struct.pack("<I", va + PAGE + 64)
    try:
        result = run_bytes(t, p, bytes.fromhex("53 fd") + call + bytes.fromhex("cd30 fc 5b c3"))
        have = p.read(va + PAGE, PAGE)
    except (Stuck, Fault) as error:
        raise Broken("a program makes a call with its direction flag set, and %s: the kernel's code counts on cld" % str(error).splitlines()[0]) from None
    t.need(result < ULIM, "times, called with the direction flag set, returns 0x%x" % result)
    t.need(have[:64] == data[:64] and have[80:] == data[80:], "a page that a call has copied, for a forked child has it, too, holds something else now, for the "
           "program's direction flag was set: the kernel's own loops ran backwards; see 3.3, cld", p.walk(va + PAGE))
    leave(child, 0)
    bury(t, p, pid, "a forked child")


@test("3.3", "the kernel may miss in its own tables during a call", points=2, archs=("mips",))
def misses(t):
    p = t.puppet()
    n = 24
    va = t.page(64 * n)
    pages = [va + 64 * PAGE * i for i in range(n)]
    for page in pages:
        try:
            t.need(p.syscall("page_map", page, PAGE, READ | WRITE, seconds=8) == 0, "page_map fails")
            p.store(page, 1, seconds=8)
        except (Stuck, Fault) as error:
            raise Broken("page_map for a table that is not there yet, or the first touch after it, does not come back: %s; is Status clear (EXL, UM and IE "
                         "off) when C runs? see 3.3" % str(error).splitlines()[0]) from None
    for page in pages:
        try:
            result = p.syscall("clock", 1, page + 8, seconds=8)
        except (Stuck, Fault) as error:
            raise Broken("a call that touches a page which the TLB has forgotten does not come back: %s; is Status clear (EXL, UM and IE off) when C "
                         "runs? see 3.3" % str(error).splitlines()[0]) from None
        t.need(result == 0, "clock into a page that the TLB has forgotten returns %d: when C runs with EXL set, a miss returns to the program's EPC" % result)
        t.need(word(p, page + 16) < 1000000000 and word(p, page) == 1, "clock has not written where it was told")


# 3.4: which cause means what.
def mips_code(*words):
    return struct.pack("<%dI" % len(words), *words)


MISTAKES = {
    "i386": [
        ("a division by zero", SIGFPE, "31c9 31d2 f7f1"),
        ("an overflow that into has found", SIGFPE, "b8ffffff7f 83c001 ce"),
        ("an instruction that there is not (ud2)", SIGILL, "0f0b"),
        ("hlt, which programs may not use", SIGILL, "f4"),
        ("cli, which programs may not use", SIGILL, "fa"),
        ("reading cr3, which programs may not", SIGILL, "0f20d8"),
        ("a port that is not its", SIGILL, "ba20000000 ec"),
        ("int $14, which is no page fault: that gate is not for programs", SIGILL, "cd0e"),
        ("int $32, which is no tick of the clock", SIGILL, "cd20"),
        ("the kernel's data selector in ds", SIGILL, "b810000000 8ed8"),
        ("a breakpoint", SIGTRAP, "cc"),
        ("a floating-point exception that it has asked for", SIGFPE, "dbe3 687b030000 d92c24 d9e8 d9ee def9 9b 58"),
        ("a read of the kernel's memory", SIGSEGV, "a100000080"),
        ("a jump into the kernel", SIGSEGV, "b800001080 ffe0"),
        ("a read through a null pointer", SIGSEGV, "a104000000"),
    ],
    "mips": [
        ("a division by zero (break 7)", SIGFPE, mips_code(0x0007000D)),
        ("a division by zero (teq 7)", SIGFPE, mips_code(0x000001F4)),
        ("a division by zero (break 7) in a branch's delay slot", SIGFPE, mips_code(0x10000001, 0x0007000D, 0)),
        ("a division by zero (teq 7) in a branch's delay slot", SIGFPE, mips_code(0x10000001, 0x000001F4, 0)),
        ("an overflow (add)", SIGFPE, mips_code(0x3C087FFF, 0x01084020)),
        ("a breakpoint", SIGTRAP, mips_code(0x0000000D)),
        ("an instruction that there is not", SIGILL, mips_code(0xFC000000)),
        ("reading Status, which programs may not", SIGILL, mips_code(0x40086000)),
        ("eret, which programs may not use", SIGILL, mips_code(0x42000018)),
        ("a coprocessor that there is not", SIGILL, mips_code(0x48080000)),
        ("a misaligned load", SIGBUS, mips_code(0x8FA80001)),
        ("a jump to a misaligned address", SIGBUS, mips_code(0x27A80002, 0x01000008, 0)),
        ("a store to the kernel's memory", SIGSEGV, mips_code(0x3C088000, 0xAD080000)),
        ("a misaligned load from the kernel's memory", SIGSEGV, mips_code(0x3C088000, 0x8D080001)),
        ("a floating-point exception that it has asked for", SIGFPE, mips_code(0x24080800, 0x44C8F800, 0x44800000, 0x46000003)),
        ("a read through a null pointer", SIGSEGV, mips_code(0x8C080004)),
    ],
}
BACK = {"i386": b"\xc3", "mips": mips_code(0x03E00008, 0)}


def run_code(child, code):
    """Start machine code in a puppet; nobody waits."""
    at = child.data + 3072
    child.write(at, code + BACK[child.arch])
    if child.arch == "i386":
        child.order("do_call", [at], {"esp": child.sp - 256})
    else:
        child.order("do_call", [], {"t9": at, "sp": child.sp - 256})


def fate(t, p, code, what, seconds=8):
    """What becomes of a child that runs this code: its status; None: it lives."""
    pid, child = p.spawn()
    run_code(child, code)
    p.begin("wait", pid, p.data + 512, 0)
    machine = p.machine
    machine.run_until(lambda: not p.pending or child.parked or not child.pending, "a program does %s, and nobody hears of either of them" % what, seconds)
    if p.pending:
        machine.run_until(lambda: not child.parked and not child.pending, "a child is lost", seconds)
        leave(child, 0)
        p.finish()
        return None
    machine.puppets.pop(child.tag, None)
    t.need(p.result == pid, "a program does %s, and its parent's wait returns %d" % (what, p.result))
    return word(p, p.data + 512)


@test("3.4", "each mistake ends its program, by its signal, and nobody else", points=4)
def mistakes(t):
    p = t.puppet()
    cases = list(MISTAKES[t.arch])
    t.rng.shuffle(cases)
    for what, signal, code in cases:
        try:
            status = fate(t, p, bytes.fromhex(code) if isinstance(code, str) else code, what)
        except Stuck as stuck:
            raise Broken("a program does %s, and the machine does not get over it: %s" % (what, str(stuck).splitlines()[0])) from None
        t.need(status is not None, "a program does %s, and goes on as if nothing had happened" % what)
        t.need(status == signal, "a program does %s, and ends with status 0x%x, not by signal %d: see 3.4, %s" % (
            what, status, signal, "meaning_of, and exceptions[]" if t.arch == "i386" else "meaning_of, trap_user and trapped_at"))


@test("3.4", "a program's own trap flag is its own mistake", points=1, archs=("i386",))
def trap_flag(t):
    p = t.puppet()
    what = "a single step that it has asked for itself (its trap flag)"
    try:
        status = fate(t, p, bytes.fromhex("9c 810c2400010000 9d 90"), what, 5)
    except Stuck as stuck:
        raise Broken("a program sets its trap flag, and the machine stops for good: that step is no way into the monitor, which has not asked for it "
                     "(monitor_stepping): see 3.4, trap_from_user; %s" % str(stuck).splitlines()[0]) from None
    t.need(status == SIGTRAP, "a program does %s, and its status is %s, not signal %d" % (what, status, SIGTRAP))


@test("3.4", "a first touch is no mistake", points=2)
def first_touch(t):
    p = t.puppet()
    for prot in (READ, READ | WRITE):
        va = t.page(3)
        t.need(p.syscall("page_map", va, 3 * PAGE, prot) == 0, "page_map fails")
        fault = p.faults(lambda: p.load(va + PAGE))
        t.need(not fault, "the first read of a page on demand (its rights: %d) is taken for a%s that is not allowed: the access is what the error code or "
               "the cause says: see 3.4" % (prot, ("", " write", " jump")[fault.access] if fault else ""), p.walk(va + PAGE))
        if prot & WRITE:
            fault = p.faults(lambda: p.store(va, 1))
            t.need(not fault, "the first write to a page on demand ends in a signal", p.walk(va))
    value = t.value()
    p.store(va, value)
    pid, child = p.fork()
    child.store(va, value ^ 1)
    t.need(p.load(va) == value and child.load(va) == value ^ 1, "parent and child share a page that both may write")
    p.store(va, value ^ 2)
    t.need(child.load(va) == value ^ 1, "parent and child share a page that both may write")
    leave(child, 0)
    bury(t, p, pid, "a forked child")


@test("3.4", "the first use of floating point is no mistake", points=1)
def floating_point(t):
    p = t.puppet()
    code = bytes.fromhex("d9e8 ddd8") if t.arch == "i386" else mips_code(0x44800000, 0x46000000)
    status = fate(t, p, code, "its first floating-point instruction")
    t.need(status is None, "a program uses floating point for the first time, and ends with status 0x%x: the unit is off until it is wanted: "
           "fpu_wanted; see 3.4, trap_user" % (status or 0))


@test("3.4", "a handler is told which address, and why", points=2)
def told(t):
    p = t.puppet()
    free, no_write, nothing = t.page(), t.page(), t.page()
    p.syscall("page_map", no_write, PAGE, READ)
    p.load(no_write)
    p.syscall("page_map", nothing, PAGE, 0)
    offset = 4 * t.rng.randrange(1024)
    cases = [
        ("reads where nothing is mapped", lambda va: p.load(va), free, 0, 1),
        ("writes where nothing is mapped", lambda va: p.store(va, 1), free, 1, 1),
        ("writes to a read-only page", lambda va: p.store(va, 1), no_write, 1, 2),
        ("reads a page with no rights", lambda va: p.load(va), nothing, 0, 2),
        ("reads the kernel's memory", lambda va: p.load(va), ULIM + t.rng.randrange(1, 1000) * PAGE, 0, 2),
        ("jumps to where nothing is mapped", lambda va: p.call(va), free, 2, 1),
    ]
    for what, how, page, access, code in cases:
        fault = p.faults(lambda: how(page + offset))
        t.need(fault, "a program %s, and is not told: see 3.4" % what)
        t.need(fault.addr == page + offset, "a program %s at 0x%08x, and its handler is told 0x%08x" % (what, page + offset, fault.addr))
        t.need(fault.code == code, "a program %s, and its handler is told code %d, not %d (1: SEGV_MAPERR, nothing is there; 2: SEGV_ACCERR, it "
               "is not allowed): see 3.4, meaning_of" % (what, fault.code, code))
        t.need(fault.access == access, "a program %s, and its handler is told that it was a %s: see 3.4, the access" % (what, ACCESSES[fault.access % 3]))


# 3.5: buffers at page edges, and everything that is no buffer.
TIMESPEC = {"i386": 12, "mips": 16}  # bytes


def area(t, p, prot=READ | WRITE, pages=2, touched=True):
    """Mapped pages with nothing before and behind them."""
    va = t.page(pages)
    t.need(p.syscall("page_map", va, pages * PAGE, prot) == 0, "page_map fails")
    for n in range(pages if touched and prot & WRITE else 0):
        p.store(va + n * PAGE, 0)
    return va


def pipe(t, p):
    at = p.data + 768
    p.write(at, b"\0" * 8)
    t.need(p.syscall("pipe", at, 0) == 0, "pipe fails")
    return struct.unpack("<2I", p.read(at, 8))


def must(t, p, wanted, what, name, *arguments):
    """A call whose result is known. A kernel that does not survive it is told so."""
    try:
        result = p.syscall(name, *arguments, seconds=8)
    except Stuck as stuck:
        raise Broken("%s(%s), %s, and the kernel does not survive it: %s" % (
            name, ", ".join("0x%x" % (a & 0xFFFFFFFF) for a in arguments), what, str(stuck).splitlines()[0])) from None
    ok = result >= 0 if wanted is None else result == wanted
    t.need(ok, "%s(%s), %s, returns %d%s" % (name, ", ".join("0x%x" % (a & 0xFFFFFFFF) for a in arguments), what, result,
                                            "" if wanted is None else ", not %d%s" % (wanted, " (-EFAULT)" if wanted == -EFAULT else "")))
    return result


@test("3.5", "buffers across a page's edge, touched and untouched", points=3)
def edges(t):
    p = t.puppet()
    out, into = pipe(t, p)
    for touched in (True, False):
        va = area(t, p, pages=4, touched=touched)
        n = t.rng.randrange(20, 200)
        data = t.rng.randbytes(n)
        at = va + PAGE - t.rng.randrange(1, n)
        p.write(at, data)
        must(t, p, n, "a buffer across a page's edge", "write", into, at, n)
        to = va + 3 * PAGE - t.rng.randrange(1, n)
        must(t, p, n, "a buffer across a page's edge, the pages being on demand" if not touched else "a buffer across a page's edge", "read", out, to, n)
        have = p.read(to, n)
        t.need(have == data, "%d bytes went through a pipe, from and to a buffer that lies in two pages: byte %d is another" % (
            n, next((i for i in range(n) if have[i] != data[i]), n)))
        at = va + 2 * PAGE - t.rng.choice((4, 8, 12))
        must(t, p, None, "a structure across a page's edge", "times", at)
    whole = area(t, p, pages=3, touched=False)
    data = t.rng.randbytes(3000)
    p.write(whole + 3000, data)
    must(t, p, 3000, "a buffer across a page's edge", "write", into, whole + 3000, 3000)
    must(t, p, 3000, "the last bytes of the last page", "read", out, whole + 3 * PAGE - 3000, 3000)
    t.need(p.read(whole + 3 * PAGE - 3000, 3000) == data, "3000 bytes went through a pipe and came out as others")
    for fd in (out, into):
        p.syscall("close", fd)


@test("3.5", "strings that end where the memory does", points=2)
def strings(t):
    p = t.puppet()
    va = area(t, p)
    name = p.machine.program.name
    for at, what in ((va + 2 * PAGE - len(name) - 1, "whose NUL is the last byte of the last page"),
                     (va + PAGE - t.rng.randrange(1, len(name)), "that lies in two pages"), (va, "at the beginning of a page")):
        put_string(p, at, name)
        p.write(p.data + 2048, struct.pack("<II", p.data + 64, 0))
        put_string(p, p.data + 64, name)
        pid = must(t, p, None, "a name " + what, "spawn", at, p.data + 2048, 0, 0)
        child = p.machine.wait_newborn()
        leave(child, 0)
        bury(t, p, pid, "a child")
    put_string(p, va, "x" * 63)
    must(t, p, -ENOENT, "63 characters, and no program has that name", "spawn", va, 0, 0, 0)
    put_string(p, va, "x" * t.rng.randrange(64, 300))
    must(t, p, -ENOENT, "a longer name than any program has", "spawn", va, 0, 0, 0)


@test("3.5", "strings that don't end are refused", points=2, refusal=True)
def endless_strings(t):
    p = t.puppet()
    va = area(t, p)
    for length in (1, t.rng.randrange(2, 60)):
        at = va + 2 * PAGE - length
        p.write(at, b"y" * length)
        must(t, p, -EFAULT, "a name without its NUL at the end of the last page", "spawn", at, 0, 0, 0)
    for at in (0, 4, t.page(), ULIM, 0xC0300000, 0xFFFFFFFF, UTOP - 32 * 1024 * 1024):
        must(t, p, -EFAULT, "a name that is nowhere", "spawn", at, 0, 0, 0)


def nowhere(t):
    """Addresses that are no buffer of a program's."""
    slot = t.slot << 22
    return [(0, "a null pointer"), (8, "page 0"), (PAGE - 4, "the end of page 0"), (t.page(), "nothing is mapped there"), (ULIM, "the kernel's memory"),
            (ULIM + t.rng.randrange(0, 32 << 20) // 4 * 4, "the kernel's memory"), (0xA0000000, "devices"), (slot, "the page-table window"),
            (slot ^ 1 << 22, "the second window"), (0xC0300000, "the page directory"), (0xFFFFF000, "the kernel's last page"),
            (ULIM - 8, "across the border to the kernel"), (0xFFFFFFF8, "its end wraps around"), (0xFFFFFFFC, "its end wraps around")]


@test("3.5", "what is no buffer is refused, wherever it is", points=3, refusal=True)
def no_buffers(t):
    p = t.puppet()
    out, into = pipe(t, p)
    p.syscall("write", into, p.data, 64)
    for at, what in nowhere(t):
        must(t, p, -EFAULT, what, "clock", 1, at)
        if at:
            must(t, p, -EFAULT, what, "times", at)
        must(t, p, -EFAULT, what, "thread_info", 0, at, 64)
        must(t, p, -EFAULT, what, "read", out, at, 32)
        must(t, p, -EFAULT, what, "pipe", at, 0)
        must(t, p, -EFAULT, what, "write", into, at, 32)
        must(t, p, -EFAULT, what, "poll", at, 4, 0)
    for n in (0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFF - p.data + 1):
        must(t, p, -EFAULT, "a length that wraps around", "read", out, 0xFFFFF000, n)
    t.need(p.syscall("read", out, p.data, 64) == 64, "a read that failed with -EFAULT has taken something out of the pipe")
    for fd in (out, into):
        p.syscall("close", fd)


@test("3.5", "a buffer of which one byte is missing is refused, and nothing is written", points=2, refusal=True)
def one_byte(t):
    p = t.puppet()
    va = area(t, p)
    out, into = pipe(t, p)
    end = va + 2 * PAGE
    mark = t.rng.randbytes(64)
    p.write(end - 64, mark)
    for missing in (1, 4, 12):
        must(t, p, -EFAULT, "%d of 16 bytes past the end of what is mapped" % missing, "times", end - 16 + missing)
        must(t, p, -EFAULT, "%d bytes of the structure past the end of what is mapped" % min(missing, 11), "clock", 1, end - TIMESPEC[t.arch] + min(missing, 11))
    have = p.read(end - 64, 64)
    t.need(have == mark, "a call that failed with -EFAULT, because its buffer's last bytes are not there, has written to the others: all pages must be "
           "ready before a byte is written: see 3.5, copy_prepare")
    must(t, p, -EFAULT, "one byte past the end of what is mapped", "write", into, end - 63, 64)
    must(t, p, None, "the very end of what is mapped", "clock", 1, end - TIMESPEC[t.arch])
    must(t, p, -EFAULT, "the byte before what is mapped", "write", into, va - 1, 64)
    for fd in (out, into):
        p.syscall("close", fd)


@test("3.5", "a page that may not be written is no place for a result", points=2, refusal=True)
def read_only(t):
    p = t.puppet()
    text = p.machine.symbols.address("step")
    read_only = area(t, p, READ)
    p.load(read_only)
    untouched, nothing = area(t, p, READ), area(t, p, 0)
    for at, what in ((read_only, "a read-only page"), (untouched, "a read-only page on demand"), (nothing, "a page with no rights"),
                     (text & ~(PAGE - 1) | 8, "the program's text"), (UTOP, "the read-only page tables"), (UTOP + 0x1FF000, "the read-only page directory")):
        must(t, p, -EFAULT, what, "clock", 1, at + 16)
        must(t, p, -EFAULT, what, "times", at + 32)
    two = t.page(2)
    p.syscall("page_map", two, PAGE, READ | WRITE)
    p.syscall("page_map", two + PAGE, PAGE, READ)
    must(t, p, -EFAULT, "a page of its own, and then a read-only one", "clock", 1, two + PAGE - 8)
    out, into = pipe(t, p)
    must(t, p, 64, "a read-only page, which is fine to be read from", "write", into, read_only + 100, 64)
    must(t, p, -EFAULT, "a page with no rights", "write", into, nothing + 100, 64)
    for fd in (out, into):
        p.syscall("close", fd)


@test("3.5", "results go to the caller's own page, after fork, too", points=2)
def copy_on_write(t):
    p = t.puppet()
    va = area(t, p)
    value = t.value()
    for n in range(2):
        p.store(va + n * PAGE + 256, value)
    pid, child = p.fork()
    frame = child.walk(va).frame
    t.need(p.walk(va).frame == frame, "a forked child does not have its parent's page")
    must(t, p, 0, "a page that is shared until the first write", "clock", 1, va + PAGE - 8)
    t.need(p.walk(va).frame != frame, "the result of a call went into a page that is a child's, too: a copy-on-write page must be copied before the kernel "
           "writes to it: see 3.5, resolve", p.walk(va))
    t.need(p.load(va + 256) == value and p.load(va + PAGE + 256) == value, "what else was in the page is lost")
    t.need(child.load(va + 256) == value, "the child's page has changed", child.walk(va))
    leave(child, 0)
    bury(t, p, pid, "a forked child")


@test("3.5", "a program may write out its page tables", points=2)
def user_window(t):
    p = t.puppet()
    va = area(t, p)
    out, into = pipe(t, p)
    entry = UTOP + (va >> 12) * 4
    must(t, p, 8, "entries in the read-only page tables", "write", into, entry, 8)
    p.syscall("read", out, p.data, 8)
    have, walk = word(p, p.data), p.walk(va)
    t.need(have | 0x60 == walk.pte.value | 0x60, "write from the read-only page tables gives 0x%08x, where the entry is 0x%08x" % (have, walk.pte.value), walk)
    directory = UTOP + (UTOP >> 10) + (va >> 22) * 4
    must(t, p, 4, "an entry in the read-only page directory", "write", into, directory, 4)
    p.syscall("read", out, p.data, 4)
    t.need(word(p, p.data) | 0x60 == walk.pde.value | 0x60, "write from the read-only page directory gives 0x%08x, where the entry is 0x%08x" % (
        word(p, p.data), walk.pde.value), walk)
    hole = next(k for k in range(0x1FE, 0, -1) if not p.walk(k << 22).pde.value)
    must(t, p, -EFAULT, "a table that does not exist", "write", into, UTOP + (hole << 12) + 64, 8)
    must(t, p, -EFAULT, "tables of the kernel's", "write", into, UTOP + 0x200000 + 64, 8)
    for fd in (out, into):
        p.syscall("close", fd)


@test("3.5", "program() tells names, with room for their NUL and no more", points=1)
def names(t):
    p = t.puppet()
    every = sorted(t.build.programs)
    va = area(t, p)
    for i, name in enumerate(every):
        mark = t.rng.randbytes(64)
        p.write(va + 64, mark)
        must(t, p, len(name), "exactly enough room", "program", i, va + 64, len(name) + 1)
        have = p.read(va + 64, 64)
        t.need(have == name.encode() + b"\0" + mark[len(name) + 1:], "program(%d) has written %r, not %r and its NUL" % (i, have[:len(name) + 2], name))
        p.write(va + 64, mark)
        must(t, p, -EINVAL, "no room for the NUL", "program", i, va + 64, len(name))
        t.need(p.read(va + 64, 64) == mark, "program() has written to a buffer that is too small")
        must(t, p, -EFAULT, "a buffer whose last byte is not there", "program", i, va + 2 * PAGE - len(name), 64)
    must(t, p, -ENOENT, "a number that no program has", "program", len(every), va, 64)
    must(t, p, -ENOENT, "a number that no program has", "program", 0xFFFFFFFF, va, 64)


# 3.6: who has the CPU, by counters that the host reads from RAM.
GRAZE = """
#include <unistd.h>
/* Count; and if so wished sleep now and then, before the clock looks. */
void graze(volatile unsigned *count, unsigned loops, unsigned naps)
{
	for (;;) {
		for (unsigned i = 0; i < loops; i++)
			++*count;
		if (naps)
			usleep(1000);
	}
}
"""
YIELDS = """
#include <ouros.h>
void yields(int n)
{
	while (n--)
		yield();
}
"""
NORMAL = 4  # the priority of programs


class Runner:
    """A child that counts in its own memory."""

    def __init__(self, p):
        self.pid, self.puppet = p.spawn()
        self.va = self.puppet.data + 256
        self.puppet.store(self.va, 0)
        self.pa = self.puppet.walk(self.va).physical

    def spin(self):
        spin(self.puppet, self.va, {})

    def graze(self, loops, naps):
        child, machine = self.puppet, self.puppet.machine
        at, sp = machine.symbols.address("graze"), child.sp - 256
        if child.arch == "i386":
            child.write(sp, struct.pack("<3I", self.va, loops, naps))
            child.order("do_call", [at], {"esp": sp})
        else:
            child.order("do_call", [0, self.va, loops, naps], {"t9": at, "sp": sp})

    @property
    def count(self):
        return self.puppet.machine.read32(self.pa)


def hangs(t, sentence, stuck):
    """The same guest would hang in the next test as well: it is not tried again."""
    t.build.hung = "%s; %s" % (sentence, str(stuck).splitlines()[0])
    raise Broken(t.build.hung) from None


def crowd(t, n):
    """A fast guest, its first puppet, n children."""
    if getattr(t.build, "hung", None):
        raise Broken("as in another test: " + t.build.hung)
    t.fresh(shift=FAST)
    p = t.puppet()
    try:
        return p, [Runner(p) for _ in range(n)]
    except Stuck as stuck:
        hangs(t, "programs are started, and none gets the CPU again after a sleep: are timers looked at with each tick (clock_tick)? see 3.6", stuck)


def rest(t, p, ticks, why=None):
    """p sleeps so long, give or take. Ticks that it took. why: what is wrong if it never comes back."""
    try:
        p.bring()
        begin = t.machine.kernel32("ticks")
        p.syscall("sleep", ticks * 10, seconds=10)
    except Stuck as stuck:
        if why:
            raise Broken("%s; %s" % (why, str(stuck).splitlines()[0])) from None
        hangs(t, "a process sleeps for %d ticks, others run, and it does not get the CPU again: is a turn over after its ticks, and are timers looked "
              "at (clock_tick, charge)? see 3.6" % ticks, stuck)
    return t.machine.kernel32("ticks") - begin


def shares(t, p, runners, ticks):
    """How much each counts while p sleeps."""
    before = [r.count for r in runners]
    rest(t, p, ticks)
    return [r.count - b for r, b in zip(runners, before)]


def set_priority(t, p, runner, priority, weight=0):
    result = p.syscall("set_priority", runner.pid if runner else 0, priority, weight)
    t.need(result == 0, "set_priority(%d, %d) returns %d" % (priority, weight, result))


@test("3.6", "sleep lasts as long as was asked for", points=1, alone=True)
def sleeping(t):
    p, _ = crowd(t, 0)
    for _ in range(4):
        ticks = t.rng.randrange(2, 40)
        took = rest(t, p, ticks)
        t.need(ticks <= took <= ticks + 3, "nobody else runs, and a sleep of %d ticks took %d: a waiting thread stands in no ring (sched_wait), and timers are "
               "looked at with each tick (clock_tick)" % (ticks, took))


@test("3.6", "who is more urgent runs at once", points=2, alone=True)
def urgent(t):
    p, (other,) = crowd(t, 1)
    set_priority(t, p, other, NORMAL, 50)
    set_priority(t, p, None, NORMAL - 2)
    other.spin()
    for _ in range(4):
        ticks = t.rng.randrange(3, 12)
        took = rest(t, p, ticks, "a process that is woken, and more urgent than the one that runs, does not get the CPU: see 3.6, make_ready")
        t.need(ticks <= took <= ticks + 3, "a process of priority %d slept for %d ticks and ran again after %d, while one of priority %d had its turn: who is "
               "woken and more urgent runs as soon as the kernel returns: see 3.6, make_ready" % (NORMAL - 2, ticks, took, NORMAL))


@test("3.6", "each runs in its own memory", points=1)
def own_memory(t):
    p = t.puppet()
    r = Runner(p)
    values = t.value(), t.value()
    p.store(r.va, values[0])
    r.puppet.store(r.va, values[1])
    have = p.load(r.va), r.puppet.load(r.va)
    t.need(have == values, "two processes have stored 0x%08x and 0x%08x at one address, and load 0x%08x and 0x%08x: sched_quick loads the next one's page "
           "tables" % (values + have))
    end_of(p, r.pid)


@test("3.6", "who never gives the CPU up shares it all the same", points=2, alone=True)
def equal_shares(t):
    p, runners = crowd(t, 3)
    for r in runners:
        r.spin()
    rest(t, p, 20)
    counts = shares(t, p, runners, 90)
    mean = sum(counts) / 3
    t.need(mean > 1000, "three processes that only count have counted to %s in 90 ticks" % counts)
    t.need(all(abs(c - mean) < 0.3 * mean for c in counts), "three equal processes that never give the CPU up have counted %s in 90 ticks: each turn has "
           "`weight` ticks, then the ring goes on: see 3.6, charge and clock_tick" % counts)


@test("3.6", "turns are as long as the weights say", points=2, alone=True)
def weights(t):
    p, runners = crowd(t, 3)
    chosen = [2, 6, 12]
    t.rng.shuffle(chosen)
    for r, weight in zip(runners, chosen):
        set_priority(t, p, r, NORMAL, weight)
    for r in runners:
        r.spin()
    rest(t, p, 30)
    counts = shares(t, p, runners, 200)
    unit = sum(counts) / sum(chosen)
    t.need(all(abs(c - w * unit) < 0.35 * w * unit for c, w in zip(counts, chosen)), "three processes of the weights %s have counted %s in 200 ticks, which is "
           "not in proportion: a new turn has `weight` ticks: see 3.6, charge" % (chosen, counts))


@test("3.6", "priorities are strict", points=2, alone=True)
def strict(t):
    p, (low, normal) = crowd(t, 2)
    set_priority(t, p, low, NORMAL + 1)
    for r in (low, normal):
        r.spin()
    rest(t, p, 10)
    counts = shares(t, p, (low, normal), 40)
    t.need(counts[1] > 1000 and counts[0] == 0, "a process of priority %d counted %d while one of priority %d, which never waits, counted %d" % (
        NORMAL + 1, counts[0], NORMAL, counts[1]))
    set_priority(t, p, None, NORMAL - 2)
    set_priority(t, p, low, NORMAL - 1)
    counts = shares(t, p, (low, normal), 20)
    t.need(counts[0] > 1000 and counts[1] < counts[0] / 10, "the other one was given the better priority, and they counted %s" % counts)
    end_of(p, low.pid)
    counts = shares(t, p, (normal,), 20)
    t.need(counts[0] > 1000, "who is alone on the CPU does not run")


@test("3.6", "yield gives the turn to the next, and comes back", points=2, alone=True, keep=("yields",), code=YIELDS)
def giving_way(t):
    p, _ = crowd(t, 0)
    took = {}
    for name in ("getpid", "yield"):  # a stop of the machine takes time by itself
        begin = t.machine.kernel32("ticks")
        for _ in range(5):
            p.syscall(name)
        took[name] = t.machine.kernel32("ticks") - begin
    t.need(took["yield"] <= took["getpid"] + 2, "a process that is alone yields five times, and %d ticks go by: alone in its ring, it goes on" % took["yield"])
    other = Runner(p)
    set_priority(t, p, other, NORMAL, 10)
    other.spin()
    rest(t, p, 5)
    begin, count = t.machine.kernel32("ticks"), other.count
    p.call("yields", 5, seconds=15)  # without a stop in between
    took = t.machine.kernel32("ticks") - begin
    t.need(took >= 35 and other.count > count, "another process has turns of 10 ticks, and five yields in a row came back after %d ticks: the other one's turn "
           "begins as soon as the kernel returns: see 3.6, sys_yield" % took)


@test("3.6", "who has waited goes ahead of those who never do", points=2, alone=True)
def going_ahead(t):
    p, runners = crowd(t, 3)
    for r in runners:
        set_priority(t, p, r, NORMAL, 25)
    for r in runners:
        r.spin()
    rest(t, p, 100)
    took = [rest(t, p, 20) - 20 for _ in range(4)]
    t.need(sorted(took)[2] <= 4, "a process that mostly sleeps came to run %s ticks late, while three others, with turns of 25 ticks, never wait: what is left of "
           "its turn lets it go ahead: see 3.6, goes_ahead" % took)


@test("3.6", "nobody gains by sleeping whenever the clock looks", points=2, alone=True, keep=("graze",), code=GRAZE)
def deficit(t):
    p, runners = crowd(t, 7)
    loops = {"i386": 22000, "mips": 20000}[t.arch]
    for i, r in enumerate(runners):
        r.graze(loops, int(i == 0))
    rest(t, p, 60)
    counts = shares(t, p, runners, 300)
    share, fair = counts[0] / sum(counts), 1 / len(runners)
    t.need(share < 1.4 * fair, "one of seven processes sleeps for a moment before each tick of the clock, and has %d%% of the CPU, where %d%% is fair: going "
           "ahead costs a tick of its turn, however short it runs: see 3.6, goes_ahead; they counted %s" % (100 * share, 100 * fair, counts))
    t.need(min(counts[1:]) > 0.5 * sum(counts[1:]) / 6, "the others' shares are %s" % counts[1:])
