# grading/lab4/tests.py: lab 4's tests: what fork, faults, handlers, messages and futexes leave in the tables and registers. (lab 4)
"""The puppets make the calls; the host walks both address spaces in RAM, writes values into frames and looks who sees them.
Nobody's word is taken for it: not the kernel's, not the program's."""
import struct

from core.api import KERNEL_BASE, Broken, Fault, Stuck, test
from core.machine import CALLS
from core.walk import Entry, Walk, directories, mapped

PAGE, SPAN = 4096, 4 << 20
UTOP, STACK_MAX, GUARD = 0x7FC00000, 8 << 20, 4 << 20
READ, WRITE, COPY = 1, 2, 8
RW = READ | WRITE
SHARED, PRIVATE, ANONYMOUS = 1, 2, 32
EAGAIN, ENOMEM, EFAULT, ENOSPC, EPIPE, ETIMEDOUT = 11, 12, 14, 28, 32, 110
SIGSEGV = 11
DEMAND, OBJECT, HELD = 1, 3, 4
COW_BIT = {"i386": 1 << 9, "mips": 1 << 26}
SHARED_BIT = {"i386": 1 << 10, "mips": 1 << 27}
LINKED = 'static const char *const nothing __attribute__((unused)) = "";\n'


# What the host sees.
class Record:
    """The kernel's record of one frame: owners; of a table: how many entries say something, and between which bounds."""

    def __init__(self, t, pa):
        at = t.machine.kernel32("frames") - KERNEL_BASE + (pa >> 12) * 8
        self.refs, self.kind, _, word = struct.unpack("<HBBI", t.machine.read(at, 8))
        self.used, self.low, self.high = word & 2047, word >> 11 & 1023, word >> 21 & 1023


def owners(t, pa):
    return Record(t, pa).refs


def entry_kind(walk):
    """Of an absent entry, in the table or above it: what it says."""
    entry = walk.pte if walk.pte is not None else walk.pde
    return entry.value >> 3 & 7


def says(walk):
    return (walk.pte if walk.pte is not None else walk.pde).value


def copied(t, walk):
    return walk.present and bool(walk.pte.value & COW_BIT[t.arch]) and not walk.pte.value & SHARED_BIT[t.arch]


def marked(t, walk):
    both = COW_BIT[t.arch] | SHARED_BIT[t.arch]
    return walk.present and walk.pte.value & both == both


def is_shared(t, walk):
    return walk.present and bool(walk.pte.value & SHARED_BIT[t.arch]) and not walk.pte.value & COW_BIT[t.arch]


def living(t):
    """The page directories that have the puppets' text, by physical address."""
    found = directories(t.machine, t.machine.slot)
    return {d for d in found if Walk(t.machine, d, t.machine.step).present}


def new_directory(t, before, what):
    found = living(t) - before
    t.need(len(found) == 1, "after %s there is %s page directory that names itself and has the program's text" % (
        what, "no new" if not found else "more than one new"))
    return found.pop()


def fail_after(t, n):
    """The n-th allocation of a frame from now on fails; 0: none does."""
    t.machine.write32(t.machine.kernel.address("frame_fail_after") - KERNEL_BASE, n)


# What puppets do.
def must(t, p, name, *arguments, want=0):
    result = p.syscall(name, *arguments)
    t.need(result == want, "%s answers %d, not %d" % (name, result, want))


def fresh_pages(t, p, n=1, at=None, prot=RW):
    va = at or t.page(n)
    must(t, p, "page_map", va, n * PAGE, prot)
    return va


def filled(t, p, n=1):
    """Pages that the program has touched, with a random word in each: (va, [word])."""
    va, words = fresh_pages(t, p, n), [t.value() for _ in range(n)]
    for i, word in enumerate(words):
        p.store(va + i * PAGE, word)
    return va, words


def fork(t, p):
    """The child, its directory found by what is new in RAM: it need not store anything for that."""
    p.directory
    before = living(t)
    pid, child = p.fork()
    t.need(pid > 0, "fork answers %d: see 4.1" % pid)
    child._directory = new_directory(t, before, "fork")
    return child


