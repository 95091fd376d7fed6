# grading/lab2/tests.py: lab 2's tests: what the host finds in the guest's frames, tables and TLB. (lab 2)
"""The host calls the kernel's own functions where it stands in a system call (lab2kernel.py), walks the tables in RAM, and
writes values into frames that programs must then see."""
import contextlib
import functools
import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab2kernel import Kernel, Record, Stopped, early, put_record  # noqa: E402
from core import api  # noqa: E402
from core.api import KERNEL_BASE, Broken, Fault, NotWritten, Stuck  # noqa: E402
from core.puppet import PC  # noqa: E402
from core.walk import Entry, Walk  # noqa: E402

try:
    from staff_sheet import FIELDS, judge_sheet
except ImportError:  # a student's tree
    FIELDS = list(range(10))

    def judge_sheet(t, fields):
        raise Broken("the sheet is judged by your course's grader only: this tree does not know the numbers")

PAGE, SPAN = 4096, 4 << 20
UTOP = UPT_BASE = 0x7FC00000
READ, WRITE = 1, 2
RW = READ | WRITE
EINVAL, EEXIST, ENOENT, ENOMEM = -22, -17, -2, -12
FRAME_RESERVED, FRAME_FREE, FRAME_USER, FRAME_TABLE, FRAME_DIR, FRAME_KERNEL = range(6)
DEMAND, HELD = 1, 4
GLOBAL = 1 << 8  # i386
ALL_ONES = (1 << 32) - 1


def test(exercise, title, **how):
    """core.api's, with the exercise named where the kernel, and not a comparison of the test's, ends it."""
    def mark(function):
        @functools.wraps(function)
        def judged(t):
            try:
                function(t)
            except NotWritten:
                raise
            except Stuck as stuck:
                often = ROUND.get(exercise, "") if "hangs at" in str(stuck) else ""
                raise Broken("%s: the kernel does not get there: see %s.%s %s" % (title, exercise, often, stuck)) from None
            except Fault as fault:
                raise Broken("%s: a program's %s 0x%08x must work, and faults: see %s" % (
                    title, ("read of", "write to", "jump to")[fault.access % 3], fault.addr, exercise)) from None
        return api.test(exercise, title, **how)(judged)
    return mark


@contextlib.contextmanager
def dies(sentence):
    """What the kernel does not survive in here is this."""
    try:
        yield
    except NotWritten:
        raise
    except Stuck as stuck:
        raise Broken("%s (%s)" % (sentence, str(stuck).splitlines()[0])) from None


# What it usually is when nothing comes back any more.
ROUND = {
    "2.5": " A fault that was settled, and comes again and again, means that the TLB keeps what the table no longer says: pmap_put(), and the machine's own flush.",
    "2.7": " A handler that goes round and round: each time which address does it want, and what does it enter for it?",
}


def word(value):
    return value & ALL_ONES


# Where entries show, by their digits.
def f(base, va):
    return base | va >> 22 << 12 | (va >> 12 & 1023) * 4


def directory_of(base):
    return f(base, base)


def self_of(base):
    return f(base, directory_of(base))


# 2.1: formulas.
WRONG = {
    "directory": [(lambda b: word(b + b) >> 10, "b + b >> 10 adds first: + binds tighter than >>"),
                  (lambda b: word(b + ((b - (1 << 32)) >> 10)) if b >> 31 else None, "a signed shift has dragged the sign along"),
                  (lambda b: b, "this is one level early: the first table, not the directory"),
                  (lambda b: self_of(b), "this is one level too far: the self entry"),
                  (lambda b: word(b + (b >> 12)), "the shift is 10: a page's entry stands 2^10 times closer to its window's beginning"),
                  (lambda b: word(b + (b >> 9)), "the shift by 9 is that of machines with 8-byte entries")],
    "self": [(lambda b: directory_of(b), "this is one level early: the directory's first entry"),
             (lambda b: word(directory_of(b) + (b >> 22)), "the last term is an entry's offset: 4 bytes for each of b >> 22"),
             (lambda b: word(b + ((b - (1 << 32)) >> 10) + ((b - (1 << 32)) >> 20)) if b >> 31 else None,
              "a signed shift has dragged the sign along"),
             (lambda b: word(word(b + b) >> 10) + (b >> 20), "b + b >> 10 adds first: + binds tighter than >>")],
}


def formulas(t, base, va):
    """What the kernel computes: pte, pde, directory, self, page."""
    k = t.early_kernel
    at = KERNEL_BASE + 0x3000 if t.arch == "mips" else k.gdb.registers()["esp"] - 4096
    k.call("pmap_formulas", base, va, at)
    return dict(zip(("pte", "pde", "directory", "self", "page"), struct.unpack("<5I", k.gdb.read(at, 20))))


def once(t, what, do):
    """do(); a build of which one guest has not come so far is not asked again."""
    dead = t._session.__dict__.setdefault("dead", {})
    if what in dead:
        raise Stuck(dead[what])
    try:
        return do()
    except NotWritten:
        raise
    except Stuck as stuck:
        dead[what] = str(stuck)
        raise


def booting(t, place):
    """A guest that stands there in its boot sequence; tests share it, as long as nothing goes wrong."""
    session = t._session
    if session._machine is None or getattr(session, "booting", None) != (session._machine, place):
        once(t, place, lambda: early(t, place))
        session.booting = session._machine, place
    return Kernel(session._machine, place)


def puppet(t):
    """A program, in a guest that has booted to the end."""
    session = t._session
    if session._machine is not None and session._puppet is None:
        session.close()
    return t.puppet() if session._puppet is not None else once(t, "a program", t.puppet)


def bases(t):
    """Slots of all kinds: low ones, those where a sign would matter, the last."""
    return [t.slot << 22, 0xFFC00000, 0x80000000] + [t.rng.randrange(1, 0x200) << 22] + [t.rng.randrange(0x200, 0x400) << 22 for _ in range(3)]


def addresses(t):
    return [t.rng.getrandbits(32) for _ in range(4)] + [0, 0xFFFFFFFF, 0x7FFFFFFF, 0x80001000]


def differs(t, what, name, base, va, got, want, wrong=()):
    if got == want:
        return
    sentence = "%s with PT_base 0x%08x%s is 0x%08x, should be 0x%08x" % (
        name, base, "" if va is None else " and address 0x%08x" % va, got, want)
    for form, why in wrong:
        if form(base) == got:
            sentence += ": " + why
            break
    raise Broken("%s (%s in kern/mem/formulas.h: see 2.1)" % (sentence, what))


@test("2.1", "entry_of: where a page's entry shows", points=2)
def entry_address(t):
    t.early_kernel = booting(t, "frame_init")
    for base in bases(t):
        for va in addresses(t):
            got = formulas(t, base, va)["pte"]
            wrong = [(lambda b: word(b + (va >> 10)), "va >> 10 keeps two bits of the offset: the result is no multiple of 4"),
                     (lambda b: word(b + (va >> 12)), "an entry has 4 bytes"),
                     (lambda b: word(b + (va >> 9 & ~7)), "that is for entries of 8 bytes"),
                     (lambda b: word(b + (va - (1 << 32) >> 12) * 4) if va >> 31 else None, "a signed shift has dragged the sign along"),
                     (lambda b: f(b, f(b, va)), "this is one level too far: the directory's entry")]
            differs(t, "entry_of()", "the entry's address", base, va, got, f(base, va), wrong)


@test("2.1", "directory_of: where the directory shows", points=2)
def directory_address(t):
    t.early_kernel = booting(t, "frame_init")
    for base in bases(t):
        differs(t, "directory_of()", "PD_base", base, None, formulas(t, base, 0)["directory"], directory_of(base), WRONG["directory"])


@test("2.1", "self_entry_of: where the self entry shows", points=1)
def self_address(t):
    t.early_kernel = booting(t, "frame_init")
    for base in bases(t):
        differs(t, "self_entry_of()", "PDE_self", base, None, formulas(t, base, 0)["self"], self_of(base), WRONG["self"])


@test("2.1", "page_of: the page of an entry", points=1)
def page_address(t):
    t.early_kernel = booting(t, "frame_init")
    for base in bases(t):
        for va in addresses(t):
            at = f(base, va) + t.rng.randrange(4)
            wrong = [(lambda b: word((at - b) << 10), "bits of the entry's own bytes are left over: at may point to any byte of it"),
                     (lambda b: word((at - b) << 12), "an entry has 4 bytes")]
            differs(t, "page_of()", "the page of the entry", base, at, formulas(t, base, at)["page"], va & ~4095, wrong)


def kernel_tables(t):
    """After the page tables of the kernel itself are up: (Kernel, &kernel_pmap, physical address of its directory)."""
    k = booting(t, "frame_init_high")
    pmap = k.machine.kernel.address("kernel_pmap")
    return k, pmap, k.directory(pmap)


def present_entry(t, pa, va=0x10000000):
    """An entry that maps pa for programs, to read and write, as the machine wants it."""
    return pa | 7 if t.arch == "i386" else pa >> 6 | RW_BITS["mips"] | 3 << 3 | 6


RW_BITS = {"mips": 3 << 26, "i386": 2}


def free_page(t):
    """The address of a page in a region of 4 MB of its own: no table is there."""
    return t.page(1024, align=SPAN) + t.rng.randrange(1024) * PAGE


@test("2.1", "entry(): both levels, through the window", points=2)
def both_levels(t):
    k, pmap, directory = kernel_tables(t)
    for va in (t.page(), t.page()):
        table, frame = t.rng.randrange(0x1000, 0x1800) << 12, t.rng.randrange(0x1000, 0x3000) << 12
        want = present_entry(t, frame)
        t.machine.guest.write(table, b"\0" * PAGE)
        t.poke(table + (va >> 12 & 1023) * 4, want)
        t.poke(directory + (va >> 22) * 4, present_entry(t, table))
        k.call("mmu_flush_all")
        got = k.call("pmap_says", pmap, va)
        hole = free_page(t)
        with dies("there is no table for 0x%08x, and the kernel dies when it asks: entry() of level 2 is the directory's entry, which is always there; does it go "
                  "one level up for each level? See 2.1" % hole):
            t.need(k.call("pmap_says", pmap, hole) == 0, "there is no table for 0x%08x, and entry() finds one: see 2.1" % hole)
        t.need(got == want, "entry() reads 0x%08x for 0x%08x, and the host has written 0x%08x there: see 2.1" % (got, va, want),
               walk=Walk(t.machine, directory, va))


