# grading/lab4/tests.py: lab 4's tests: what fork, faults, handlers, messages and futexes leave in the tables and registers. (lab 4)
"""The puppets make the calls; the host walks both address spaces in RAM, writes values into frames and looks who sees them.
Nobody's word is taken for it: not the kernel's, not the program's."""
import contextlib
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
COW_BIT = {"i386": 1 << 9, "mips": 1 << 30}
SHARED_BIT = {"i386": 1 << 10, "mips": 1 << 29}


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


@contextlib.contextmanager
def telling(sentence):
    """What it means when the guest does not come back from what follows."""
    try:
        yield
    except Stuck as stuck:
        if type(stuck) is not Stuck:  # it met a part that is not written
            raise
        raise Broken("%s\n%s" % (sentence, stuck)) from None
    except Fault as fault:
        raise Broken("%s\n%s" % (sentence, fault)) from None


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


def fork(t, p, see="fork_table, pmap_fork"):
    """The child, its directory found by what is new in RAM: it need not store anything for that."""
    p.directory
    before = living(t)
    with telling("fork gives no child that runs: it finds nothing at the place where its parent called, or fork itself does not end: see 4.1 (%s)" % see):
        pid, child = p.fork()
    t.need(pid > 0, "fork answers %d, and there is memory enough: see 4.1 (%s)" % (pid, see))
    child._directory = new_directory(t, before, "fork")
    return child


def let_others_run(p):
    """Whoever has got an order comes as far as it can, while p sleeps."""
    p.syscall("sleep", 30)


def wait_for(t, p, child):
    """The child's status, as wait gives it."""
    at = p.data + 512
    p.write(at, b"\0\0\0\0")
    must(t, p, "wait", child.pid, at, 0, want=child.pid)
    return struct.unpack("<I", p.read(at, 4))[0]


def is_gone(t, puppet):
    puppet.pending = False
    t.machine.puppets.pop(puppet.tag, None)


def let_end(t, p, *children):
    for child in children:
        child.begin("exit", 0)
        must(t, p, "wait", child.pid, 0, 0, want=child.pid)  # no status: storing it may want a copy (4.2)
        is_gone(t, child)


def ends_by(t, p, child, *order):
    """The child is given an order that should end it: by which signal did it? None: it is still there."""
    must(t, child, "sigaction", SIGSEGV, child.data + 4096, 0)  # zeros: SIG_DFL, if fork has handed a handler on
    return ends_after(t, p, child, *order)


def ends_after(t, p, child, *order):
    child.order(*order)
    at = p.data + 512
    p.write(at, b"\0\0\0\0")
    p.begin("wait", child.pid, at, 0)
    t.machine.run_until(lambda: not p.pending or not child.pending, "neither ended the process nor did its order")
    survived = not child.pending
    if survived:
        child.begin("exit", 0)
        p.finish()
    is_gone(t, child)
    return None if survived else struct.unpack("<I", p.read(at, 4))[0] & 0x7F


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
    before = living(t)
    for walk in mapped(t.machine, p.directory, UTOP):
        if t.machine.program.base <= walk.va < p.data and not walk.writable:
            must(t, p, "page_share", pid, walk.va, walk.va, READ)
    must(t, p, "proc_start", pid)
    child = t.machine.wait_newborn()
    child.pid, child.sp = pid, p.sp
    child._directory = new_directory(t, before, "proc_create")
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
    child = fork(t, p, "pmap_fork: each stretch goes on from *next")
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
        for _ in range(3):
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
    t.need(table < 25 * page, "a table with one page in it costs fork as much as %d pages: it looks at entries that its record says are "
           "empty: see 4.1 (fork_table: low, high)" % (table / page))


# 4.2 Faults.
def two_holders(t, p):
    """A page, filled by the host, and another address that holds the same frame, copy-on-write: (va, alias, its bytes)."""
    va, _ = filled(t, p)
    alias = t.page()
    must(t, p, "page_share", 0, alias, va, READ)
    must(t, p, "page_protect", alias, PAGE, RW)
    data = t.rng.randbytes(PAGE)
    t.machine.guest.write(t.walk(p, va).frame, data)
    return va, alias, data


@test("4.2", "the first store to a copy-on-write page makes a copy of it", points=4)
def copies(t):
    p = t.puppet()
    va, alias, data = two_holders(t, p)
    frame, at = t.walk(p, va).frame, 4 * t.rng.randrange(1024)
    value = t.value()
    p.store(alias + at, value)
    walk = t.walk(p, alias)
    t.need(walk.frame != frame, "the store went into the frame that another entry has, too: see 4.2 (copy_on_write)", walk)
    t.need(walk.writable and not copied(t, walk), "after the copy its entry must let stores through: else each store is a fault again: see 4.2 "
           "(copy_on_write, pte_owned)", walk)
    theirs, copy = t.machine.read(frame, PAGE), t.machine.read(walk.frame, PAGE)
    t.need(theirs == data, "the page of the one who did not store has changed: see 4.2 (copy_on_write: which way is it copied?)", t.walk(p, va))
    t.need(copy == data[:at] + struct.pack("<I", value) + data[at + 4:], "the copy is not what the page was, with the store in it: see 4.2 "
           "(copy_on_write)", walk)
    t.need(p.load(alias + at) == value, "the program does not see what it has stored: see 4.2 (copy_on_write)", walk)
    t.need(owners(t, frame) == 1 and owners(t, walk.frame) == 1, "the old frame has one entry less and counts %d owners, the copy counts %d: "
           "one too many is a frame that is never free again: see 4.2 (copy_on_write)" % (owners(t, frame), owners(t, walk.frame)))
    t.poke(frame + at, value ^ 1)
    t.need(p.load(va + at) == value ^ 1, "the other address does not show its frame any more: see 4.2", t.walk(p, va))