def wait_for(t, p, child):
    """The child's status, as wait gives it."""
    at = p.data + 512
    p.write(at, b"\0\0\0\0")
    must(t, p, "wait", child.pid, at, 0, want=child.pid)
    return struct.unpack("<I", p.read(at, 4))[0]


def let_end(t, p, *children):
    for child in children:
        child.begin("exit", 0)
        wait_for(t, p, child)


def ends_by(t, p, child, *order):
    """The child is given an order that should end it: by which signal did it? None: it is still there."""
    must(t, child, "sigaction", SIGSEGV, child.data + 4096, 0)  # zeros: SIG_DFL, if fork has handed a handler on
    child.order(*order)
    at = p.data + 512
    p.write(at, b"\0\0\0\0")
    p.begin("wait", child.pid, at, 0)
    t.machine.run_until(lambda: not p.pending or not child.pending, "neither ended the process nor did its order")
    if child.pending:
        return struct.unpack("<I", p.read(at, 4))[0] & 0x7F
    child.begin("exit", 0)
    p.finish()
    return None


def create(t, p):
    """proc_create: a held child, which has no memory yet: its pid."""
    p.order("do_syscall", [CALLS["proc_create"]])
    p.forks = True
    pid = p.finish()
    p.forks = False
    t.need(pid > 0, "proc_create answers %d" % pid)
    return pid