@test("2.1", "entry(): of the address space in the second window", points=1)
def second_window_entry(t):
    k, pmap, directory = kernel_tables(t)
    va = t.page()
    other, table, frame = 0x1900000, 0x1901000, t.rng.randrange(0x2000, 0x3000) << 12
    want = present_entry(t, frame)
    for page in (other, table):
        t.machine.guest.write(page, b"\0" * PAGE)
    t.poke(table + (va >> 12 & 1023) * 4, want)
    t.poke(other + (va >> 22) * 4, present_entry(t, table))
    t.poke(directory + (t.slot ^ 1) * 4, t.peek(directory + t.slot * 4) & ~ADDRESS[t.arch] | address_bits(t, other))
    there = 0x1902000  # a struct pmap of the host's making
    t.poke(there, other)
    k.set_variable("cpu0", KERNEL_BASE + there, 3)
    k.call("mmu_open_alt", pmap)
    apt_base = t.pt_base ^ SPAN
    rule = ("the page's entry shows at 0x%08x; the table's own entry, for the table is a page of the loaded address space, shows in the window at PT_base: "
            "entry(): see 2.1" % f(apt_base, va))
    with dies("the kernel dies when it reads the entry of 0x%08x of the address space that is open in the second window: %s" % (va, rule)):
        got = k.call("pmap_says", KERNEL_BASE + there, va)
    t.need(got == want, "entry() reads 0x%08x for 0x%08x of the address space that is open in the second window, and its table says 0x%08x: %s" % (got, va, want, rule))


ADDRESS = {"i386": 0xFFFFF000, "mips": 0x03FFFFC0}


def address_bits(t, pa):
    return pa if t.arch == "i386" else pa >> 6


@test("2.1", "the sheet: bases", points=3)
def sheet_bases(t):
    judge_sheet(t, FIELDS[:4])


@test("2.1", "the sheet: entries", points=3)
def sheet_entries(t):
    judge_sheet(t, FIELDS[4:])


# 2.2: frames. The kernel stands before its page tables: there is nothing but frames yet.
def frames_of(t):
    return booting(t, "pmap_init")


def records(t):
    """All records: [(refs, kind, mark, next)]."""
    count, at = t.machine.kernel32("frame_count"), t.machine.kernel32("frames") - KERNEL_BASE
    return list(struct.iter_unpack("<HBBI", t.machine.read(at, 8 * count)))


def free_lists(t):
    """The frame numbers on the list of dirty ones, and on that of clean ones, in order."""
    found, all_records = [], records(t)
    for clean in (0, 1):
        n, chain = t.machine.kernel32("free_lists", clean), []
        while n:
            t.need(n < len(all_records) and len(chain) <= len(all_records),
                   "a list of free frames does not end: it comes to number 0x%x after %d frames (release() and take(): see 2.2)" % (n, len(chain)))
            chain.append(n)
            n = all_records[n][3]
        found.append(chain)
    return found


def free_or_explain(t, pa, sentence):
    r = Record(t.machine, pa)
    t.need((r.refs, r.kind) == (0, FRAME_FREE), "%s: its record has %d owners and kind %d: see 2.2" % (sentence, r.refs, r.kind))


def boot_ranges(t):
    """[(start, end, kind)]: what firmware and boot loader have said. Kind 0 is usable."""
    at = t.machine.kernel.address("bootinfo") - KERNEL_BASE
    size, first = (20, 4) if t.arch == "i386" else (24, 8)
    return [struct.unpack("<QQI", t.machine.read(at + first + i * size, 20)) for i in range(t.machine.read32(at))]


@test("2.2", "at boot exactly the frames that are RAM and nobody's are free", points=2)
def free_at_boot(t):
    k = frames_of(t)
    ranges, count = boot_ranges(t), k.variable("frame_count")
    array = k.variable("frames") - KERNEL_BASE
    array_end = array + (8 * count + PAGE - 1 & -PAGE)

    def owner(n):
        start, end = n << 12, (n + 1) << 12
        if n == 0:
            return "frame 0, which means \"none\""
        if start < array_end and array < end:
            return "a frame of the array of records itself"
        if any(kind and a < end and start < b for a, b, kind in ranges):
            return "a frame that the boot information says is taken"
        return None if any(not kind and a <= start and end <= b for a, b, kind in ranges) else "no RAM"
    listed = [n for chain in free_lists(t) for n in chain]
    for n in listed:
        t.need(not owner(n), "frame_init() has released frame 0x%08x, which is %s: see 2.2" % (n << 12, owner(n)))
    t.need(len(set(listed)) == len(listed), "a frame stands twice among the free ones: see 2.2")
    missing = {n for n in range(count) if not owner(n)} - set(listed)
    t.need(not missing, "%d frames are RAM and nobody's, but not free after frame_init(), for example 0x%08x: see 2.2" % (
        len(missing), min(missing or [0]) << 12))
    t.need(k.variable("frames_free") == len(listed), "frames_free says %d, and %d frames are on the lists: see release() in 2.2" % (
        k.variable("frames_free"), len(listed)))


@test("2.2", "a frame that is taken has one owner, and is no longer free", points=2)
def taken(t):
    k = frames_of(t)
    got = []
    for i in range(5):
        free, kind = k.variable("frames_free"), t.rng.choice((FRAME_USER, FRAME_TABLE, FRAME_KERNEL))
        pa = k.call("frame_alloc", kind)
        t.need(pa and pa % PAGE == 0 and pa < t.machine.ram_bytes, "frame_alloc() answers 0x%08x, which is no frame: see 2.2" % pa)
        t.need(pa not in got, "frame_alloc() has handed out frame 0x%08x twice: take() must unlink it: see 2.2" % pa)
        r = Record(t.machine, pa)
        t.need((r.refs, r.kind) == (1, kind), "frame 0x%08x, just taken with kind %d, has %d owners and kind %d in its record: see take() in 2.2" % (
            pa, kind, r.refs, r.kind))
        t.need(r.next == 0, "the record of frame 0x%08x still says 0x%08x, what it said as a free frame: of a table that would be its number of "
               "entries: see take() in 2.2" % (pa, r.next))
        t.need(k.variable("frames_free") == free - 1, "frames_free goes from %d to %d when one frame is taken: see take() in 2.2" % (
            free, k.variable("frames_free")))
        got.append(pa)
    listed = {n << 12 for chain in free_lists(t) for n in chain}
    t.need(not listed & set(got), "frames that were handed out are still on a list of free ones: see take() in 2.2")


@test("2.2", "the last owner frees a frame, and not before", points=3)
def last_owner(t):
    k = frames_of(t)
    pa, free = k.frame(), k.variable("frames_free")
    for owners in (2, 3):
        t.need(k.truth("frame_ref", pa), "frame_ref() of a frame with %d owners answers false: see 2.2" % (owners - 1))
        t.need(Record(t.machine, pa).refs == owners, "after frame_ref() frame 0x%08x has %d owners, not %d: see 2.2" % (
            pa, Record(t.machine, pa).refs, owners))
    for owners in (2, 1):
        k.call("frame_unref", pa)
        r = Record(t.machine, pa)
        t.need((r.refs, r.kind) == (owners, FRAME_USER), "frame_unref() leaves frame 0x%08x with %d owners and kind %d in its record, not %d owners "
               "and its kind: others still have it: see 2.2" % (pa, r.refs, r.kind, owners))
    k.call("frame_unref", pa)
    free_or_explain(t, pa, "the last owner of frame 0x%08x has gone, and it is not free" % pa)
    t.need(k.variable("frames_free") == free + 1, "frames_free goes from %d to %d when the last owner goes: see release() in 2.2" % (
        free, k.variable("frames_free")))
    dirty, clean = free_lists(t)
    t.need(pa >> 12 in dirty, "frame 0x%08x has lost its last owner, and is %s: nobody knows what it holds (frame_unref(): see 2.2)" % (
        pa, "among those known to be zero" if pa >> 12 in clean else "on no list of free frames"))
    t.need(k.frame() == pa, "the frame that was freed last is not the first to be handed out again: release() makes it the first of its list: see 2.2")


@test("2.2", "a frame has no more owners than its record can count", points=1)
def many_owners(t):
    k = frames_of(t)
    pa = k.frame()
    put_record(t.machine, pa, 0xFFFE)
    t.need(k.truth("frame_ref", pa), "frame_ref() refuses owner number 65,535, the last that can be counted: see 2.2")
    refused = not k.truth("frame_ref", pa)
    t.need(Record(t.machine, pa).refs == 0xFFFF, "one owner more than 65,535, and the record says %d: the next frame_unref() would free a page that is "
           "in use: see frame_ref() in 2.2" % Record(t.machine, pa).refs)
    t.need(refused, "frame_ref() answers true for an owner that it has not counted: see 2.2")


@test("2.2", "frame_alloc_zero clears what its last owner left", points=2)
def cleared(t):
    k = frames_of(t)
    for _ in range(3):
        while k.variable("free_lists", 1):
            k.call("frame_alloc_zero", FRAME_KERNEL)
        pa = k.variable("free_lists") << 12
        t.machine.guest.write(pa, t.rng.randbytes(PAGE))
        got = k.call("frame_alloc_zero", FRAME_TABLE)
        data = t.machine.read(got, PAGE) if got and t.machine.has(got) else b""
        t.need(data, "frame_alloc_zero() answers 0x%08x, which is no frame: see 2.2" % got)
        left = [i for i in range(0, PAGE, 4) if data[i:i + 4] != b"\0\0\0\0"]
        t.need(not left, "frame_alloc_zero() hands out frame 0x%08x, and its word at offset 0x%x is what the last owner left: as a page table it would "
               "map pages that nobody asked for: see 2.2" % (got, left[0] if left else 0))
        t.need(Record(t.machine, got).kind == FRAME_TABLE, "frame_alloc_zero() has not passed the kind on: see 2.2")