@test("4.2", "the last holder of a frame keeps it", points=3)
def last_holder(t):
    p = t.puppet()
    va, alias, data = two_holders(t, p)
    frame = t.walk(p, va).frame
    must(t, p, "munmap", va, PAGE)
    free, value = t.frames_free(), t.value()
    p.store(alias, value)
    walk = t.walk(p, alias)
    t.need(walk.frame == frame and t.frames_free() == free, "nobody else has the frame any more, and yet it was copied: see 4.2 (copy_on_write: "
           "refs)", walk)
    t.need(walk.writable, "the last holder's entry must let stores through: see 4.2 (copy_on_write)", walk)
    t.need(p.load(alias) == value and p.load(alias + 4) == struct.unpack_from("<I", data, 4)[0], "the page's contents are lost: see 4.2", walk)


@test("4.2", "a page of the kernel's image is never anybody's own", points=2, keep=("puppet_grain",),
      code="unsigned puppet_grain[3 * 1024] __attribute__((aligned(4096))) = { 1, 2 };\n")
def image_page(t):
    p = t.puppet()
    at = t.machine.symbols.address("puppet_grain") + PAGE
    walk = t.walk(p, at)
    frame, value, stored = walk.frame, t.value(), t.value()
    t.need(copied(t, walk), "the test found a program's data page that is not copy-on-write", walk)
    t.poke(frame + 8, value)
    p.store(at, stored)
    now = t.walk(p, at)
    t.need(now.frame != frame, "a store went into the archive of programs: whoever starts this program next finds it there: see 4.2 "
           "(copy_on_write: FRAME_USER)", now)
    t.need(p.load(at + 8) == value and p.load(at) == stored, "the copy of a page of the image is not what the page was: see 4.2", now)
    t.need(t.peek(frame) == 0, "the image has changed: see 4.2 (copy_on_write)", now)


@test("4.2", "whoever touches a page of shared memory first, all see the same frame", points=4)
def shared_page(t):
    p = t.puppet()
    free = t.frames_free()
    va = p.syscall("mmap", 0, 2 * PAGE, RW, SHARED | ANONYMOUS)
    t.need(va > 0, "mmap of shared memory answers %d" % va)
    pid, there = create(t, p), t.page(2)
    must(t, p, "page_share", pid, va, va, RW)
    must(t, p, "page_share", pid, va + PAGE, va + PAGE, RW)
    child = start(t, p, pid)
    first, second = (p, child) if t.rng.random() < 0.5 else (child, p)
    value = t.value()
    first.store(va + 16, value)
    t.need(t.walk(first, va).present, "the first touch of a shared page leaves it absent: see 4.2 (fill_shared)", t.walk(first, va))
    t.need(second.load(va + 16) == value, "the second process that touches a shared page gets another frame: the mapping knows the page's: see "
           "4.2 (fill_shared: mapping_frame)", t.walk(second, va))
    walks = t.walk(first, va), t.walk(second, va)
    t.need(walks[0].frame == walks[1].frame, "two frames for one shared page: see 4.2 (fill_shared)", walks[1])
    t.need(walks[1].writable and is_shared(t, walks[1]), "a shared page's entry must keep its rights, and say that it is shared: see 4.2 "
           "(fill_shared: pte_filled)", walks[1])
    t.poke(walks[0].physical, value ^ 3)
    t.need(first.load(va) == value ^ 3 and second.load(va) == value ^ 3, "both must see what is in the frame: see 4.2 (fill_shared)", walks[0])
    fail_after(t, 1)
    result = p.syscall("sigpending", va + PAGE)
    fail_after(t, 0)
    t.need(result == -ENOMEM, "a shared page, touched when there is no frame, must be an error of the call (-12), not %d: see 4.2 (fill_shared)" % result)
    second.store(va + PAGE, value)
    t.need(first.load(va + PAGE) == value, "after a touch that found no frame a shared page is not shared any more: see 4.2 (fill_shared)",
           t.walk(first, va + PAGE))
    let_end(t, p, child)
    must(t, p, "munmap", va, 2 * PAGE)
    t.need(t.frames_free() == free, "shared memory that nobody maps any more still holds %d frames: an entry that names a frame no longer holds "
           "the mapping: see 4.2 (fill_shared: mapping_unref)" % (free - t.frames_free()))


def stack_bottom(t, p):
    """The lowest page of the first stack that says something."""
    va = UTOP - PAGE
    while says(t.walk(p, va - PAGE)):
        va -= PAGE
    return va


@test("4.2", "the stack grows to where it is touched", points=3)
def stack_grows(t):
    p = t.puppet()
    bottom = stack_bottom(t, p)
    at = UTOP - t.rng.randrange(64, 1000) * PAGE
    inside, value = at + 4 * t.rng.randrange(1024), t.value()
    p.store(inside, value)
    walk = t.walk(p, at)
    t.need(walk.present and walk.writable, "a touch below the stack does not make its page: see 4.2 (grow_stack)", walk)
    t.need(t.peek(walk.frame + inside % PAGE) == value, "the store is not in the frame: see 4.2", walk)
    gap = t.rng.sample(range(at + PAGE, bottom, PAGE), 8) + [at + PAGE, bottom - PAGE]
    for va in gap:
        t.need(entry_kind(t.walk(p, va)) == DEMAND and not t.walk(p, va).present, "between the touch and the stack there is a hole: the stack "
               "must stay one piece, of pages on demand: see 4.2 (grow_stack: STACK_PAGE)", t.walk(p, va))
    p.store(gap[0] + 12, value)
    t.need(p.load(gap[0] + 12) == value and t.walk(p, gap[0]).present, "a page between can't be used: see 4.2", t.walk(p, gap[0]))
    t.need(not p.faults(lambda: p.store(UTOP - STACK_MAX + 8, value)), "the lowest page that the stack may grow to can't be touched: see 4.2 "
           "(stack_above)")
    t.need(p.load(UTOP - STACK_MAX + 8) == value, "the lowest page that the stack may grow to is not made: see 4.2 (stack_above)",
           t.walk(p, UTOP - STACK_MAX))


@test("4.2", "the stack grows no further, and nowhere else", points=3, refusal=True)
def stack_ends(t):
    p = t.puppet()
    for below, name in ((0, "the page below the stack's 8 MB"), (t.rng.randrange(1, 700), "the guard below the stack"), (-1, "an address far from the stack")):
        pid, child = p.spawn()
        with telling("a program ends because it touches the lowest page of its stack: see 4.2 (stack_above)"):
            child.store(UTOP - STACK_MAX, 1)
        va = UTOP - STACK_MAX - PAGE - below * PAGE if below >= 0 else t.page()
        t.need(ends_by(t, p, child, "do_store", [1, va + 4 * t.rng.randrange(1024)]) == SIGSEGV,
               "%s can be written to, at 0x%08x: it must be a fault: see 4.2 (stack_above)" % (name, va))