def start(t, p, pid):
    """Give it the puppet's own pages, to read, and let it run."""
    t.need(t.machine.step // PAGE != p.data // PAGE, "the puppet's text and data share a page")
    for walk in mapped(t.machine, p.directory, UTOP):
        if t.machine.program.base <= walk.va < p.data and not walk.writable:
            must(t, p, "page_share", pid, walk.va, walk.va, READ)
    before = living(t)
    must(t, p, "proc_start", pid)
    child = t.machine.wait_newborn()
    child.pid, child.sp = pid, p.sp
    child._directory = next(iter(living(t) - before), None) or child._find_directory()
    return child


def new_thread(t, p, stack=0):
    """Another thread of the puppet's process, a Puppet."""
    tid = p.syscall("thread_create", t.machine.step, stack or p.sp - 2048, 0, p.data + 1024)
    t.need(tid > 0, "thread_create answers %d" % tid)
    thread = t.machine.wait_newborn()
    thread.tid, thread._directory = tid, p.directory
    return thread


def same_frame(t, a, b, va, see):
    """Both see what the host writes into the frame that both name."""
    one, other = t.walk(a, va), t.walk(b, va)
    t.need(one.present, "the parent has lost its page: %s" % see, one)
    t.need(other.present, "the child's table says nothing of a page that the parent has: %s" % see, other)
    t.need(one.frame == other.frame, "parent and child name different frames, though nobody has stored yet: %s" % see, other)
    value = t.value()
    t.poke(one.physical, value)
    for who, p in (("parent", a), ("child", b)):
        t.need(p.load(va) == value, "the %s does not see what is in the frame that its entry names: %s" % (who, see), t.walk(p, va))


# 4.1 Fork through the windows.
@test("4.1", "parent and child name the same frames, and neither may store", points=3)
def same_frames(t):
    p = t.puppet()
    va, _ = filled(t, p, t.rng.randrange(3, 9))
    last = fresh_pages(t, p, 1, t.page(1, align=SPAN) + 1023 * PAGE)
    p.store(last, t.value())
    writable = [w.va for w in mapped(t.machine, p.directory) if w.writable and not is_shared(t, w)]
    child = fork(t, p)
    for at in writable:
        for who, walk in (("parent", t.walk(p, at)), ("child", t.walk(child, at))):
            t.need(walk.present, "the %s's table says nothing of a page that the parent had: see 4.1 (fork_table)" % who, walk)
            t.need(not walk.writable, "the %s's entry still has its write bit, so its stores reach the frame that the other one "
                   "reads: see 4.1 (fork_entry)" % who, walk)
            t.need(copied(t, walk), "the %s's entry does not say copy-on-write, so the next store can't be told from a forbidden "
                   "one: see 4.1 (fork_entry)" % who, walk)
    for at in (va, va + PAGE, last):
        same_frame(t, p, child, at, "see 4.1 (fork_entry)")
    let_end(t, p, child)


@test("4.1", "a frame's owners are counted, and go back when the child ends", points=3)
def owners_counted(t):
    p = t.puppet()
    va, _ = filled(t, p, 3)
    must(t, p, "page_protect", va + PAGE, PAGE, READ)
    must(t, p, "page_protect", va + 2 * PAGE, PAGE, 0)
    frames = [t.walk(p, va).frame, t.walk(p, va + PAGE).frame]
    text = t.walk(p, t.machine.step).frame
    had = owners(t, text)
    free = t.frames_free()
    child = fork(t, p)
    for frame in frames:
        t.need(owners(t, frame) == 2, "frame 0x%08x is named by two entries, but its record counts %d: it would be freed while the "
               "other still has it (or never): see 4.1 (fork_entry, pte_hold)" % (frame, owners(t, frame)))
    t.need(owners(t, text) == had + 1, "the text's frame has one more owner, and its record says %d after %d: see 4.1 (fork_entry)" % (
        owners(t, text), had))
    let_end(t, p, child)
    for frame in frames:
        t.need(owners(t, frame) == 1, "the child has ended, and frame 0x%08x, which the parent still has, counts %d owners: see 4.1"
               % (frame, owners(t, frame)))
    t.need(t.frames_free() == free, "%d frames are lost when a forked child ends: its tables' records (used, low, high) must be what "
           "exit goes by: see 4.1 (fork_table)" % (free - t.frames_free()))


@test("4.1", "what is not a private writable page means to the child what it means to the parent", points=4)
def other_sorts(t):
    p = t.puppet()
    va, words = filled(t, p, 3)
    untouched = fresh_pages(t, p, 2)
    must(t, p, "page_protect", va, PAGE, READ)
    must(t, p, "page_protect", va + PAGE, PAGE, 0)
    wide = t.page(2048, align=SPAN)
    must(t, p, "page_map", wide, 2 * SPAN, RW)  # no table: two directory entries say so
    shared = p.syscall("mmap", 0, 2 * PAGE, RW, SHARED | ANONYMOUS)
    p.store(shared, t.value())
    before = {at: says(t.walk(p, at)) for at in (va, va + PAGE, untouched, wide, wide + SPAN, shared, shared + PAGE)}
    child = fork(t, p)
    names = ((va, "a read-only page"), (va + PAGE, "a page kept out of reach"), (untouched, "a page on demand"),
             (wide, "4 MB on demand, for which one directory entry stands"), (wide + SPAN, "4 MB on demand"),
             (shared, "a shared page"), (shared + PAGE, "a shared page that nobody has touched"))
    hardware = 0x60 if t.arch == "i386" else 0  # accessed, dirty: set by the machine
    for at, name in names:
        for who, walk in (("parent", t.walk(p, at)), ("child", t.walk(child, at))):
            t.need(says(walk) & ~(hardware if walk.present else 0) == before[at] & ~(hardware if walk.present else 0),
                   "%s: the %s's entry must say what it said before fork (0x%08x): see 4.1 (fork_entry, fork_table)" % (
                       name, who, before[at]), walk)
    t.need(t.walk(child, shared).writable, "a shared page stays shared: both may store to it: see 4.1 (fork_entry)", t.walk(child, shared))
    value = t.value()
    child.store(shared + 8, value)
    t.need(p.load(shared + 8) == value, "the parent does not see what the child stores to shared memory: see 4.1 (fork_entry)", t.walk(p, shared))
    t.need(ends_by(t, p, child, "do_store", [t.value(), va]) == SIGSEGV, "the child can store to a page that is read-only: its entry may "
           "not become copy-on-write: see 4.1 (fork_entry)", t.walk(p, va))
    t.need(p.load(va) == words[0], "the child's store has changed the parent's read-only page: see 4.1", t.walk(p, va))
    must(t, p, "munmap", shared, 2 * PAGE)


@test("4.1", "after a store by either side, the other keeps its value", points=4)
def stores_are_private(t):
    p = t.puppet()
    va, words = filled(t, p, 4)
    p.load(va)
    child = fork(t, p)
    frame = t.walk(p, va).frame
    mine = t.value()
    p.store(va, mine)  # at once: the parent's TLB has had this page writable
    t.need(t.walk(child, va).frame == frame, "the parent has stored, and it is the child's entry that changed: see 4.1", t.walk(child, va))
    t.need(t.walk(p, va).frame != frame, "the parent's store went into the frame that the child has, too. If its entry has no write bit, then the "
           "TLB still had one: see 4.1 (pmap_fork: flush)", t.walk(p, va))
    t.need(child.load(va) == words[0], "the child sees what the parent has stored after fork: see 4.1", t.walk(child, va))
    theirs = t.value()
    child.store(va + PAGE, theirs)
    t.need(p.load(va + PAGE) == words[1], "the parent sees what the child has stored: see 4.1 (fork_entry)", t.walk(p, va + PAGE))
    t.need(t.walk(p, va + PAGE).frame != t.walk(child, va + PAGE).frame, "both have stored to one frame: see 4.1", t.walk(p, va + PAGE))
    t.need(child.load(va + PAGE) == theirs and p.load(va) == mine, "a store is lost: see 4.1", t.walk(child, va + PAGE))
    let_end(t, p, child)


@test("4.1", "the child's tables have records that are true", points=3)
def records(t):
    p = t.puppet()
    base = t.page(1024, align=SPAN)
    places = sorted(t.rng.sample(range(20, 1000), 5))
    for i in places:
        fresh_pages(t, p, 1, base + i * PAGE)
        if i % 2:
            p.store(base + i * PAGE, t.value())
    child = fork(t, p)
    table = t.walk(child, base).pde
    t.need(table.present, "the child has no table where the parent has one: see 4.1 (fork_table)", t.walk(child, base))
    record = Record(t, table.frame)
    words = struct.unpack("<1024I", t.machine.read(table.frame, PAGE))
    there = [i for i, word in enumerate(words) if Entry(t.arch, word, base).present or word >> 3 & 7]
    t.need(there == places, "the child's table at 0x%08x says something of pages %s of its 4 MB, the parent's of %s: see 4.1 (fork_table)" % (
        table.frame, there, places))
    t.need(record.used == len(places), "the child's table at 0x%08x has %d entries, and its record counts %d: exit goes by that: see 4.1 "
           "(fork_table: used)" % (table.frame, len(places), record.used))
    t.need(record.low <= places[0] and record.high >= places[-1], "the child's table at 0x%08x has entries from %d to %d, and its record says "
           "%d to %d: what lies outside is never found again: see 4.1 (fork_table: low, high)" % (
               table.frame, places[0], places[-1], record.low, record.high))
    before = living(t)
    pid, grandchild = child.fork()
    t.need(pid > 0, "the child can't fork: %d" % pid)
    grandchild._directory = new_directory(t, before, "the child's fork")
    for i in places:
        t.need(says(t.walk(grandchild, base + i * PAGE)), "the child's child has lost a page: see 4.1 (fork_table: low, high)",
               t.walk(grandchild, base + i * PAGE))
    let_end(t, child, grandchild)
    let_end(t, p, child)


@test("4.1", "a fork that runs out of frames says so, and leaves nothing behind", points=3)
def out_of_frames(t):
    p = t.puppet()
    where = []
    for _ in range(3):
        where.append(fresh_pages(t, p, 1, t.page(1, align=SPAN)))
        p.store(where[-1], t.value())
    t.machine.park = ("yield",)
    free = t.frames_free()
    refs = [owners(t, t.walk(p, va).frame) for va in where]
    failed = 0
    for n in range(1, 40):
        fail_after(t, n)
        before = living(t)
        pid, child = p.fork()
        fail_after(t, 0)
        if pid > 0:
            child._directory = new_directory(t, before, "fork")
            for va in where:
                t.need(t.walk(child, va).present, "fork has run out of frames halfway, says that all is well, and the child lacks "
                       "pages: see 4.1 (pmap_fork)", t.walk(child, va))
            let_end(t, p, child)
            break
        failed += 1
        t.need(pid == -ENOMEM, "fork without frames answers %d, not -ENOMEM: see 4.1 (pmap_fork)" % pid)
        t.need(t.frames_free() == free, "when the %d. frame that fork asks for is refused, %d frames are lost: see 4.1 (fork_table: "
               "the record of a table that was copied in part)" % (n, free - t.frames_free()))
        now = [owners(t, t.walk(p, va).frame) for va in where]
        t.need(now == refs, "a fork that failed leaves owners behind: %s, before it %s: see 4.1 (fork_entry, fork_table)" % (now, refs))
    t.need(failed >= 4, "a fork of a process with %d tables takes a frame for each, and more; only %d refusals were noticed: see 4.1" % (
        len(where) + 2, failed))
    value = t.value()
    p.store(where[0], value)
    t.need(p.load(where[0]) == value, "after a failed fork the parent can't store any more: see 4.1", t.walk(p, where[0]))
    t.machine.park = ("sleep", 10)


@test("4.1", "a large address space is copied in stretches, all of it", points=3)
def stretches(t):
    p = t.puppet()
    bases = sorted(t.page(1024, align=SPAN) for _ in range(4))
    values = {}
    for base in bases:
        must(t, p, "page_map", base + 100 * PAGE, 600 * PAGE, RW)
        for i in t.rng.sample(range(600), 4):
            values[base + (100 + i) * PAGE] = t.value()
    for va, value in values.items():
        p.store(va, value)
    child = fork(t, p)
    for base in bases:
        words = [struct.unpack("<1024I", t.machine.read(t.walk(who, base).pde.frame, PAGE)) if t.walk(who, base).pde.present else None
                 for who in (p, child)]
        t.need(words[1] is not None, "the child lacks the table of 0x%08x: fork goes on where *next says until that is PDX(UTOP): see 4.1 "
               "(pmap_fork)" % base, t.walk(child, base))
        wrong = [i for i in range(1024) if (words[0][i] ^ words[1][i]) & ~0x60]
        t.need(not wrong, "parent and child disagree on entries %s of the table of 0x%08x: see 4.1 (fork_table)" % (wrong[:8], base))
    for va, value in values.items():
        t.need(child.load(va) == value, "the child does not see what the parent had stored: see 4.1", t.walk(child, va))
    let_end(t, p, child)


COST = """
#include <ouros.h>
#include <unistd.h>
/* Parts of the machine's clock that fork takes; the child ends. */
unsigned puppet_fork_cost(void) {
	unsigned before = cycles();
	int pid = fork();
	if (pid == 0)
		_exit(0);
	return pid < 0 ? 0 : cycles() - before;
}
"""


@test("4.1", "fork costs what is there, not what could be", points=2, keep=("puppet_fork_cost",), code=COST)
def cost(t):
    p = t.puppet()

    def measure(what):
        costs = []
        for _ in range(2):
            costs.append(p.call("puppet_fork_cost") & 0xFFFFFFFF)
            p.syscall("wait", -1, 0, 0)
        t.need(min(costs), "fork fails with %s: see 4.1" % what)
        return min(costs)
    none = measure("few pages")
    sparse = [t.page(1, align=SPAN) + t.rng.randrange(900, 1000) * PAGE for _ in range(16)]
    for va in sparse:
        fresh_pages(t, p, 1, va)
        p.load(va)
    table = (measure("sparse tables") - none) / len(sparse)
    base = t.page(1024, align=SPAN)
    must(t, p, "page_map", base + PAGE, 1000 * PAGE, RW)
    page = (measure("a full table") - none - table) / 1000
    t.need(table < 300 * page, "a table with one page in it costs fork as much as %d pages: it looks at entries that its record says are "
           "empty: see 4.1 (fork_table: low, high)" % (table / page))