@test("2.2", "a clean frame is remembered, and costs nothing", points=2)
def clean(t):
    k = frames_of(t)
    pa, free = k.call("frame_alloc_zero", FRAME_TABLE), k.variable("frames_free")
    k.call("frame_free_clean", pa)
    free_or_explain(t, pa, "frame_free_clean() of frame 0x%08x has not freed it" % pa)
    t.need(k.variable("frames_free") == free + 1, "frames_free is wrong after frame_free_clean(): see 2.2")
    _, clean = free_lists(t)
    t.need(clean[:1] == [pa >> 12] and Record(t.machine, pa).mark == 1, "frame 0x%08x was freed as all zero, and is not the first of those known to be so: "
           "frame_free_clean() and release(): see 2.2" % pa)
    nonce = t.value()
    t.poke(pa + 64, nonce)
    got = k.call("frame_alloc_zero", FRAME_DIR)
    t.need(got == pa, "frame_alloc_zero() does not take the clean frame 0x%08x first, but 0x%08x: see 2.2" % (pa, got))
    t.need(t.peek(pa + 64) == nonce, "frame_alloc_zero() clears a frame that is known to be clean: that is 4096 bytes of work for nothing: see 2.2")
    t.poke(pa + 64, 0)


@test("2.2", "no frame is left: 0, and nothing is touched", points=1)
def none_left(t):
    k = frames_of(t)
    before, free = t.machine.read(0, PAGE), k.variable("frames_free")
    k.fail_after(1)
    got = k.call("frame_alloc_zero", FRAME_TABLE)
    t.need(got == 0, "frame_alloc_zero() answers 0x%08x when there is no frame: see 2.2" % got)
    t.need(t.machine.read(0, PAGE) == before, "frame_alloc_zero() clears physical page 0 when there is no frame: see 2.2")
    t.need(k.variable("frames_free") == free, "frames_free changes when there is no frame to take: see 2.2")


def must_panic(t, k, pa, function, sentence):
    try:
        k.call(function, pa)
    except NotWritten:
        raise
    except Stuck as stuck:
        t.need("panic" in str(stuck).lower(), "%s: it does not panic, but: %s" % (sentence, str(stuck).splitlines()[0]))
        t.need("%08x" % pa in str(stuck).lower() or "%x" % pa in str(stuck).lower(), "%s: the panic does not name the frame 0x%08x: see 2.2" % (sentence, pa))
        return
    raise Broken("%s: it goes unnoticed: see 2.2" % sentence)


@test("2.2", "a frame freed twice is a panic", refusal=True, alone=True)
def freed_twice(t):
    k = early(t, "pmap_init")
    pa = k.frame()
    k.call("frame_unref", pa)
    must_panic(t, k, pa, "frame_unref", "frame 0x%08x is freed twice" % pa)


@test("2.2", "an owner for a free frame is a panic", refusal=True, alone=True)
def owner_of_nothing(t):
    k = early(t, "pmap_init")
    pa = k.frame()
    k.call("frame_unref", pa)
    must_panic(t, k, pa, "frame_ref", "frame 0x%08x is free, and gets one more owner" % pa)


@test("2.2", "freeing as clean what others own is a panic", refusal=True, alone=True)
def clean_but_shared(t):
    k = early(t, "pmap_init")
    pa = k.frame()
    k.call("frame_ref", pa)
    must_panic(t, k, pa, "frame_free_clean", "frame 0x%08x has two owners, and one frees it as clean" % pa)


# 2.3: directories.
def memory(t, k, size=256):
    """Kernel memory of the test's own: its address."""
    pa = k.call("frame_alloc_zero", FRAME_KERNEL)
    return KERNEL_BASE + pa


def poison_next(t, k):
    """The frame that would be handed out next for a table holds its last owner's words; its address."""
    while k.variable("free_lists", 1):
        k.call("frame_alloc_zero", FRAME_KERNEL)
    pa = k.variable("free_lists") << 12
    t.machine.guest.write(pa, b"".join(struct.pack("<I", present_entry(t, t.rng.randrange(256, 8192) << 12)) for _ in range(1024)))
    return pa


def created(t, k):
    """A new address space: (address of its struct pmap, physical address of its directory)."""
    new = memory(t, k)
    result = k.signed("pmap_create", new)
    t.need(result == 0, "pmap_create() answers %d: see 2.3" % result)
    directory = k.directory(new)
    t.need(directory and directory % PAGE == 0 and t.machine.has(directory), "the new address space's directory is at 0x%08x: see pmap_create() in 2.3" % directory)
    return new, directory


def entries(t, pa):
    return struct.unpack("<1024I", t.machine.read(pa, PAGE))


@test("2.3", "a new directory names itself, for the kernel only", points=3)
def names_itself(t):
    k, _, old = kernel_tables(t)
    _, directory = created(t, k)
    slot, value = t.slot, entries(t, directory)[t.slot]
    e = Entry(t.arch, value, t.pt_base)
    t.need(e.present, "the new directory's entry 0x%03x, for itself, is not there: 0x%08x: see pmap_create() in 2.3" % (slot, value))
    t.need(e.frame != old, "the new directory's entry 0x%03x names the directory of the address space that made it (0x%08x), not itself (0x%08x): through "
           "its window it would edit the other one's tables: see 2.3" % (slot, old, directory))
    t.need(e.frame == directory, "the new directory's entry 0x%03x names frame 0x%08x, not the directory itself, 0x%08x: see 2.3" % (slot, e.frame, directory))
    t.need(e.writable, "PDE 0x%03x has no write bit (%s), so the kernel's stores through the window at PT_base fault: see pde_window() in 2.3" % (slot, e))
    t.need(not e.is_global, "PDE 0x%03x is global (%s): the window's page would outlive a switch to another address space: see 2.3" % (slot, e))
    if t.arch == "i386":
        t.need(not e.user, "PDE 0x%03x has the user bit (%s): programs could write to all page tables at PT_base: see pde_window() in 2.3" % (slot, e))
        t.need(not e.large, "PDE 0x%03x says 4 MB page (%s): see 2.3" % (slot, e))
    else:
        t.need(value >> 3 & 7 == 3, "PDE 0x%03x is not a cached translation (C = %d): see 2.3" % (slot, value >> 3 & 7))
        t.need(not value >> 26 & 1, "PDE 0x%03x has the read bit (0x%08x), which says that programs may read the page: see pde_window() in 2.3" % (slot, value))
    t.need(not Entry(t.arch, entries(t, directory)[slot ^ 1], 0).present, "the new directory has a second window open (entry 0x%03x): see 2.3" % (slot ^ 1))


@test("2.3", "the user's window: there on i386, and read-only", points=2)
def user_window_entry(t):
    k, _, _ = kernel_tables(t)
    _, directory = created(t, k)
    value = entries(t, directory)[UPT_BASE >> 22]
    e = Entry(t.arch, value, UPT_BASE)
    if t.arch == "mips":
        t.need(value == 0, "PDE 0x%03x, at UPT_base, is 0x%08x, not 0: an alias would give programs the right to write (PDE_USER_WINDOW): see 2.3" % (UPT_BASE >> 22, value))
        return
    t.need(e.present and e.frame == directory, "PDE 0x%03x, at UPT_base, is %s, and should name the directory itself, 0x%08x: see pmap_create() in 2.3" % (
        UPT_BASE >> 22, e, directory))
    t.need(e.user, "PDE 0x%03x has no user bit (%s): programs could not read their tables at UPT_base: see pde_user_window() in 2.3" % (UPT_BASE >> 22, e))
    t.need(not e.writable, "PDE 0x%03x has the write bit (%s): a program could write itself an entry for any frame, through UPT_base: see pde_user_window() "
           "in 2.3" % (UPT_BASE >> 22, e))
    t.need(not e.is_global and not e.large, "PDE 0x%03x is global or large (%s): see 2.3" % (UPT_BASE >> 22, e))


@test("2.3", "a new directory has the kernel's half, and no user pages", points=3)
def kernel_half(t):
    k, _, old = kernel_tables(t)
    poison_next(t, k)
    new = KERNEL_BASE + k.frame(kind=FRAME_KERNEL)
    poison_next(t, k)
    result = k.signed("pmap_create", new)
    t.need(result == 0, "pmap_create() answers %d: see 2.3" % result)
    directory = k.directory(new)
    ours, theirs = entries(t, directory), entries(t, old)
    for i in range(1024):
        if i in (t.slot, t.slot ^ 1, UPT_BASE >> 22):
            continue
        want = theirs[i] if i >= 512 else 0
        same = ours[i] == want or (t.arch == "i386" and (ours[i] ^ want) & ~0x60 == 0)
        t.need(same, "PDE 0x%03x of a new directory is 0x%08x, should be 0x%08x: %s: see 2.3" % (
            i, ours[i], want, "the kernel's half is the same in every address space (mmu_kernel_half())" if i >= 512 else
            "a new address space has no pages; is the frame all zero before it is used?"))


@test("2.3", "the records of a new address space", points=1)
def create_records(t):
    k, _, _ = kernel_tables(t)
    new, free = memory(t, k), k.variable("frames_free")
    t.machine.guest.write(new - KERNEL_BASE, b"\xa5" * 80)
    t.need(k.signed("pmap_create", new) == 0, "pmap_create() fails: see 2.3")
    directory = k.directory(new)
    r = Record(t.machine, directory)
    t.need((r.refs, r.kind, r.used) == (1, FRAME_DIR, 0), "the directory's frame has %d owners, kind %d and %d entries in its record, not 1, %d and 0: see 2.3" % (
        r.refs, r.kind, r.used, FRAME_DIR))
    t.need(k.variable("frames_free") == free - 1, "pmap_create() takes %d frames, not one: see 2.3" % (free - k.variable("frames_free")))
    t.need(t.machine.read(new - KERNEL_BASE + 4, 68) == bytes(68), "what *pmap says beside its directory is not zero: see pmap_create() in 2.3")
    t.need(k.call("pmap_next", 0) == new, "the new address space is not in the list of all (LIST_INSERT): see 2.3")


@test("2.3", "no frame for a directory: nothing changes", points=1)
def create_fails(t):
    k, _, _ = kernel_tables(t)
    new, free, first = memory(t, k), k.variable("frames_free"), k.call("pmap_next", 0)
    physical_0 = t.machine.read(0, PAGE)
    k.fail_after(1)
    result = k.signed("pmap_create", new)
    t.need(result == ENOMEM, "pmap_create() answers %d without a frame, not PMAP_ENOMEM: see 2.3" % result)
    t.need(t.machine.read(0, PAGE) == physical_0, "pmap_create() writes to physical page 0 when there is no frame: see 2.3")
    t.need(k.variable("frames_free") == free and k.call("pmap_next", 0) == first, "pmap_create() fails, and frames or the list have changed: see 2.3")