@test("4.2", "a copy for which there is no frame leaves all as it was", points=3)
def copy_without_frame(t):
    p = t.puppet()
    va, alias, data = two_holders(t, p)
    before, frame = t.walk(p, alias), t.walk(p, va).frame
    fail_after(t, 1)
    result = p.syscall("sigpending", alias + 64)
    fail_after(t, 0)
    t.need(result == -ENOMEM, "the kernel stores for a program to a page that must be copied, and there is no frame: the call must fail with "
           "-12, not answer %d: see 4.2 (copy_on_write)" % result)
    walk = t.walk(p, alias)
    t.need(walk.present and walk.frame == frame and copied(t, walk) and says(walk) & ~0x60 == says(before) & ~0x60 and owners(t, frame) == 2,
           "no copy could be made, and the entry or the frame's owners have changed: see 4.2 (copy_on_write)", walk)
    t.need(t.machine.read(frame, PAGE) == data, "the page has changed: see 4.2 (copy_on_write)", walk)
    result = p.syscall("sigpending", alias + 64)
    t.need(result == 0, "a call stores to a page that must be copied, and answers %d: after one fault its entry must let stores through: see 4.2 "
           "(copy_on_write, pte_owned)" % result)
    t.need(t.walk(p, alias).frame != frame, "the kernel's own store has gone into the frame that is another's, too: see 4.2", t.walk(p, alias))


@test("4.2", "a page that its program has marked is the program's to copy", points=3, refusal=True)
def marked_page(t):
    p = t.puppet()
    pid, child = p.spawn()
    va, words = filled(t, child)
    alias = t.page()
    must(t, child, "page_share", 0, alias, va, COPY)
    t.need(marked(t, t.walk(child, va)), "the test could not mark a page", t.walk(child, va))
    t.need(ends_by(t, p, child, "do_store", [t.value(), alias]) == SIGSEGV, "the kernel has copied, or opened, a page that the program had "
           "marked for its own copy-on-write: see 4.2 (fault_resolve)")


# 4.3 A handler of one's own, and ufork.
CONTEXT_WORDS = {"i386": 10, "mips": 35}  # struct registers; the mask and the floating-point registers' address follow
CONTEXT_PC = {"i386": 7, "mips": 34}
CONTEXT_SP = {"i386": 9, "mips": 29}