@test("2.3", "the RAM past 256 MB shows in every address space", archs=("mips",), alone=True)
def high_half(t):
    k = early(t, "trap_init", mem=320)
    _, directory = created(t, k)
    base = ((t.pt_base ^ 0x10000000) & 0xF0000000) >> 22
    old = entries(t, k.directory(t.machine.kernel.address("kernel_pmap")))
    for i in range(base, base + 16):
        t.need(entries(t, directory)[i] == old[i], "PDE 0x%03x of a new directory is 0x%08x, and the kernel's is 0x%08x: the RAM past 256 MB shows there, in "
               "every address space: see mmu_kernel_half() in 2.3" % (i, entries(t, directory)[i], old[i]))


def touched(t, p, value=None, va=None):
    """A page that the program has mapped and written to: its address."""
    va = va or t.page()
    t.need(p.syscall("page_map", va, PAGE, RW) == 0, "page_map of a free page fails")
    p.store(va, value if value is not None else t.value())
    return va


def same_entry(t, a, b):
    return (a ^ b) & ~(0x60 if t.arch == "i386" else 0) == 0


@test("2.3", "an entry that names a table lets the pages decide, and is not global", points=2)
def table_entry(t):
    p = puppet(t)
    va = touched(t, p)
    w = p.walk(va)
    t.need(w.pde.writable, "PDE 0x%03x has no write bit, so stores to its pages fault: see pde_table() in 2.3" % (va >> 22), w)
    t.need(w.pde.user, "PDE 0x%03x has no user bit, so programs can't use its pages: see pde_table() in 2.3" % (va >> 22), w)
    t.need(not w.pde.is_global, "PDE 0x%03x is global: the window shows this very entry as that of a page, which would then outlive a switch to another "
           "address space: see pde_table() in 2.3" % (va >> 22), w)
    t.need(p.load(va) == t.peek(w.physical), "the program does not see what is in the frame that its entry names: see 2.3", w)


@test("2.3", "programs read their own tables at UPT_base", points=2)
def user_reads(t):
    p = puppet(t)
    va = touched(t, p)
    w = p.walk(va)
    for at, entry, name in ((f(UPT_BASE, va), w.pte, "PTE"), (f(UPT_BASE, f(UPT_BASE, va)), w.pde, "PDE")):
        got = p.load(at)
        t.need(same_entry(t, got, entry.value), "at 0x%08x, where UPT_base shows the %s of 0x%08x, a program reads 0x%08x, and it is 0x%08x: see 2.3" % (
            at, name, va, got, entry.value), w)
    t.need(p.faults(lambda: p.load(f(UPT_BASE, t.page(1024, align=SPAN)))) is not None, "where no table is, UPT_base shows something: see 2.3")


@test("2.3", "programs can't write to a table, nor see PT_base", points=2, refusal=True)
def user_cannot(t):
    p = puppet(t)
    va = touched(t, p)
    w = p.walk(va)
    tries = [(f(UPT_BASE, va), "UPT_base"), (f(UPT_BASE, f(UPT_BASE, va)), "UPT_base"), (f(t.pt_base, va), "PT_base"), (self_of(t.pt_base), "PT_base")]
    for at, where in tries:
        if where == "UPT_base":
            p.load(at)
        fault = p.faults(lambda: p.store(at, present_entry(t, 0)))
        now = p.walk(va)
        t.need(fault is not None and same_entry(t, now.pte.value, w.pte.value) and same_entry(t, now.pde.value, w.pde.value),
               "a program's store to 0x%08x, in the window at %s, goes through: it could map any frame. Which entry let it? See pde_user_window() and "
               "pde_window() (MIPS: user_view()) in 2.3" % (at, where), now)
    for at in (f(t.pt_base, va), self_of(t.pt_base)):
        t.need(p.faults(lambda: p.load(at)) is not None, "a program can read the kernel's window, at 0x%08x: see pde_window() in 2.3" % at)


@test("2.3", "two address spaces, each with tables of its own", points=2)
def two_spaces(t):
    p = puppet(t)
    va, mine = t.page(), t.value()
    p.directory
    pid, child = p.spawn()
    t.need(pid > 0 and child, "a program can't start another one (%d)" % pid)
    child.catch_faults()
    t.need(child.syscall("page_map", va, PAGE, RW) == 0, "page_map of a free page fails in the second process: see 2.3")
    child.store(va, mine)
    w = child.walk(va)
    t.need(w.present and t.peek(w.physical) == mine, "the second process has written to 0x%08x, and its own tables do not show it: see 2.3" % va, w)
    t.need(child.directory != p.directory, "both processes have one directory: see pmap_create() in 2.3")
    t.need(same_entry(t, child.load(f(UPT_BASE, va)), w.pte.value), "the second process sees another one's tables at UPT_base: does its directory name "
           "itself? See pmap_create() in 2.3", w)
    t.need(not p.walk(va).present, "the second process has mapped 0x%08x, and the first one's tables have it: whose directory does its self entry name? "
           "See 2.3" % va, p.walk(va))
    t.need(p.faults(lambda: p.load(va)) is not None, "the first process can read a page of the second: see 2.3")
    child.begin("exit", 0)
    p.syscall("wait", pid, 0, 0)


# 2.4: lookup and make.
def unchanged(t, k, directory, before, sentence):
    now = (t.machine.read(directory, PAGE), k.variable("frames_free"))
    if now != before:
        changed = [i for i in range(1024) if now[0][4 * i:4 * i + 4] != before[0][4 * i:4 * i + 4]]
        raise Broken("%s: %s" % (sentence, "PDE 0x%03x has become 0x%08x" % (changed[0], struct.unpack_from("<I", now[0], 4 * changed[0])[0]) if changed else
                                 "%d frames are gone" % (before[1] - now[1])))


def state(t, k, directory):
    return t.machine.read(directory, PAGE), k.variable("frames_free")


@test("2.4", "lookup finds the entry where a table is", points=2)
def lookup_finds(t):
    k, pmap, directory = kernel_tables(t)
    va, pa = free_page(t), k.frame()
    t.need(k.signed("pmap_map", pmap, va, pa, RW, 0) == 0, "pmap_map() fails: see 2.5")
    for page in (va, va ^ PAGE):  # the second has a table, and no page
        at = k.call("pmap_lookup", pmap, page)
        t.need(at == f(t.pt_base, page), "pmap_lookup() of 0x%08x answers 0x%08x; its entry shows at 0x%08x: see 2.4" % (page, at, f(t.pt_base, page)),
               Walk(t.machine, directory, page))


@test("2.4", "lookup makes nothing", points=2)
def lookup_makes_nothing(t):
    k, pmap, directory = kernel_tables(t)
    for _ in range(3):
        va, before = free_page(t), state(t, k, directory)
        at = k.call("pmap_lookup", pmap, va)
        unchanged(t, k, directory, before, "pmap_lookup() of 0x%08x, where no table is, has made one; it never allocates (see 2.4)" % va)
        t.need(at == 0, "pmap_lookup() of 0x%08x, where no table is, answers 0x%08x, not NULL: there is a hole in the window there: see 2.4" % (va, at))


def not_for_users(t):
    """Addresses that no operation may take for a program's page."""
    va = t.page()
    return [0, t.pt_base, directory_of(t.pt_base), self_of(t.pt_base) & -PAGE, f(t.pt_base, va) & -PAGE, t.pt_base ^ SPAN, UPT_BASE,
            f(UPT_BASE, va) & -PAGE, KERNEL_BASE + SPAN, t.pt_base ^ 2 * SPAN, va + 4, UTOP]


@test("2.4", "windows and the kernel have no entries for others", points=1, refusal=True)
def lookup_refuses(t):
    k, pmap, directory = kernel_tables(t)
    error = memory(t, k)
    for va in not_for_users(t):
        before = state(t, k, directory)
        at = k.call("pmap_lookup", pmap, va)
        t.need(at == 0, "pmap_lookup() of 0x%08x answers 0x%08x: that is no user page (pmap_user_page()): see 2.4" % (va, at))
        at = k.call("pmap_lookup_create", pmap, va, error)
        got = t.peek(error - KERNEL_BASE)
        unchanged(t, k, directory, before, "pmap_lookup_create() of 0x%08x, no user page, has changed something: see 2.4" % va)
        t.need(at == 0 and got == word(EINVAL), "pmap_lookup_create() of 0x%08x, no user page, answers 0x%08x and error %d, not NULL and PMAP_EINVAL: see 2.4" % (
            va, at, got - (1 << 32) if got >> 31 else got))


@test("2.4", "lookup_create makes one table, empty, and once", points=3)
def makes_one(t):
    k, pmap, directory = kernel_tables(t)
    error, va = memory(t, k), free_page(t)
    poison_next(t, k)
    free = k.variable("frames_free")
    t.poke(error - KERNEL_BASE, t.value())
    at = k.call("pmap_lookup_create", pmap, va, error)
    t.need(t.peek(error - KERNEL_BASE) == 0, "pmap_lookup_create() leaves *error = 0x%08x when it works: see 2.4" % t.peek(error - KERNEL_BASE))
    t.need(at == f(t.pt_base, va), "pmap_lookup_create() of 0x%08x answers 0x%08x; its entry shows at 0x%08x: see 2.4" % (va, at, f(t.pt_base, va)))
    w = Walk(t.machine, directory, va)
    t.need(w.pde.present and w.pte_at is not None, "after pmap_lookup_create() there is no table for 0x%08x: see 2.4" % va, w)
    t.need(k.variable("frames_free") == free - 1, "pmap_lookup_create() takes %d frames for one table: see 2.4" % (free - k.variable("frames_free")))
    data = entries(t, w.pde.frame)
    bad = [i for i in range(1024) if data[i]]
    t.need(not bad, "the new table's entry 0x%03x says 0x%08x, what the frame's last owner has left: zero first, link second (pmap_make_table(): see 2.4)" % (
        bad[0] if bad else 0, data[bad[0]] if bad else 0), w)
    r = Record(t.machine, w.pde.frame)
    t.need((r.refs, r.kind, r.used) == (1, FRAME_TABLE, 0), "the table's frame has %d owners, kind %d and %d entries in its record, not 1, %d and 0: see 2.4" % (
        r.refs, r.kind, r.used, FRAME_TABLE), w)
    again = k.call("pmap_lookup_create", pmap, va ^ PAGE, error)
    t.need(again == f(t.pt_base, va ^ PAGE) and k.variable("frames_free") == free - 1, "pmap_lookup_create() makes a second table where one is: see 2.4",
           Walk(t.machine, directory, va))


@test("2.4", "zero first, link second", points=2)
def zero_first(t):
    k, pmap, directory = kernel_tables(t)
    va = free_page(t)
    poison_next(t, k)
    pde = f(t.pt_base, f(t.pt_base, va))
    registers = k._begin("pmap_make_table", (pmap, 2, va))
    k.gdb.break_at(k.place)
    watched = k.gdb.command("Z2,%x,4" % pde) == "OK"
    seen = None
    try:
        k.machine.go()
        if watched:
            k.gdb.command("z2,%x,4" % pde)
        for _ in range(8):  # the watchpoint may have stopped it right before the store, or right after
            w = Walk(t.machine, directory, va)
            if w.pde.present:
                seen = entries(t, w.pde.frame)
                break
            k.gdb.step()
        if k.gdb.registers()[PC[t.arch]] != k.place:
            k.machine.go()
    finally:
        k.gdb.clear(k.place)
    k._restore(registers)
    t.need(seen is not None, "pmap_make_table() has linked no table for 0x%08x: see 2.4" % va)
    bad = [i for i in range(1024) if seen[i]]
    t.need(not bad, "in the moment in which the table was linked its entry 0x%03x said 0x%08x: the frame is cleared too late, and for a while "
           "0x%08x is mapped, to a frame that is somebody's: zero first, link second (pmap_make_table(): see 2.4)" % (
               bad[0] if bad else 0, seen[bad[0]] if bad else 0, (va & -SPAN) + (bad[0] * PAGE if bad else 0)), w)


@test("2.4", "no frame for a table: an error, and nothing changes", points=2)
def lookup_create_fails(t):
    k, pmap, directory = kernel_tables(t)
    error, va = memory(t, k), free_page(t)
    before = state(t, k, directory)
    k.fail_after(1)
    at = k.call("pmap_lookup_create", pmap, va, error)
    got = t.peek(error - KERNEL_BASE)
    k.fail_after(0)
    unchanged(t, k, directory, before, "pmap_lookup_create() without a frame for the table has changed something: see 2.4")
    t.need(at == 0 and got == word(ENOMEM), "pmap_lookup_create() without a frame answers 0x%08x and *error = 0x%08x, not NULL and PMAP_ENOMEM: see 2.4" % (at, got))


@test("2.4", "one entry that stood for 4 MB is handed on to each page", points=2)
def handed_on(t):
    p = puppet(t)
    region = t.page(1024, align=SPAN)
    t.need(p.syscall("page_map", region, SPAN, RW) == 0, "page_map of 4 MB fails")
    va, value, free = region + t.rng.randrange(1024) * PAGE, t.value(), t.frames_free()
    t.need(p.faults(lambda: p.store(va, value)) is None, "a program has reserved 4 MB, and its first touch there faults: one entry above stood for all pages, and "
           "pmap_make_tables() must split() it: see 2.4", p.walk(va))
    w = p.walk(va)
    t.need(w.present and t.peek(w.physical) == value, "a program has written to 0x%08x, and the frame does not hold the value" % va, w)
    t.need(free - t.frames_free() == 2, "the first touch in a region of 4 MB takes %d frames, not two, a table and a page: see pmap_make_tables() in 2.4" % (
        free - t.frames_free()), w)
    left = [i for i, e in enumerate(entries(t, w.pde.frame)) if region + i * PAGE != va and (e >> 3 & 7 != DEMAND or Entry(t.arch, e, 0).present)]
    t.need(not left, "a program has reserved 4 MB, and after the first touch page 0x%08x of them is lost: the entry above stood for it, too: pmap_make_tables() "
           "must split() it: see 2.4" % (region + (left[0] if left else 0) * PAGE), w)
    other = region + t.rng.randrange(1024) * PAGE
    t.need(p.load(other) == (value if other == va else 0), "a page of the reserved region is not zero at its first touch: see 2.4", p.walk(other))
    p.syscall("page_unmap", region, SPAN)


# 2.5: map, unmap, protect, flush. A program looks on.
def flush_all(p):
    with Stopped(p) as k:
        k.call("mmu_flush_all")


def quiet_load(t, p, va, exercise, sentence):
    """The program loads from va, and the kernel's C code hears nothing of it."""
    stops = [t.machine.kernel.address(name) for name in ("fault_resolve", "trap_from_user")]
    for at in stops:
        t.machine.gdb.break_at(at)
    try:
        return p.load(va)
    except Stuck as stuck:
        t.need(not any("0x%08x, where nobody" % at in str(stuck) for at in stops), "%s: the load from 0x%08x traps into the kernel, though its entry is there: "
               "see %s" % (sentence, va, exercise))
        raise
    finally:
        for at in stops:
            t.machine.gdb.clear(at)


def redirected(t, p, va, exercise):
    """The host lets va's entry name another frame; after a flush the program must see what is in that, without a trap."""
    w, value = p.walk(va), t.value()
    with Stopped(p) as k:
        other = k.frame(value)
    t.poke(w.pte_at, w.pte.value & ~ADDRESS[t.arch] | address_bits(t, other))
    flush_all(p)
    got = quiet_load(t, p, va, exercise, "the entry of 0x%08x names another frame, and the TLB has been flushed" % va)
    t.need(got == value, "the host has let the entry of 0x%08x name frame 0x%08x, which holds 0x%08x, and had the TLB flushed; the program reads 0x%08x: what "
           "does its load go through? See %s" % (va, other, value, got, exercise), p.walk(va))
    t.poke(w.pte_at, w.pte.value)
    flush_all(p)


def table_record(t, w, exercise):
    """The record of w's table must agree with what is in it."""
    data, r = entries(t, w.pde.frame), Record(t.machine, w.pde.frame)
    used = [i for i, e in enumerate(data) if Entry(t.arch, e, 0).present or e >> 3 & 7]
    t.need(r.used == len(used), "the table of 0x%08x has %d entries that say something, and its record says %d: count() where an entry changes: see %s" % (
        w.va, len(used), r.used, exercise), w)
    t.need(not used or (r.low <= used[0] and r.high >= used[-1]), "the entries of the table of 0x%08x stand from 0x%03x to 0x%03x, and its record says 0x%03x to "
           "0x%03x: see %s" % (w.va, used[0] if used else 0, used[-1] if used else 0, r.low, r.high, exercise), w)


def map_page(t, k, va, value=None, prot=RW, exercise="2.5"):
    pa = k.frame(value if value is not None else t.value())
    result = k.signed("pmap_map", k.loaded, va, pa, prot, 0)
    t.need(result == 0, "pmap_map() of the free page 0x%08x answers %d: see %s" % (va, result, exercise))
    return pa


@test("2.5", "a page that is mapped is seen by the program, through its entry", points=3)
def mapped(t):
    p = puppet(t)
    va, value = free_page(t), t.value()
    with Stopped(p) as k:
        was = memory(t, k)
        t.poke(was - KERNEL_BASE, t.value())
        pa, pmap = k.frame(value), k.loaded
        result = k.signed("pmap_map", pmap, va, pa, RW, was)
        t.need(result == 0, "pmap_map() of a free page answers %d: see 2.5" % result)
        t.need(t.peek(was - KERNEL_BASE) == 0, "pmap_map() of a free page says that 0x%08x stood there: see 2.5" % t.peek(was - KERNEL_BASE))
        there = t.peek(pmap - KERNEL_BASE + 8 + (va >> 27) * 4) >> (va >> 22 & 31) & 1
    w = p.walk(va)
    t.need(w.present and w.frame == pa, "pmap_map() was to map 0x%08x to frame 0x%08x: see 2.5" % (va, pa), w)
    t.need(w.user and w.writable, "a page mapped for reading and writing is not both: see 2.5", w)
    t.need(Record(t.machine, pa).refs == 1, "the mapped frame has %d owners; pmap_map() takes over the reference that it is given: see 2.5" % Record(t.machine, pa).refs)
    t.need(there, "the directory's entry 0x%03x says something, and bit 0x%03x of the address space's `there` is not set: fork and exit would not find the "
           "table: mark() in pmap_put_above(): see 2.5" % (va >> 22, va >> 22), w)
    table_record(t, w, "2.5")
    t.need(p.load(va) == value, "the program does not see what is in the frame that its entry names: see 2.5", w)
    value = t.value()
    p.store(va, value)
    t.need(t.peek(pa) == value, "the program's store did not reach the frame that its entry names: see 2.5", w)
    redirected(t, p, va, "2.5")


@test("2.5", "a page that is mapped stays what it is", points=1, refusal=True)
def not_twice(t):
    p = puppet(t)
    va, value = free_page(t), t.value()
    with Stopped(p) as k:
        was, pa = memory(t, k), map_page(t, k, va, value)
        before, directory = state(t, k, k.directory(k.loaded)), k.directory(k.loaded)
        w, second = Walk(t.machine, directory, va), None
        second = k.frame()
        result = k.signed("pmap_map", k.loaded, va, second, RW, was)
        now = Walk(t.machine, directory, va)
        t.need(now.frame == pa, "pmap_map() of a page that is mapped has replaced its frame without a word; the old one is lost: see enter() in 2.5", now)
        t.need(result == EEXIST, "pmap_map() of a page that is mapped answers %d, not PMAP_EEXIST: see 2.5" % result, now)
        t.need(same_entry(t, t.peek(was - KERNEL_BASE), w.pte.value), "pmap_map() of a mapped page says that 0x%08x stood there; it was 0x%08x: see 2.5" % (
            t.peek(was - KERNEL_BASE), w.pte.value), w)
        k.call("frame_unref", second)
        unchanged(t, k, directory, before, "pmap_map() of a mapped page is an error, and has changed something: see 2.5")
    t.need(p.load(va) == value, "after the refused pmap_map() the program no longer sees its page: see 2.5")