class Upcall:
    """What a handler finds: its four arguments, and what two of them point to."""

    def __init__(self, t, p, registers):
        self.sp = registers["esp" if t.arch == "i386" else "sp"]
        if t.arch == "i386":
            self.back, *self.args = struct.unpack("<5I", p.read(self.sp, 20))
            self.args_at = self.sp + 4
        else:
            self.back, self.args, self.args_at = registers["ra"], [registers["a%d" % i] for i in range(4)], self.sp
        self.signal, self.info_at, self.context_at, self.last = self.args
        self.context_size = 4 * CONTEXT_WORDS[t.arch] + 8
        self.end = self.info_at + 28

    def read(self, t, p):
        self.info = struct.unpack("<7I", p.read(self.info_at, 28))
        self.context = struct.unpack("<%dI" % (self.context_size // 4), p.read(self.context_at, self.context_size))
        self.pc, self.sp_there = self.context[CONTEXT_PC[t.arch]], self.context[CONTEXT_SP[t.arch]]
        return self


def handler(t):
    """An address in the puppet's text that nobody else goes to."""
    return t.machine.symbols.address("main")


def set_handler(t, p, stack, size, argument):
    must(t, p, "fault_handler", handler(t), stack, size, argument)


def enter(t, p, see, *order, registers=None):
    """Give p an order that faults: the machine stands at the handler's first instruction; what the handler finds."""
    p.order(*order, registers=registers)
    with telling("a fault that nothing else resolves must enter the program's handler, and did not: see 4.3 (%s)" % see):
        found = t.machine.run_to(handler(t))
    t.machine.current, p.pending = p, False
    return found


def upcall_of(t, p, found, low, high, see):
    """Its frame, which must lie in [low, high) of the handler's stack."""
    up = Upcall(t, p, found)
    t.need(low <= up.sp < high, "the handler's stack pointer is 0x%08x, and must be in [0x%08x, 0x%08x): see 4.3 (%s)" % (up.sp, low, high, see))
    t.need(up.args_at % 16 == 0, "the handler's arguments must stand at a multiple of 16, not at 0x%08x: see 4.3 (upcall)" % up.args_at)
    for at, size, name in ((up.info_at, 28, "siginfo"), (up.context_at, up.context_size, "context")):
        t.need(low <= at and at + size <= high, "the handler's pointer to its %s is 0x%08x, which is not in its frame on [0x%08x, 0x%08x): see "
               "4.3 (upcall)" % (name, at, low, high))
    t.need(up.info_at + 28 <= up.context_at or up.context_at + up.context_size <= up.info_at, "siginfo and context overlap: see 4.3 (upcall)")
    return up.read(t, p)


def go_back(t, p, up):
    """context_return: what the order that had faulted comes to."""
    p.order("do_syscall", [CALLS["context_return"], up.context_at])
    return p.finish() & 0xFFFFFFFF


def no_handler(t, p):
    must(t, p, "fault_handler", 0, 0, 0, 0)


@test("4.3", "a fault that nothing else resolves enters the handler, which mends it", points=4)
def handler_mends(t):
    p = t.puppet()
    stack, size, argument = fresh_pages(t, p, 2), 2 * PAGE - 4 * t.rng.randrange(1, 16), t.value()
    set_handler(t, p, stack, size, argument)
    page, planted, other = t.page(), t.value(), t.value()
    va, value = page + 4 * t.rng.randrange(1024), t.value()
    keeps, loses = ("ebp", "ecx") if t.arch == "i386" else ("s3", "t4")
    found = enter(t, p, "upcall, pager_takes", "do_load", [0, va], registers={keeps: planted, loses: other})
    up = upcall_of(t, p, found, stack, stack + size, "enter: top")
    t.need(up.signal == SIGSEGV and up.info[0] == SIGSEGV, "the handler is told of signal %d, not SIGSEGV: see 4.3 (upcall)" % up.signal)
    t.need(up.info[5] == va, "the handler is told of a fault at 0x%08x, and it was at 0x%08x: see 4.3 (upcall: info)" % (up.info[5], va))
    t.need(up.info[6] == 0, "the handler is told of access %d: it was a read, 0: see 4.3" % up.info[6])
    t.need(up.last == argument, "the handler's last argument is 0x%x, not what fault_handler was given (0x%x): see 4.3 (enter, upcall)" % (up.last, argument))
    at = t.machine.symbols.address("do_load")
    t.need(up.pc == at, "the context says that the program was at 0x%08x, and it was at 0x%08x: it must be saved before the thread is sent to its "
           "handler: see 4.3 (upcall: tf_save)" % (up.pc, at))
    t.need(up.sp_there == p.sp, "the context's stack pointer is 0x%08x, and it was 0x%08x: see 4.3 (upcall: tf_save)" % (up.sp_there, p.sp))
    must(t, p, "page_map", page, PAGE, RW)
    p.store(va, value)
    t.need(go_back(t, p, up) == value, "after its handler the program does not get what is in the page now: see 4.3 (go_back)", t.walk(p, va))
    for name, want in ((keeps, planted), (loses, other)):
        t.need(p.registers[name] == want, "after its handler the program finds 0x%x in %s, where 0x%x was: see 4.3 (go_back: tf_load)" % (
            p.registers[name], name, want))
    page = t.page()
    up = upcall_of(t, p, enter(t, p, "enter: once more", "do_load", [0, page]), stack, stack + size, "enter: top")
    must(t, p, "page_map", page, PAGE, RW)
    t.need(go_back(t, p, up) == 0, "after its handler's second time the program does not get what is in the page: see 4.3", t.walk(p, page))
    no_handler(t, p)


@test("4.3", "a fault in the handler goes to the handler, further down", points=3)
def nested_fault(t):
    p = t.puppet()
    stack, size = fresh_pages(t, p, 2), 2 * PAGE
    set_handler(t, p, stack, size, 0)
    pages, values = [t.page(), t.page()], [t.value(), t.value()]
    outer = upcall_of(t, p, enter(t, p, "enter", "do_load", [0, pages[0]]), stack, stack + size, "enter: top")
    kept = p.read(outer.sp, stack + size - outer.sp)
    sp = (outer.sp - 16 * t.rng.randrange(2, 20)) & ~15
    inner = upcall_of(t, p, enter(t, p, "enter: nested", "do_load", [0, pages[1]], registers={"esp" if t.arch == "i386" else "sp": sp}),
                      stack, sp, "enter: a handler's own fault must go below what it has on its stack")
    t.need(p.read(outer.sp, len(kept)) == kept, "a fault in the handler has overwritten what the handler had on its stack: see 4.3 (enter: nested)")
    t.need(inner.sp_there == sp, "the context of the handler's own fault has stack pointer 0x%08x, not 0x%08x: see 4.3" % (inner.sp_there, sp))
    for page, value in zip(pages, values):
        must(t, p, "page_map", page, PAGE, RW)
        p.store(page, value)
    t.need(go_back(t, p, inner) == values[1], "the handler does not go on after its own fault: see 4.3 (go_back)")
    t.need(go_back(t, p, outer) == values[0], "the program does not go on after a handler that has faulted itself: see 4.3 (go_back)")
    no_handler(t, p)


@test("4.3", "a call whose buffer the handler brings in begins anew", points=3)
def call_again(t):
    p = t.puppet()
    stack = fresh_pages(t, p, 2)
    set_handler(t, p, stack, 2 * PAGE, 0)
    page, junk = t.page(), t.value()
    va = page + 4 * t.rng.randrange(1, 1000)
    found = enter(t, p, "enter_for_call", "do_syscall", [CALLS["sigpending"], va])
    up = upcall_of(t, p, found, stack, stack + 2 * PAGE, "enter")
    at = t.machine.symbols.address("do_syscall")
    t.need(up.pc == at, "a call ended for want of a page; its handler goes back to 0x%08x, and the call stands at 0x%08x: it must begin anew: see 4.3 "
           "(enter_for_call: upcall_again)" % (up.pc, at))
    number = up.context[6 if t.arch == "i386" else 2]
    t.need(number == CALLS["sigpending"], "the call that begins anew is number %d: it was %d: see 4.3 (enter_for_call)" % (number, CALLS["sigpending"]))
    must(t, p, "page_map", page, PAGE, RW)
    p.store(va, junk)
    result = go_back(t, p, up)
    t.need(result == 0, "the call that began anew answers %d: see 4.3 (enter_for_call)" % result)
    t.need(p.load(va) == 0, "the call that began anew has not stored its answer: see 4.3 (enter_for_call)", t.walk(p, va))
    no_handler(t, p)


@test("4.3", "the mask of the context counts, and a bad context is an error", points=2)
def context_mask(t):
    p = t.puppet()
    stack = fresh_pages(t, p, 2)
    set_handler(t, p, stack, 2 * PAGE, 0)
    page, at = t.page(), p.data + 768
    mask = 1 << t.rng.choice((10, 12, 14, 17))
    up = upcall_of(t, p, enter(t, p, "enter", "do_load", [0, page]), stack, stack + 2 * PAGE, "enter")
    must(t, p, "page_map", page, PAGE, RW)
    p.write(up.context_at + 4 * CONTEXT_WORDS[t.arch], struct.pack("<I", mask))
    go_back(t, p, up)
    must(t, p, "sigmask", 0, 0, at)
    now = struct.unpack("<I", p.read(at, 4))[0]
    t.need(now == mask, "the context's mask was 0x%x, and after the handler the thread's is 0x%x: see 4.3 (go_back: signal_set_mask)" % (mask, now))
    must(t, p, "sigmask", 2, p.data + 4096, 0)
    no_handler(t, p)
    result = p.syscall("context_return", t.page())
    t.need(result == -EFAULT, "context_return with an address where nothing is answers %d, not -14: see 4.3 (go_back: copyin)" % result)


@test("4.3", "a handler that mends nothing ends the program, and so does one without a stack", points=3, refusal=True)
def handlers_in_vain(t):
    p = t.puppet()
    pid, child = p.spawn()
    stack = fresh_pages(t, child, 2)
    set_handler(t, child, stack, 2 * PAGE, 0)
    must(t, child, "sigaction", SIGSEGV, child.data + 4096, 0)
    up = upcall_of(t, child, enter(t, child, "enter", "do_load", [0, t.page()]), stack, stack + 2 * PAGE, "enter")
    t.need(ends_after(t, p, child, "do_syscall", [CALLS["context_return"], up.context_at]) == SIGSEGV, "the handler has changed nothing, and the "
           "program goes back to its fault for ever: see 4.3 (in_vain)")
    for prot, where, name in ((READ, None, "that is read-only"), (RW, 80, "that is used up")):
        pid, child = p.spawn()
        stack = fresh_pages(t, child, 3, prot=prot) + PAGE  # below it, too, something could be overwritten
        set_handler(t, child, stack, 2 * PAGE, 0)
        registers = {} if where is None else {"esp" if t.arch == "i386" else "sp": stack + where}
        t.need(ends_by(t, p, child, "do_load", [0, t.page()], registers) == SIGSEGV, "a fault whose handler has a stack %s must end the program: "
               "see 4.3 (enter)" % name)


def stack_of_handler(t, p):
    """The library's own note of it: (lowest address, size)."""
    return struct.unpack("<II", p.read(t.machine.symbols.address("__fault") + 4, 8))


def ufork(t, p):
    p.directory
    before, sp = living(t), p.sp - 256
    at = t.machine.symbols.address("ufork")
    p.order("do_call", [at] if t.arch == "i386" else [0], {"esp": sp} if t.arch == "i386" else {"t9": at, "sp": sp})
    p.forks = True
    pid = p.finish()
    p.forks = False
    t.need(pid > 0, "ufork answers %d: see 4.3 (lib/ufork.c)" % pid)
    child = t.machine.wait_newborn()
    child.pid, child.sp = pid, p.sp
    child._directory = new_directory(t, before, "ufork")
    return child


NO_COPY = ("after ufork a program does not get on: a store to a marked page is a fault that copy_marked must mend, on a stack that can be "
           "written to: see 4.3 (copy_marked, share_entry)")


@test("4.3", "ufork shares all pages with a child, and whoever stores copies", points=6, keep=("ufork",), alone=True)
def ufork_copies(t):
    with telling(NO_COPY):
        try_ufork(t, t.puppet())


def try_ufork(t, p):
    va, words = filled(t, p, 3)
    alias = t.page()
    must(t, p, "page_share", 0, alias, va + 2 * PAGE, READ)
    must(t, p, "page_protect", alias, PAGE, RW)  # the kernel's copy-on-write
    only, (secret,) = filled(t, p)
    must(t, p, "page_protect", only, PAGE, READ)
    untouched = fresh_pages(t, p)
    shared = p.syscall("mmap", 0, PAGE, RW, SHARED | ANONYMOUS)
    p.store(shared, t.value())
    let_end(t, p, ufork(t, p))  # once before: so that the handler's stack has been used
    child = ufork(t, p)
    for at in (va, va + PAGE, alias):
        for who, q in (("parent", p), ("child", child)):
            walk = t.walk(q, at)
            t.need(walk.present and not walk.writable, "after ufork the %s's entry must be there, and let no store through: see 4.3 "
                   "(share_entry: PROT_COPY)" % who, walk)
            t.need(marked(t, walk), "after ufork the %s's entry for a page that can be written to must be marked: else the handler can't tell a "
                   "store that wants a copy: see 4.3 (share_entry)" % who, walk)
        t.need(t.walk(p, at).frame == t.walk(child, at).frame, "ufork has copied a page that nobody has stored to: see 4.3 (share_entry)", t.walk(child, at))
    same_frame(t, p, child, va + PAGE, "see 4.3 (share_entry)")
    walk = t.walk(child, only)
    t.need(walk.present and not walk.writable and not marked(t, walk), "a read-only page must be read-only to the child, and not marked: see 4.3 "
           "(share_entry)", walk)
    t.need(entry_kind(t.walk(child, untouched)) == DEMAND and not t.walk(child, untouched).present, "a page that nobody has touched must be on demand "
           "in the child, too: see 4.3 (share_entry)", t.walk(child, untouched))
    stack, size = stack_of_handler(t, p)
    touched = [at for at in range(stack & ~4095, stack + size, PAGE) if t.walk(p, at).present]
    for at in touched:
        for q in (p, child):
            t.need(t.walk(q, at).writable or entry_kind(t.walk(q, at)) == DEMAND, "the handler's stack must be writable at once: whose fault would copy "
                   "it? See 4.3 (share_entry: is_special)", t.walk(q, at))
        t.need(t.walk(child, at).frame != t.walk(p, at).frame, "parent and child have one frame for their handlers' stacks: see 4.3 (share_entry: "
               "is_special)", t.walk(child, at))
    frame, value = t.walk(p, va).frame, t.value()
    child.store(va + 8, value)
    now = t.walk(child, va)
    t.need(now.frame != frame and now.writable, "the child has stored, and its page is not its own: see 4.3 (copy_marked)", now)
    t.need(child.load(va) == words[0] and child.load(va + 8) == value, "the child's copy is not what the page was: see 4.3 (copy_marked: va)", now)
    t.need(p.load(va + 8) != value, "the parent sees what the child has stored: see 4.3 (share_entry, copy_marked)", t.walk(p, va))
    p.store(va + PAGE, value)
    t.need(child.load(va + PAGE) != value, "the child sees what the parent has stored: see 4.3 (share_entry: the parent's entry is marked, too)",
           t.walk(p, va + PAGE))
    child.store(alias, value)
    t.need(child.load(alias) == value and p.load(alias) != value and p.load(va + 2 * PAGE) == words[2], "a page that the kernel would have copied "
           "belongs to both after ufork: see 4.3 (share_entry: entry_copied)", t.walk(child, alias))
    walk = t.walk(child, shared)
    t.need(walk.writable and is_shared(t, walk), "shared memory stays shared after ufork: see 4.3 (share_entry: entry_shared)", walk)
    child.store(shared, value)
    t.need(p.load(shared) == value, "the parent does not see what the child stores to shared memory: see 4.3 (share_entry)", t.walk(p, shared))


@test("4.3", "after ufork, what was forbidden stays so", points=2, refusal=True, keep=("ufork",), alone=True)
def ufork_forbids(t):
    with telling(NO_COPY):
        try_forbidden(t, t.puppet())


def try_forbidden(t, p):
    only, (secret,) = filled(t, p)
    must(t, p, "page_protect", only, PAGE, READ)
    child = ufork(t, p)
    t.need(ends_by(t, p, child, "do_store", [t.value(), only]) == SIGSEGV, "after ufork the child can store to a page that is read-only: see 4.3 "
           "(copy_marked: is it marked?)")
    t.need(p.load(only) == secret, "the parent's page has changed: see 4.3", t.walk(p, only))
    child = ufork(t, p)
    t.need(ends_by(t, p, child, "do_store", [t.value(), t.page()]) == SIGSEGV, "after ufork the child can store where nothing is: see 4.3 (copy_marked)")


# 4.4 Messages.
PAGES, PORT_SHARE, PORT_READ_ONLY, NONE, CALLED = 0x10000, 0x100, 0x200, 0xFFFF, 1


class Message:
    """What a message call found in registers."""

    def __init__(self, t, p):
        names = ("eax", "ebx", "ecx", "edx", "esi") if t.arch == "i386" else ("v0", "a0", "a1", "a2", "a3")
        self.kind, self.badge, *self.words = [p.registers[name] for name in names]


def receive(t, p, fd):
    with telling("somebody stands in line with a message that can be delivered, and whoever receives does not get it: see 4.4 (take)"):
        result = p.syscall("port_receive", fd, 0, seconds=5)
    t.need(result >= 0, "port_receive answers %d: see 4.4" % result)
    return Message(t, p)


def partners(t, p, n=1):
    """A port of p's, and n other processes with a right to send to it: (port, [(right, badge, puppet)])."""
    port, found = p.syscall("port_create", 0), []
    t.need(port >= 0, "port_create answers %d" % port)
    for _ in range(n):
        badge = t.value()
        right = p.syscall("port_right", port, badge)
        t.need(right >= 0, "port_right answers %d" % right)
        _, child = p.spawn()
        found.append((right, badge, child))
    return port, found


def let_go(t, p, port, found):
    let_end(t, p, *[child for _, _, child in found])
    for fd in [right for right, _, _ in found] + ([port] if port is not None else []):
        must(t, p, "close", fd)


def is_message(t, message, kind, badge, words):
    t.need(message.kind == kind, "a message was received as kind 0x%x, and it is 0x%x: see 4.4 (deliver: kind, carried)" % (message.kind, kind))
    t.need(message.badge == badge, "a message came through the right with badge 0x%x, and its receiver was told 0x%x: see 4.4 (deliver, take)" % (
        badge, message.badge))
    t.need(message.words == list(words), "the words 0x%x 0x%x 0x%x were sent, and 0x%x 0x%x 0x%x received: see 4.4 (deliver)" % (
        tuple(words) + tuple(message.words)))


def words(t):
    return [t.value() for _ in range(3)]


@test("4.4", "a sender in line is served when somebody receives, first come, first served", points=4)
def line(t):
    p = t.puppet()
    port, found = partners(t, p, 2)
    sent = [words(t), words(t)]
    for (right, _, child), ws in zip(found, sent):
        child.begin("port_send", right, *ws)
        let_others_run(p)
    for (right, badge, child), ws in zip(found, sent):
        is_message(t, receive(t, p, port), 0, badge, ws)
        result = child.finish(5)
        t.need(result == 0, "a message was received, and its sender is told %d: see 4.4 (take)" % result)
    let_go(t, p, port, found)


@test("4.4", "a receiver that waits gets what is sent", points=2)
def receiver_waits(t):
    p = t.puppet()
    port, found = partners(t, p)
    (right, badge, child), ws = found[0], words(t)
    p.begin("port_receive", port, 0)
    let_others_run(child)
    must(t, child, "port_send", right, *ws)
    p.finish(5)
    is_message(t, Message(t, p), 0, badge, ws)
    let_go(t, p, port, found)


@test("4.4", "a caller waits for its answer, and gets it", points=4)
def call_and_answer(t):
    p = t.puppet()
    port, found = partners(t, p)
    right, badge, child = found[0]
    for _ in range(2):
        asked, told = words(t), words(t)
        child.begin("port_call", right, *asked)
        let_others_run(p)
        is_message(t, receive(t, p, port), CALLED, badge, asked)
        t.need(child.pending, "a caller goes on before it is answered: see 4.4 (take)")
        result = p.syscall("port_reply_receive", NONE, *told)
        t.need(result == 0, "whoever received a call can't answer it: %d: the caller must be waiting for it: see 4.4 (take: await_answer)" % result)
        result = child.finish(5)
        t.need(result == 0, "the caller is told %d, not an answer: see 4.4 (deliver)" % result)
        is_message(t, Message(t, child), 0, Message(t, child).badge, told)
    let_go(t, p, port, found)


def window(t, p, n):
    va, _ = filled(t, p, n)
    must(t, p, "port_window", va, n, 0)
    return va


@test("4.4", "pages move with a message: frame, contents and owner", points=4)
def pages_move(t):
    p = t.puppet()
    port, found = partners(t, p)
    right, badge, child = found[0]
    to, (va, had) = window(t, p, 2), filled(t, child, 2)
    frames = [t.walk(child, va + i * PAGE).frame for i in range(2)]
    free = t.frames_free()
    child.begin("port_send", right | PAGES, 5, 6, va | 1)
    let_others_run(p)
    is_message(t, receive(t, p, port), PAGES, badge, (5, 6, to | 1))
    t.need(child.finish(5) == 0, "the sender of pages is not told that they have gone: see 4.4 (take)")
    for i, frame in enumerate(frames):
        mine, theirs = t.walk(p, to + i * PAGE), t.walk(child, va + i * PAGE)
        t.need(mine.present and mine.frame == frame, "the receiver's window does not name the frame that was sent: see 4.4 (enter_page, take_page)", mine)
        t.need(not theirs.present and entry_kind(theirs) == DEMAND, "the page has moved, and the sender's entry must say demand: fresh memory: see "
               "4.4 (take_page: pte_left_behind)", theirs)
        t.need(owners(t, frame) == 1, "frame 0x%08x has moved: one entry names it, and its record counts %d: see 4.4 (take_page)" % (frame, owners(t, frame)))
        value = t.value()
        t.poke(mine.physical + 4, value)
        t.need(p.load(to + i * PAGE + 4) == value and p.load(to + i * PAGE) == had[i], "the receiver does not see the frame that came: see 4.4 "
               "(enter_page: flush)", mine)
    t.need(t.frames_free() == free + 2, "two pages of the window made room for two that came, and %d frames became free: see 4.4 (enter_page: what "
           "the entry said before)" % (t.frames_free() - free))
    t.need(child.load(va) == 0 and t.walk(child, va).frame not in frames, "the sender still sees the page that it has given away: see 4.4 (take_page)",
           t.walk(child, va))
    let_go(t, p, port, found)


@test("4.4", "pages are shared with a message, for both or to read only", points=3)
def pages_shared(t):
    p = t.puppet()
    port, found = partners(t, p)
    right, badge, child = found[0]
    for flags in (PORT_SHARE, PORT_SHARE | PORT_READ_ONLY):
        to, (va, had) = window(t, p, 1), filled(t, child)
        frame = t.walk(child, va).frame
        child.begin("port_send", right | PAGES, 5, 6, va | flags)
        let_others_run(p)
        is_message(t, receive(t, p, port), PAGES, badge, (5, 6, to))
        t.need(child.finish(5) == 0, "the sender of a shared page is not told that it has gone: see 4.4 (take)")
        mine, theirs = t.walk(p, to), t.walk(child, va)
        t.need(mine.present and theirs.present and mine.frame == theirs.frame == frame, "a shared page must be in both address spaces: see 4.4 "
               "(take_page: PORT_SHARE)", theirs)
        t.need(owners(t, frame) == 2, "a shared frame is named by two entries, and its record counts %d: see 4.4 (take_page: frame_ref)" % owners(t, frame))
        t.need(theirs.writable and is_shared(t, theirs), "the sender's entry for a page that it shares must say so, and stay writable: else a fork takes "
               "it for a private one: see 4.4 (take_page: PTE_SHARED)", theirs)
        value = t.value()
        child.store(va + 8, value)
        t.need(p.load(to + 8) == value, "the receiver does not see what the sender stores to a shared page: see 4.4 (take_page)", mine)
        if flags == PORT_SHARE:
            t.need(mine.writable and is_shared(t, mine), "the receiver's entry for a shared page must say so, and be writable: see 4.4 (take_page)", mine)
            p.store(to + 12, value)
            t.need(child.load(va + 12) == value, "the sender does not see what the receiver stores to a shared page: see 4.4 (take_page)", mine)
        else:
            t.need(not mine.writable and not is_shared(t, mine), "a page that was sent to be read only can be written to by its receiver, at once or after "
                   "page_protect: see 4.4 (take_page: PORT_READ_ONLY)", mine)
    let_go(t, p, port, found)


@test("4.4", "who sends what can't be delivered is told, and the next one is served", points=2)
def undeliverable(t):
    p = t.puppet()
    must(t, p, "port_window", 0, 0, 0)
    port, found = partners(t, p, 2)
    va, had = filled(t, found[0][2])
    ws = words(t)
    found[0][2].begin("port_send", found[0][0] | PAGES, 1, 2, va)
    let_others_run(p)
    found[1][2].begin("port_send", found[1][0], *ws)
    let_others_run(p)
    is_message(t, receive(t, p, port), 0, found[1][1], ws)
    result = found[0][2].finish(5)
    t.need(result == -ENOSPC, "a page was sent to a receiver that has no window for it: its sender must be told -28, not %d: see 4.4 (take: port_fail)" % result)
    t.need(found[0][2].load(va) == had[0], "a page that was not delivered is not its sender's any more: see 4.4 (deliver)", t.walk(found[0][2], va))
    t.need(found[1][2].finish(5) == 0, "the second sender is not told that its message was received: see 4.4 (take)")
    let_go(t, p, port, found)


def ended(t, puppet, see):
    with telling("a thread waits for ever for a partner that is gone: see 4.4 (%s)" % see):
        return puppet.finish(3)


@test("4.4", "a partner that is gone is an error at once", points=5)
def dead_partners(t):
    p = t.puppet()
    port, found = partners(t, p)
    right, badge, child = found[0]
    server = new_thread(t, p)
    server.begin("port_receive", port, 0)
    child.begin("port_call", right, 1, 2, 3)
    server.finish(5)
    server.begin("thread_exit", 0)
    result = ended(t, child, "port_no_answer: the thread that was to answer has ended")
    is_gone(t, server)
    t.need(result == -EPIPE, "the thread that was to answer a call has ended: the caller must be told -32, not %d: see 4.4 (port_no_answer)" % result)
    child.begin("port_send", right, 1, 2, 3)
    must(t, p, "close", port)
    result = ended(t, child, "close_port: nobody can receive any more")
    t.need(result == -EPIPE, "a port is closed while somebody waits to send to it: that one must be told -32, not %d: see 4.4 (close_port)" % result)
    let_go(t, p, None, found)
    port, found = partners(t, p)
    right, badge, child = found[0]
    must(t, p, "close", right)
    p.begin("port_receive", port, 0)
    let_others_run(child)  # so that p waits before the last right goes
    must(t, child, "close", right)
    result = ended(t, p, "close_right: nobody can send any more")
    t.need(result == -EPIPE, "the last right to send to a port is gone: who waits to receive there must be told -32, not %d: see 4.4 (close_right)" % result)
    let_end(t, p, child)
    must(t, p, "close", port)


# 4.5 Waiting for a word.
WAIT, WAKE, REQUEUE = 0, 1, 2


def soon(t, milliseconds):
    """A deadline: so many milliseconds from now."""
    return t.machine.kernel32("ticks") * 10 + milliseconds


def sleepers(t, p, word, n=1):
    """Threads of p that wait for the word, in this order."""
    found = []
    for _ in range(n):
        thread = new_thread(t, p)
        thread.begin("futex", word, WAIT, p.load(word), 0)
        let_others_run(p)
        t.need(thread.pending, "a thread was to wait for a word that is what it expects, and goes on: see 4.5 (wait)")
        found.append(thread)
    return found


def wakes(t, p, word, n, want, see):
    result = p.syscall("futex", word, WAKE, n, 0)
    t.need(result == want, "%s: %d were woken, and it must be %d: see 4.5 (%s)" % (see[0], result, want, see[1]))


def awake(t, p, thread, what):
    with telling("%s still sleeps: see 4.5 (wake)" % what):
        result = thread.finish(3)
    t.need(result == 0, "%s is told %d, not 0: see 4.5" % (what, result))
    thread.begin("thread_exit", 0)
    let_others_run(p)
    is_gone(t, thread)


def word_of(t, p):
    va, _ = filled(t, p)
    return va + 4 * t.rng.randrange(1024)


@test("4.5", "who waits for a word is woken, so many as are asked for, first come first", points=4)
def wait_and_wake(t):
    p = t.puppet()
    word = word_of(t, p)
    threads = sleepers(t, p, word, 3)
    wakes(t, p, word + 4 if word % PAGE < 4092 else word - 4, 9, 0, ("nobody waits for the word beside", "find_word"))
    wakes(t, p, word, 2, 2, ("three wait, two are to go on", "wake"))
    awake(t, p, threads[0], "the thread that came first")
    awake(t, p, threads[1], "the thread that came second")
    t.need(threads[2].pending, "three wait, two were to go on, and all did: see 4.5 (wake)")
    wakes(t, p, word, 9, 1, ("one waits, nine may go on", "wake"))
    awake(t, p, threads[2], "the thread that came last")
    wakes(t, p, word, 9, 0, ("nobody waits", "wake"))


@test("4.5", "no wake-up is lost: a word that has changed is not waited for", points=3)
def no_lost_wakeup(t):
    p = t.puppet()
    word = word_of(t, p)
    thread, = sleepers(t, p, word)
    p.syscall("futex", word, WAKE, 1, 0)
    awake(t, p, thread, "the thread that waited")
    expected = p.load(word)
    p.store(word, expected ^ t.value())
    result = p.syscall("futex", word, WAIT, expected, soon(t, 200))
    t.need(result == -EAGAIN, "between its look at a word and its call the word has changed, and the wake-up is over: the call must return -11 at once, "
           "not %d: who goes to sleep now sleeps for ever: see 4.5 (wait)" % result)


@test("4.5", "a deadline ends the wait", points=2)
def deadline(t):
    p = t.puppet()
    word = word_of(t, p)
    now = p.load(word)
    result = p.syscall("futex", word, WAIT, now, soon(t, -30))
    t.need(result == -ETIMEDOUT, "a deadline that is over must be told at once with -110, not %d: see 4.5 (wait: is_over)" % result)
    until = soon(t, 60)
    with telling("a wait with a deadline 60 ms ahead has not ended: see 4.5 (wait: join_queue)"):
        result = p.syscall("futex", word, WAIT, now, until, seconds=4)
    t.need(result == -ETIMEDOUT and soon(t, 0) >= until, "a wait with a deadline must end with -110 when that is over, not with %d, %d ms before: see "
           "4.5 (wait)" % (result, until - soon(t, 0)))
    wakes(t, p, word, 9, 0, ("whose deadline is over waits no more", "wait"))


@test("4.5", "of those who wait for one word all but one go on to wait for another", points=2)
def requeued(t):
    p = t.puppet()
    word, other = word_of(t, p), word_of(t, p)
    threads = sleepers(t, p, word, 3)
    result = p.syscall("futex", word, REQUEUE, 0, other)
    t.need(result == 3, "three wait, one wakes and two go to the other word, and it answers %d: see 4.5 (requeue)" % result)
    awake(t, p, threads[0], "the thread that came first")
    wakes(t, p, word, 9, 0, ("all who waited have gone to the other word", "requeue"))
    wakes(t, p, other, 9, 2, ("two have come from another word", "requeue: their threads' futex"))
    awake(t, p, threads[1], "the second thread")
    awake(t, p, threads[2], "the third thread")


@test("4.5", "a word in shared memory is one word, wherever it is mapped; a private one is not", points=4)
def across_processes(t):
    p = t.puppet()
    page = p.syscall("mmap", 0, PAGE, RW, SHARED | ANONYMOUS)
    value, off = t.value(), 4 * t.rng.randrange(1024)
    p.store(page + off, value)
    pid, there, mine = create(t, p), t.page(), filled(t, p)
    must(t, p, "page_share", pid, there, page, RW)
    must(t, p, "page_share", pid, mine[0], mine[0], READ)
    child = start(t, p, pid)
    child.begin("futex", there + off, WAIT, value, 0)
    let_others_run(p)
    t.need(child.pending, "a process was to wait for a word that is what it expects, and goes on with %d: see 4.5 (wait)" % child.result)
    wakes(t, p, page + off, 9, 1, ("another process waits for the same word of a shared page, which it has mapped elsewhere", "find_word: the frame's"))
    result = child.finish(3)
    t.need(result == 0, "the process that was woken is told %d: see 4.5 (wait)" % result)
    child.begin("futex", mine[0], WAIT, mine[1][0], 0)
    let_others_run(p)
    wakes(t, p, mine[0], 9, 0, ("another process waits for a word of its private memory, at the same address and in the same frame", "find_word"))
    t.need(child.pending, "a process that waits for a word of its own was woken by another: see 4.5 (find_word)")
    must(t, p, "kill", pid, 9)
    wait_for(t, p, child)
    is_gone(t, child)
    must(t, p, "munmap", page, PAGE)