@test("2.5", "an error changes nothing", points=2)
def errors_change_nothing(t):
    p = puppet(t)
    region = t.page(1024, align=SPAN)
    t.need(p.syscall("page_map", region, SPAN, RW) == 0, "page_map of 4 MB fails")
    with Stopped(p) as k:
        pa, directory = k.frame(), k.directory(k.loaded)
        before = state(t, k, directory)
        result = k.signed("pmap_map", k.loaded, region + 5 * PAGE, pa, RW, 0)
        t.need(result == EEXIST, "pmap_map() in 4 MB that one entry reserves answers %d, not PMAP_EEXIST: see pmap_says() and 2.5" % result)
        unchanged(t, k, directory, before, "pmap_map() has refused a page (PMAP_EEXIST), and has made a table for it before: see enter() in 2.5")
        va = free_page(t)
        k.fail_after(1)
        result = k.signed("pmap_map", k.loaded, va, pa, RW, 0)
        k.fail_after(0)
        t.need(result == ENOMEM, "pmap_map() without a frame for its table answers %d, not PMAP_ENOMEM: see 2.5" % result)
        unchanged(t, k, directory, before, "pmap_map() without a frame for its table has changed something: see 2.5")
        t.need(k.signed("pmap_unmap", k.loaded, va, 0) == ENOENT, "pmap_unmap() where nothing is does not answer PMAP_ENOENT: see 2.5")
        t.need(k.signed("pmap_protect", k.loaded, va, READ) == ENOENT, "pmap_protect() where nothing is does not answer PMAP_ENOENT: see 2.5")
        unchanged(t, k, directory, before, "pmap_unmap() or pmap_protect() where nothing is has changed something: see 2.5")
        k.call("frame_unref", pa)
    p.syscall("page_unmap", region, SPAN)


@test("2.5", "windows, the kernel and page 0 are refused", points=1, refusal=True)
def refused(t):
    p = puppet(t)
    with Stopped(p) as k:
        pa, directory = k.frame(), k.directory(k.loaded)
        for va in not_for_users(t):
            before = state(t, k, directory)
            for name, arguments in (("pmap_map", (pa, RW, 0)), ("pmap_unmap", (0,)), ("pmap_protect", (READ,))):
                result = k.signed(name, k.loaded, va, *arguments)
                t.need(result == EINVAL, "%s() of 0x%08x, no user page, answers %d, not PMAP_EINVAL: see 2.5" % (name, va, result))
                unchanged(t, k, directory, before, "%s() of 0x%08x, no user page, has changed something: see 2.5" % (name, va))


def pair(t, p):
    """Two pages that are neighbours (on MIPS: in one TLB entry), each with a value, seen by the program: (va, va's other half, values)."""
    va = free_page(t) & ~PAGE
    values = [t.value(), t.value()]
    with Stopped(p) as k:
        for i in (0, 1):
            map_page(t, k, va + i * PAGE, values[i])
    for i in (0, 1):
        t.need(p.load(va + i * PAGE) == values[i], "the program does not see what is in the frame that its entry names: see 2.5", p.walk(va + i * PAGE))
    return va, values


@test("2.5", "a page that is unmapped is gone, and its neighbour is not", points=3)
def unmapped(t):
    p = puppet(t)
    for odd in (0, 1):
        pages, values = pair(t, p)
        va, other = pages + odd * PAGE, pages + (1 - odd) * PAGE
        old = p.walk(va)
        p.load(va)
        with Stopped(p) as k:
            was = memory(t, k)
            result = k.signed("pmap_unmap", k.loaded, va, was)
            t.need(result == 0, "pmap_unmap() of a mapped page answers %d: see 2.5" % result)
            t.need(same_entry(t, t.peek(was - KERNEL_BASE), old.pte.value), "pmap_unmap() says that 0x%08x stood there; it was 0x%08x: see 2.5" % (
                t.peek(was - KERNEL_BASE), old.pte.value))
        w = p.walk(va)
        t.need(not w.present, "pmap_unmap() has left the entry in its table: see 2.5", w)
        t.need(w.pte is not None, "pmap_unmap() of one page has taken away the table, in which its neighbour stands: what does the record say? See count() and 2.5", w)
        t.need(w.pte.value == 0, "pmap_unmap() has left 0x%08x in the entry, not 0: see 2.5" % w.pte.value, w)
        free_or_explain_page(t, old.frame)
        table_record(t, w, "2.5")
        fault = p.faults(lambda: p.load(va))
        t.need(fault is not None, "0x%08x is unmapped, its PTE is 0, and the program still reads through it: the TLB was not flushed (pmap_put(), %s: see 2.5)" % (
            va, "mmu_forget()" if t.arch == "mips" else "tlb_forget()"), w)
        t.need(p.load(other) == values[1 - odd], "0x%08x was unmapped, and its neighbour 0x%08x is not what it was: see 2.5" % (va, other), p.walk(other))
        with Stopped(p) as k:
            map_page(t, k, va, 77)
        t.need(p.load(va) == 77, "a page that was unmapped, and mapped again, is not seen by the program: see 2.5", p.walk(va))


def free_or_explain_page(t, pa):
    r = Record(t.machine, pa)
    t.need((r.refs, r.kind) == (0, FRAME_FREE), "the page was unmapped, and its frame 0x%08x still has %d owners: pte_drop() in pmap_unmap(): see 2.5" % (pa, r.refs))


@test("2.5", "a frame is free only after the flush", points=2)
def freed_after_flush(t):
    p = puppet(t)
    va, value = free_page(t), t.value()
    with Stopped(p) as k:
        pa = map_page(t, k, va, value)
        map_page(t, k, va ^ PAGE)  # so that the table stays
        directory = k.directory(k.loaded)
        t.need(k.touch(va) == value, "the kernel does not see the page that it has mapped: see 2.5", Walk(t.machine, directory, va))
        seen = []

        def at_free(kernel, registers):
            if registers["eax" if t.arch == "i386" else "a0"] == pa:
                seen.append((Walk(t.machine, directory, va), kernel.touch(va)))
        k.call_watched("pmap_unmap", (k.loaded, va, 0), "frame_unref", at_free)
        t.need(seen, "pmap_unmap() has not given back the page's frame (frame_unref() of 0x%08x): see pte_drop() and 2.5" % pa)
        w, found = seen[0]
        t.need(not w.present, "the frame is freed while its entry still names it: the next owner shares it with this program: see pmap_unmap() in 2.5", w)
        t.need(found is None, "the frame 0x%08x is freed, and the TLB still leads 0x%08x to it: first flush, then drop the reference: see 2.5" % (pa, va), w)


@test("2.5", "protect takes effect at once, and loses nothing", points=2)
def protected(t):
    p = puppet(t)
    for odd in (0, 1):
        pages, values = pair(t, p)
        va, other = pages + odd * PAGE, pages + (1 - odd) * PAGE
        value = t.value()
        p.store(va, value)
        with Stopped(p) as k:
            result = k.signed("pmap_protect", k.loaded, va, READ)
            t.need(result == 0, "pmap_protect() of a mapped page answers %d: see 2.5" % result)
        w = p.walk(va)
        t.need(w.present and not w.writable, "a page protected against writing is writable in its tables: see pmap_protect() in 2.5", w)
        t.need(p.faults(lambda: p.store(va, 1)) is not None, "0x%08x may no longer be written to, and the program's store goes through: the TLB was not flushed: "
               "see pmap_put() in 2.5" % va, w)
        t.need(p.load(va) == value and t.peek(w.physical) == value, "a page that was protected against writing has lost its contents: see 2.5", w)
        t.need(p.faults(lambda: p.store(other, values[0])) is None, "pmap_protect() of 0x%08x has taken the right to write from its neighbour: see 2.5" % va, p.walk(other))
        with Stopped(p) as k:
            k.signed("pmap_protect", k.loaded, va, RW)
        p.store(va, values[1])
        t.need(t.peek(p.walk(va).physical) == values[1], "a page made writable again takes no stores: see 2.5", p.walk(va))


@test("2.5", "a global translation is forgotten, too", archs=("i386",))
def global_forgotten(t):
    p = puppet(t)
    va, value = free_page(t), t.value()
    with Stopped(p) as k:
        map_page(t, k, va, value)
    w = p.walk(va)
    t.poke(w.pte_at, w.pte.value | GLOBAL)
    flush_all(p)  # now the processor takes the entry as it is
    t.need(p.load(va) == value, "the program does not see what is in the frame that its entry names: see 2.5", p.walk(va))
    with Stopped(p) as k:
        t.need(k.signed("pmap_unmap", k.loaded, va, 0) == 0, "pmap_unmap() of a mapped page fails: see 2.5")
    t.need(p.faults(lambda: p.load(va)) is not None, "the PTE of 0x%08x, with G set, has been emptied, and the program still reads through it: a CR3 reload leaves "
           "global translations in the TLB, invlpg does not: see tlb_forget() in 2.5" % va, p.walk(va))


@test("2.5", "the windows show a new table, not the old one's frame", points=3)
def windows_flushed(t):
    p = puppet(t)
    va = free_page(t)
    kernel_at, user_at = f(t.pt_base, va), f(UPT_BASE, va)
    with Stopped(p) as k:
        k.touch(kernel_at)  # MIPS remembers that there is nothing
        with dies("a table has appeared, and the kernel dies at its window, 0x%08x: MIPS remembers that there was a hole at this address: pmap_put_above() must "
                  "flush it: see 2.5" % kernel_at):
            map_page(t, k, va)
        directory = k.directory(k.loaded)
        w = Walk(t.machine, directory, va)
        got = k.touch(kernel_at)
        t.need(got is not None and same_entry(t, got, w.pte.value), "a table has appeared, and the window at PT_base still has a hole at 0x%08x: an entry that "
               "was not valid is remembered on MIPS: pmap_put_above() must flush: see 2.5" % kernel_at, w)
    got = p.load(user_at)
    t.need(same_entry(t, got, p.walk(va).pte.value), "UPT_base does not show the PTE of 0x%08x: see 2.5" % va, p.walk(va))
    with Stopped(p) as k:
        table = Walk(t.machine, directory, va).pde.frame
        t.need(k.signed("pmap_unmap", k.loaded, va, 0) == 0, "pmap_unmap() fails: see 2.5")
        for _ in range(64):  # so that nobody else gets it
            if k.call("frame_alloc_zero", FRAME_KERNEL) == table:
                break
        pattern = t.rng.randbytes(PAGE)
        t.machine.guest.write(table, pattern)
        value = t.value()
        with dies("a table has gone, and another one has come in its place; the window at PT_base still shows the old one's frame, or a hole: flush_table(): see 2.5"):
            map_page(t, k, va, value)
        w = Walk(t.machine, directory, va)
        t.need(w.present, "a page mapped where a table has gone is not in its new table: through a stale window the store may have gone to the freed frame: "
               "flush_table(): see 2.5", w)
        t.need(t.machine.read(table, PAGE) == pattern, "a store to the new table has landed in the frame of the old one, 0x%08x, which is somebody else's: the "
               "window at PT_base was not flushed: flush_table(): see 2.5" % table, w)
        got = k.touch(kernel_at)
        t.need(got is not None and same_entry(t, got, w.pte.value), "at 0x%08x the window at PT_base shows 0x%08x, what is in the freed frame, and the PTE is 0x%08x: "
               "flush_table(): see 2.5" % (kernel_at, got or 0, w.pte.value), w)
    got, w = p.load(user_at), p.walk(va)
    t.need(same_entry(t, got, w.pte.value), "at 0x%08x the window at UPT_base shows a program 0x%08x, what is in the freed frame, and the PTE is 0x%08x: "
           "flush_table() must forget that window's page, too: see 2.5" % (user_at, got, w.pte.value), w)
    t.need(p.load(va) == value, "the program does not see what is in the frame that its entry names: see 2.5", w)


# 2.6: the second window, and reaping.
@test("2.6", "a table that is left empty goes; one in use stays", points=2)
def reaped(t):
    p = puppet(t)
    va = free_page(t)
    with Stopped(p) as k:
        directory = k.directory(k.loaded)
        map_page(t, k, va)
        map_page(t, k, va ^ PAGE)
        table = Walk(t.machine, directory, va).pde.frame
        free = k.variable("frames_free")
        k.signed("pmap_unmap", k.loaded, va, 0)
        w = Walk(t.machine, directory, va ^ PAGE)
        t.need(w.present and w.pde.frame == table, "a table in which another page still stands was taken away: see pmap_reap() in 2.6", w)
        before = state(t, k, directory)
        k.call("pmap_reap", k.loaded, va)
        unchanged(t, k, directory, before, "pmap_reap() has taken a table that is in use: see 2.6")
        k.signed("pmap_unmap", k.loaded, va ^ PAGE, 0)
        w = Walk(t.machine, directory, va)
        t.need(not w.pde.present and w.pde.value == 0, "the last page of a table was unmapped, and PDE 0x%03x still names the table: see pmap_reap() in 2.6" % (va >> 22), w)
        t.need(k.variable("frames_free") == free + 3, "two pages and their table give back %d frames, not 3: see unlink_table() in 2.6" % (k.variable("frames_free") - free))
        r = Record(t.machine, table)
        t.need(r.kind == FRAME_FREE and r.mark == 1, "the emptied table's frame 0x%08x was not given back as a clean one (kind %d, mark %d): see unlink_table() in 2.6" % (
            table, r.kind, r.mark), w)
        there = t.peek(k.loaded - KERNEL_BASE + 8 + (va >> 27) * 4) >> (va >> 22 & 31) & 1
        t.need(not there, "bit 0x%03x of the address space's `there` is still set, and there is nothing: see 2.6" % (va >> 22), w)


@test("2.6", "reap leaves alone what is not there, and the windows", points=1, refusal=True)
def reap_nothing(t):
    p = puppet(t)
    with Stopped(p) as k:
        directory = k.directory(k.loaded)
        for va in [free_page(t), free_page(t)] + not_for_users(t):
            before = state(t, k, directory)
            k.call("pmap_reap", k.loaded, va)
            unchanged(t, k, directory, before, "pmap_reap() of 0x%08x, where no table of a program's is, has changed something: see 2.6" % va)


@test("2.6", "a table's frame is free only after its window was flushed", points=2)
def table_freed_after_flush(t):
    p = puppet(t)
    va = free_page(t)
    with Stopped(p) as k:
        directory, error, window = k.directory(k.loaded), memory(t, k), f(t.pt_base, va)
        t.need(k.call("pmap_lookup_create", k.loaded, va, error) == window, "no table can be made: see 2.4")
        table = Walk(t.machine, directory, va).pde.frame
        t.need(k.touch(window) == 0, "the window does not show the new table: see 2.5")
        seen = []

        def at_free(kernel, registers):
            if registers["eax" if t.arch == "i386" else "a0"] == table:
                seen.append((Walk(t.machine, directory, va), kernel.touch(window)))
        k.call_watched("pmap_reap", (k.loaded, va), "frame_free_clean", at_free)
        w = Walk(t.machine, directory, va)
        t.need(not w.pde.present, "pmap_reap() has left an empty table: see 2.6", w)
        t.need(seen, "pmap_reap() has not given the table's frame 0x%08x back by frame_free_clean(): see unlink_table() in 2.6" % table, w)
        w, found = seen[0]
        t.need(not w.pde.present, "the table's frame is freed while PDE 0x%03x still names it: clear, flush, free: see unlink_table() in 2.6" % (va >> 22), w)
        t.need(found is None, "the table's frame 0x%08x is freed, and the window at PT_base still shows it at 0x%08x: clear, flush, free: see unlink_table() in 2.6" % (
            table, window), w)


def load(k, pmap):
    """Make it the loaded address space, as the scheduler does."""
    k.set_variable("cpu0", pmap, 2)
    k.call("mmu_load", pmap)


def second(t, k, pages):
    """A new address space with these pages {va: word}, made through the second window: (pmap, directory)."""
    new, directory = created(t, k)
    k.call("pmap_open_alt", new)
    for va, value in pages.items():
        pa = k.frame(value)
        result = k.signed("pmap_map", new, va, pa, RW, 0)
        t.need(result == 0, "pmap_map() in the address space open in the second window answers %d: see 2.6" % result)
    k.call("pmap_close_alt")
    return new, directory


@test("2.6", "the second window shows the address space that is opened", points=3)
def second_window(t):
    p = puppet(t)
    va, value = free_page(t), t.value()
    with Stopped(p) as k:
        mine = k.directory(k.loaded)
        new, directory = created(t, k)
        k.call("pmap_open_alt", new)
        e = Entry(t.arch, t.peek(mine + (t.slot ^ 1) * 4), t.pt_base)
        t.need(k.alt == new, "pmap_open_alt() has not said which address space is open (this_cpu()->alt): see 2.6")
        t.need(e.present and e.frame == directory, "PDE 0x%03x is %s while the second window is open, and should name the other directory, 0x%08x: see "
               "pmap_open_alt() in 2.6" % (t.slot ^ 1, e, directory))
        t.need(e.writable and not (e.user and t.arch == "i386") and not e.is_global, "PDE 0x%03x is %s: the second window is the kernel's, to write to: see 2.6" % (t.slot ^ 1, e))
        pa = k.frame(value)
        t.need(k.signed("pmap_map", new, va, pa, RW, 0) == 0, "pmap_map() in the address space open in the second window fails: see 2.6")
        w = Walk(t.machine, directory, va)
        t.need(w.present and w.frame == pa, "a page was mapped through the second window, and that address space's tables do not have it: see 2.6", w)
        t.need(not Walk(t.machine, mine, va).present, "a page was mapped through the second window, and the loaded address space has it, too: see 2.6", Walk(t.machine, mine, va))
        got = k.touch(f(t.pt_base ^ SPAN, va))
        t.need(got is not None and same_entry(t, got, w.pte.value), "at 0x%08x the second window shows 0x%08x, and the PTE is 0x%08x: see 2.6" % (
            f(t.pt_base ^ SPAN, va), got or 0, w.pte.value), w)
        k.call("pmap_close_alt")
        t.need(not Entry(t.arch, t.peek(mine + (t.slot ^ 1) * 4), 0).present, "PDE 0x%03x still names a directory after pmap_close_alt(): see 2.6" % (t.slot ^ 1))
        t.need(k.alt == 0, "this_cpu()->alt still names an address space after pmap_close_alt(): see 2.6")


@test("2.6", "the second window shows nothing of who was open before", points=2)
def not_stale(t):
    p = puppet(t)
    va = free_page(t)
    at = f(t.pt_base ^ SPAN, va)
    with Stopped(p) as k:
        with dies("a second address space is opened in the window after a first one, and the kernel dies in it: the window is still what was open before: see "
                  "pmap_open_alt() and mmu_open_alt() in 2.6"):
            spaces = [second(t, k, {va: t.value()}) for _ in range(2)]
        for turn in (0, 1, 0, 1):
            new, directory = spaces[turn]
            k.call("pmap_open_alt", new)
            w = Walk(t.machine, directory, va)
            got = k.touch(at)
            k.call("pmap_close_alt")
            t.need(got is not None and same_entry(t, got, w.pte.value), "at 0x%08x the second window shows 0x%08x; the PTE in the address space that is open is 0x%08x: "
                   "it is still what was open before: see pmap_open_alt() and mmu_open_alt() in 2.6" % (at, got or 0, w.pte.value), w)


@test("2.6", "whose tables were changed through the second window sees it", points=2)
def owner_sees(t):
    p = puppet(t)
    base = t.page(16)
    pages = {base + 2 * i * PAGE: (t.value(), t.value()) for i in range(6)}  # some will still be in a small TLB at the end
    with Stopped(p) as k:
        mine = k.loaded
        new, directory = second(t, k, {va: first for va, (first, _) in pages.items()})
        load(k, new)
        for va, (first, _) in pages.items():
            t.need(k.touch(va) == first, "a page that was mapped through the second window does not show when its address space is loaded: see 2.6",
                   Walk(t.machine, directory, va))
        load(k, mine)
        k.call("pmap_open_alt", new)
        for va, (_, value) in pages.items():
            pa = k.frame(value)  # first, for what is freed would be handed out at once
            unmapped = k.signed("pmap_unmap", new, va, 0)
            mapped = k.signed("pmap_map", new, va, pa, RW, 0)
            t.need((unmapped, mapped) == (0, 0), "pmap_unmap() and pmap_map() through the second window answer %d and %d: see 2.6" % (unmapped, mapped))
        k.call("pmap_close_alt")
        load(k, new)
        for va, (_, value) in reversed(list(pages.items())):
            got = k.touch(va)
            t.need(got == value, "a page was exchanged through the second window; when its address space is loaded again it shows 0x%08x, and its PTE's frame holds "
                   "0x%08x: translations cached for it outlive the change: mmu_release() in pmap_open_alt(): see 2.6" % (got or 0, value), Walk(t.machine, directory, va))
        load(k, mine)


# 2.7: MIPS refill.
def spread(t, p, n):
    """{va: value}: pages in regions of their own and side by side, more of them than the TLB has entries."""
    pages = {}
    with Stopped(p) as k:
        for _ in range(n):
            va = free_page(t)
            for page in (va, va ^ PAGE):
                pages[page] = t.value()
                map_page(t, k, page, pages[page])
    return pages


@test("2.7", "the first misses of all", points=2, archs=("mips",))
def first_misses(t):
    k, pmap, directory = kernel_tables(t)
    region, i = t.page(2048, align=2 * SPAN), t.rng.randrange(0, 1024, 2)
    pages = {}  # va: value; two tables side by side, two pages side by side in each
    for half in (0, 1):
        table = 0x1800000 + half * PAGE
        t.machine.guest.write(table, bytes(PAGE))
        t.poke(directory + ((region >> 22) + half) * 4, present_entry(t, table))
        for odd in (0, 1):
            frame, value = 0x1900000 + (half * 2 + odd) * PAGE, t.value()
            t.poke(frame, value)
            t.poke(table + (i + odd) * 4, present_entry(t, frame))
            pages[region + half * SPAN + (i + odd) * PAGE] = value
    for va in pages:
        with dies("the kernel loads from 0x%08x, whose entries are in their tables, and nothing comes back. The refill enters a pair by tlbwr, for Index may name the "
                  "wired entry (tlbwi), and returns: see 2.7" % va):
            k.call("mmu_flush_all")
            got = k.touch(va)
        w, wanted = Walk(t.machine, directory, va), f(t.pt_base, va) & ~7
        t.need(got is not None or k.fault_at not in (wanted & 0x7FFFFFFF, f(t.pt_base, wanted) & 0x7FFFFFF8), "the handler reads at 0x%08x, and the pair of entries is at "
               "0x%08x: the highest bit got lost when Context was halved, for that needs the shift that keeps the sign: see 2.7" % (k.fault_at or 0, wanted), w)
        t.need(got is not None, "the kernel's load from 0x%08x, whose entries are in their tables, faults at 0x%08x: which pair was entered, and which half is which? "
               "EntryLo0 is the even page's: see 2.7" % (va, k.fault_at or 0), w)
        if got != pages[va]:
            whose = [other for other in pages if pages[other] == got]
            raise Broken("the load from 0x%08x finds %s; which half is which? EntryLo0 is the even page's: see 2.7" % (
                va, "what is mapped at 0x%08x" % whose[0] if whose else "0x%08x, which is nothing of its page's" % got))


@test("2.7", "more pages than the TLB has entries", points=3, archs=("mips",))
def many_pages(t):
    p = puppet(t)
    pages = spread(t, p, 20)
    for _ in range(2):
        order = list(pages)
        t.rng.shuffle(order)
        for va in order:
            got = p.load(va)
            t.need(got == pages[va], "the program reads 0x%08x at 0x%08x, and the frame that its entry names holds 0x%08x: which pair did the handler enter, and "
                   "which half is which? See 2.7" % (got, va, pages[va]), p.walk(va))


@test("2.7", "a miss is refilled without a trap, on both levels", points=3, archs=("mips",))
def refilled_quietly(t):
    p = puppet(t)
    pages = spread(t, p, 3)
    for va in pages:
        flush_all(p)
        sentence = "the TLB is empty, and so the handler's own load misses, too"
        got = quiet_load(t, p, va, "2.7", sentence)
        t.need(got == pages[va], "%s: the program reads 0x%08x at 0x%08x, not 0x%08x: see nested_miss in 2.7" % (sentence, got, va, pages[va]), p.walk(va))
        got = quiet_load(t, p, va ^ PAGE, "2.7", "its neighbour is in the same TLB entry")
        t.need(got == pages[va ^ PAGE], "the other half of the pair, 0x%08x, shows 0x%08x, not 0x%08x: see 2.7" % (va ^ PAGE, got, pages[va ^ PAGE]), p.walk(va ^ PAGE))
    for va in list(pages)[:2]:
        redirected(t, p, va, "2.7")


@test("2.7", "a refill leaves the program's registers alone", points=1, archs=("mips",))
def registers_kept(t):
    p = puppet(t)
    pages = spread(t, p, 1)
    va = min(pages)
    names = ["at"] + ["t%d" % i for i in range(10)] + ["s%d" % i for i in range(7)] + ["v1", "a1", "a2", "a3", "gp", "s8", "ra", "hi", "lo"]
    for _ in range(2):
        flush_all(p)
        values = {name: t.value() for name in names}
        p.order("do_load", [0, va], values)
        p.finish()
        for name, value in values.items():
            t.need(p.registers[name] == value, "a program's load misses the TLB, and its register %s changes from 0x%08x to 0x%08x: only k0 and k1 are the "
                   "handler's: see 2.7" % (name, value, p.registers[name]))


@test("2.7", "where no table is, the program's fault names its address", points=3, archs=("mips",))
def no_table(t):
    p = puppet(t)
    for i in range(4):
        va = (free_page(t) & ~PAGE) + (i & 1) * PAGE + t.rng.randrange(1024) * 4
        flush_all(p)
        with dies("a program touches 0x%08x, where no table is, and never comes back: the nested miss must end with a pair for it that is not valid, under the "
                  "program's own address space number, so that its instruction, tried again, takes TLB Invalid: see nested_miss in 2.7" % va):
            fault = p.faults(lambda: p.store(va, 1) if i & 2 else p.load(va))
        t.need(fault is not None, "a load from 0x%08x, where no table is, does not fault: see 2.7" % va, p.walk(va))
        t.need(fault.addr == va, "a program touches 0x%08x, where no table is, and is told of a fault at 0x%08x: BadVAddr has lost the address, but k0 has it: see "
               "nested_miss in 2.7" % (va, fault.addr), p.walk(va))


@test("2.7", "a page that appears where there was no table is seen", points=2, archs=("mips",))
def appears(t):
    p = puppet(t)
    for odd in (0, 1):
        va, value = (free_page(t) & ~PAGE) + odd * PAGE, t.value()
        t.need(p.faults(lambda: p.load(va)) is not None, "a load where no table is does not fault: see 2.7", p.walk(va))
        with Stopped(p) as k:
            map_page(t, k, va, value)
        got = p.load(va)
        t.need(got == value, "a page was mapped where the program had met nothing; it reads 0x%08x, not 0x%08x: see 2.7" % (got, value), p.walk(va))


@test("2.7", "after a fault an address space still has its own number", points=2, archs=("mips",))
def own_number(t):
    p = puppet(t)
    hole, pages = free_page(t), [t.page(16) + 2 * i * PAGE for i in range(6)]  # some will still be in a small TLB at the end
    with Stopped(p) as k:
        mine = k.loaded
        values = [{va: t.value() for va in pages} for _ in range(2)]
        spaces = [second(t, k, of) for of in values]
        for turn in (0, 1, 0):
            new, directory = spaces[turn]
            load(k, new)
            with dies("an address is touched where no table is, and nothing comes back: see nested_miss in 2.7"):
                t.need(k.touch(hole) is None, "a load where no table is does not fault: see 2.7", Walk(t.machine, directory, hole))
            for va in reversed(pages):
                got = k.touch(va)
                t.need(got == values[turn][va], "in two address spaces an address is touched where no table is; after that one of them shows at 0x%08x what is in the "
                       "other one's page, 0x%08x, not 0x%08x: EntryHi must still hold its own address space number: see nested_miss in 2.7" % (
                           va, got or 0, values[turn][va]), Walk(t.machine, directory, va))
        load(k, mine)


@test("2.7", "the wired pair is the self entry and its neighbour", points=3, archs=("mips",))
def wired_pair(t):
    with dies("no program can be loaded, for which the second window is opened: TLB entry 0 holds the pair PDE[t & ~1], PDE[t | 1], in that order (or the refill "
              "handler fails earlier): see wire() in 2.7"):
        p = puppet(t)
    va, value = free_page(t), t.value()
    with Stopped(p) as k:
        mine, free = k.directory(k.loaded), free_page(t)
        map_page(t, k, free)
        new, directory = created(t, k)
        with dies("the second window is opened, and nothing comes back: TLB entry 0 must hold the pair PDE[t & ~1], PDE[t | 1], in that order: see wire() in 2.7"):
            k.call("pmap_open_alt", new)
        k.call("mmu_flush_all")  # another address space number: the pair is to be there under each
        pair_at = directory_of(t.pt_base) & ~0x1FFF
        shown = {t.slot & 1: mine, 1 - (t.slot & 1): directory}
        for half in (0, 1):
            probe = t.slot & ~1 | half
            want = t.peek(shown[half] + probe * 4)
            with dies("the kernel reads the directory that shows at 0x%08x, and nothing comes back: TLB entry 0 must hold, for every address space number (G), the pair "
                      "PDE[t & ~1], PDE[t | 1]: see wire() in 2.7" % (pair_at + half * PAGE)):
                got = k.touch(pair_at + half * PAGE + probe * 4)
            t.need(got == want, "the %s page of the pair in which the directories show is not the one of frame 0x%08x: its word 0x%03x reads 0x%08x, and is 0x%08x: "
                   "TLB entry 0 holds PDE[t & ~1] and PDE[t | 1], in that order: see wire() in 2.7" % ("even" if not half else "odd", shown[half], probe, got or 0, want))
        pa = k.frame(value)
        t.need(k.signed("pmap_map", new, va, pa, RW, 0) == 0, "pmap_map() through the second window fails: see 2.7")
        t.need(Walk(t.machine, directory, va).frame == pa, "a page mapped through the second window is not in the other one's tables: see wire() in 2.7")
        w = Walk(t.machine, mine, free)
        t.need(k.touch(f(t.pt_base, free)) == w.pte.value, "while the second window is open the first one does not show the loaded tables: see wire() in 2.7", w)
        k.call("pmap_close_alt")
