# grading/lab1/tests.py: what is asked of lab 1's exercises. (lab 1)
import os
import re
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from core.api import Broken, Fault, test  # noqa: E402
from core.build import BuildError  # noqa: E402
from core.gdb import Ended  # noqa: E402
from core.machine import NotWritten, Stuck  # noqa: E402
from core.puppet import PC, SP  # noqa: E402
from guest import GuestError  # noqa: E402
from lab1 import formats, keys, loader as loaders  # noqa: E402
from lab1.formats import Spec  # noqa: E402
from lab1.kernel import Account, Kernel, walk_back  # noqa: E402
from lab1.loader import SECTOR, KERNEL_SECTOR, Segment  # noqa: E402

BASE = 0x80000000
POISON = 0xA5
SCREEN = "it reads the screen letter by letter, and the serial line of Bochs is slower"

# --- 1.1 on the PC: the loader --------------------------------------------------------------------------------------


def loader_of(t):
    if not hasattr(t.build, "lab1_loader"):
        try:
            t.build.lab1_loader = loaders.Loader(t)
        except BuildError as error:
            t.build.lab1_loader = str(error)
    loader = t.build.lab1_loader
    if isinstance(loader, str):
        raise Broken("the loader does not build: " + loader)
    loader.t = t
    return loader


def loaded(t, kernel, **how):
    """It must have jumped, somewhere."""
    loader = loader_of(t)
    found = loader.run(kernel, poison=POISON, **how)
    t.need(found.refused is None, "a kernel with nothing wrong is refused: \"%s\" (see 1.1)" % found.refused)
    return loader, found


def check_segment(t, loader, i, s):
    begin, end = loader.area(s)
    data = loader.machine.read(begin, end - begin)
    want = bytes([POISON]) * (s.paddr - begin) + s.content + bytes(s.memory - len(s.content))
    want += bytes([POISON]) * (end - begin - len(want))
    if s.kind != 1:
        want = bytes([POISON]) * (end - begin)
    if data == want:
        return
    at = next(k for k in range(len(data)) if data[k] != want[k])
    pa, off = begin + at, begin + at - s.paddr
    if s.kind != 1:
        raise Broken("segment %d is of type 0x%x, not one to be loaded, and has been loaded to 0x%x all the same" % (i, s.kind, s.paddr))
    if not 0 <= off < s.memory:
        raise Broken("segment %d goes to 0x%x-0x%x, and the byte at 0x%x, outside of it, has changed" % (i, s.paddr, s.paddr + s.memory - 1, pa))
    where = "byte %d of segment %d (file offset 0x%x, %d bytes there, %d in memory, physical 0x%x)" % (
        off, i, s.offset, len(s.content), s.memory, s.paddr)
    if off >= len(s.content):
        raise Broken("%s is 0x%02x, not 0: what is in memory and not in the file (bss) must be cleared" % (where, data[at]))
    if set(data[at:at + 16]) == {POISON}:
        raise Broken("%s: nothing has been written there, up to physical 0x%x" % (where, pa + 15))
    if off == 0 and s.offset % SECTOR:
        raise Broken("%s is 0x%02x, in the file it is 0x%02x: a segment need not begin with a sector" % (where, data[at], want[at]))
    raise Broken("%s is 0x%02x, in the file it is 0x%02x" % (where, data[at], want[at]))


def check_segments(t, loader, kernel, only=lambda s: True):
    for i, s in enumerate(kernel.segments):
        if only(s):
            check_segment(t, loader, i, s)


def some_sizes(rng):
    large, small = rng.randrange(70000, 110000), rng.randrange(1, 500)
    return [(large, large + rng.randrange(5000)), (small, small), (rng.randrange(500, 3000),) * 2]


@test("1.1", "every segment's bytes are where they belong", points=4, archs=("i386",))
def segments_are_loaded(t):
    for _ in range(2):
        kernel = loaders.random_kernel(t.rng, some_sizes(t.rng), notes=0)
        loader, _ = loaded(t, kernel)
        check_segments(t, loader, kernel)


@test("1.1", "memory that the file has no bytes for is zero", points=2, archs=("i386",))
def bss_is_zero(t):
    kernel = loaders.random_kernel(t.rng, [(t.rng.randrange(1, 900), t.rng.randrange(5000, 20000)), (700, 700), (0, t.rng.randrange(10, 9000))])
    loader, _ = loaded(t, kernel)
    check_segments(t, loader, kernel)


@test("1.1", "what is not to be loaded is not loaded", points=1, archs=("i386",))
def notes_are_not_loaded(t):
    kernel = loaders.random_kernel(t.rng, [(900, 1000), (600, 600)], notes=4)
    loader, _ = loaded(t, kernel)
    check_segments(t, loader, kernel, lambda s: s.kind != 1)


@test("1.1", "the kernel is entered where its entry point was loaded", points=3, archs=("i386",))
def entry_is_physical(t):
    for _ in range(3):
        kernel = loaders.random_kernel(t.rng, [(t.rng.randrange(100, 900),) * 2 for _ in range(3)])
        loader, found = loaded(t, kernel)
        t.need(found.target != kernel.entry, "the loader jumps to 0x%08x, the entry's virtual address; paging is off, and that byte was loaded to "
               "physical 0x%x" % (kernel.entry, kernel.entry_at))
        t.need(found.target == kernel.entry_at, "the loader jumps to 0x%08x; the entry 0x%08x is in the segment whose virtual address 0x%08x goes "
               "to physical 0x%08x, so that is 0x%08x" % ((found.target, kernel.entry) + next(
                   (s.vaddr, s.paddr) for s in kernel.segments if s.kind == 1 and 0 <= kernel.entry - s.vaddr < len(s.content)) + (kernel.entry_at,)))
        t.need(found.registers["eax"] == 0x2BADB002, "eax is 0x%08x when the kernel is entered, not 0x2BADB002" % found.registers["eax"])


def multiboot(t, loader, found):
    """(flags, lower, upper, command line, [(start, length, kind)]) at ebx."""
    m, at = loader.machine, found.registers["ebx"]
    t.need(m.has(at), "ebx is 0x%08x, where there is no memory: the multiboot information should be there" % at)
    words = struct.unpack("<17I", m.read(at, 68))
    t.need(words[0] & 1 and words[0] & 4 and words[0] & 0x40, "the flags in struct multiboot_info are 0x%x: memory sizes, command line and map must "
           "be announced" % words[0])
    t.need(m.has(words[4]) and m.has(words[12]), "command_line is 0x%08x, map 0x%08x: not addresses in memory" % (words[4], words[12]))
    data, ranges, at = m.read(words[12], min(words[11], 4096)), [], 0
    while at + 24 <= len(data):
        size, start, length, kind = struct.unpack_from("<IQQI", data, at)
        ranges.append((start, length, kind))
        at += size + 4
    return words[0], words[1], words[2], loader.string(words[4]), ranges


@test("1.1", "the kernel learns its command line, memory sizes and memory map", points=2, archs=("i386",))
def information(t):
    mem = t.rng.choice((48, 64, 80, 96))
    line = "".join(t.rng.choice("abcdefgh =/-.") for _ in range(t.rng.randrange(30, 498)))
    kernel = loaders.random_kernel(t.rng, [(300, 300)], notes=0)
    loader, found = loaded(t, kernel, command_line=line.encode(), mem=mem)
    flags, lower, upper, told, ranges = multiboot(t, loader, found)
    t.need(told == line, "the command line on the disk is \"%s\", the kernel gets \"%s\"" % (line[:40], told[:40]))
    t.need(ranges, "the memory map has no record: map_bytes counts bytes, not records")
    usable = sum(length for _, length, kind in ranges if kind == 1)
    t.need(mem - 1 << 20 < usable <= mem << 20, "the map (map, map_bytes) tells of %d KB of usable memory in %d records; the machine has %d MB" % (
        usable >> 10, len(ranges), mem))
    top = max(start + length for start, length, kind in ranges if kind == 1 and start == 1 << 20)
    t.need(upper == (top >> 10) - 1024, "memory_upper is %d; from 1 MB to the first hole there are %d KB" % (upper, (top >> 10) - 1024))
    t.need(600 < lower <= 640, "memory_lower is %d; conventional memory has some KB less than 640, and never more" % lower)


@test("1.1", "no sector past the file's end is read", points=1, archs=("i386",))
def reads_end(t):
    size = t.rng.randrange(3, 40) * SECTOR
    segment = Segment(0x200000, loaders.random_bytes(t.rng, size), size, 0x90000000)
    kernel = loaders.Kernel(t.rng, [segment], 0x90000000)
    kernel.body = kernel.body[:segment.offset] + bytes(-segment.offset % SECTOR) + segment.content  # ends with a sector
    segment.offset = len(kernel.body) - size
    loader, found = loaded(t, kernel)
    end = KERNEL_SECTOR + len(kernel.body) // SECTOR
    past = [(s, n) for s, n in found.reads if s + n > end]
    t.need(not past, "the file ends before sector %d, and %s asks for sectors %d to %d: the disk may end there" % (
        (end, "disk_read") + ((past[0][0], sum(past[0]) - 1) if past else (0, 0))))
    large = [n for _, n in found.reads if n > 64]
    t.need(not large, "disk_read is asked for %s sectors at once; the buffer has room for 64" % large)
    check_segments(t, loader, kernel)


def refusal(t, what, kernel, sentence, cut=None, before=b""):
    loader = loader_of(t)
    found = loader.run(kernel, poison=POISON, cut=cut, before=before)
    t.need(found.refused, "%s must be refused, and the loader jumps to 0x%08x: %s" % (what, found.target or 0, sentence))
    for i, s in enumerate(kernel.segments):
        begin, end = loader.area(s)
        if begin < end and end <= loader.machine.ram_bytes:
            t.need(set(loader.machine.read(begin, end - begin)) <= {POISON}, "%s is refused (\"%s\") after segment %d has been written to 0x%x: check all "
                   "before the first byte is loaded" % (what, found.refused, i, s.paddr))


def plain(t, **wrong):
    return loaders.Kernel(t.rng, [Segment(0x200000 + t.rng.randrange(0x1000) * 16, loaders.random_bytes(t.rng, 600), 800, 0x90000000)],
                          0x90000000, wrong=wrong)


@test("1.1", "a file that is no kernel for this machine is refused", points=2, refusal=True, archs=("i386",))
def wrong_headers(t):
    for field, value, sentence in (
            ("magic", t.value() | 0x80, "an ELF file begins with 0x7F 'E' 'L' 'F'"), ("bits", 2, "class 2 is a 64-bit file"),
            ("machine", 8, "machine 8 is MIPS"), ("type", t.rng.choice((1, 3, 4)), "only type 2 is an executable"),
            ("size", t.rng.choice((31, 40, 56)), "the array's elements have another size than struct elf_segment")):
        refusal(t, "an ELF header with %s = 0x%x" % (field, value), plain(t, **{field: value}), sentence)


@test("1.1", "a list of segments that is not at the file's beginning is refused", points=1, refusal=True, archs=("i386",))
def wrong_lists(t):
    for wrong in ({"at": 4096 - 31}, {"at": 0xFFFFFFE0}, {"at": 5000}, {"count": 0x8000}, {"count": 127, "at": 52}, {"count": 0}):
        kernel = plain(t, **wrong)  # at 2^32 - 32 stands, for a loader that adds the numbers up, a list that looks good
        refusal(t, "an ELF header with %s" % ", ".join("%s = 0x%x" % w for w in wrong.items()), kernel,
                "its segment list is empty, or not within the first 4096 bytes; mind that the sum may wrap around", before=kernel.segments[0].header())


@test("1.1", "a segment that can't be loaded is refused, and nothing is written before", points=2, refusal=True, archs=("i386",))
def wrong_segments(t):
    for field, value, sentence in (
            ("file", 801, "it has more bytes in the file than in memory"),
            ("offset", 1 << 20, "its bytes lie past the file's end"),
            ("offset", 0xFFFFFFFF - t.rng.randrange(10, 500), "offset + file_size wraps around 2^32, and the offset is past the file's end"),
            ("paddr", t.rng.randrange(0x30000, 0x90000), "it goes below 1 MB, where the loader is"),
            ("paddr", 0xFFFFFF00, "it would end past 4 GB: the sum of its address and size wraps around"),
            ("memory", 64 << 20, "it would end past the machine's memory"),
            ("memory", 0xFFFFF000, "its address and size together wrap around 2^32")):
        good = plain(t)
        bad = Segment(0x1000000 + t.rng.randrange(0x1000), loaders.random_bytes(t.rng, 700), 800, 0xA0000000)
        bad.wrong = {field: value}
        segments = good.segments + [bad]
        kernel = loaders.Kernel(t.rng, segments, 0x90000000)
        refusal(t, "a segment with %s = 0x%x" % ({"file": "file_size", "memory": "memory_size"}.get(field, field), value), kernel, sentence)
    kernel = plain(t)
    refusal(t, "a file that is cut short", kernel, "the segment's bytes are not all there", cut=len(kernel.body) - t.rng.randrange(1, 100))
    kernel.segments[0].kind = 4
    refusal(t, "a file without a segment to be loaded", kernel, "there is nothing to start")
    kernel = plain(t)
    kernel.entry = 0x90000000 + t.rng.randrange(600, 800)
    refusal(t, "an entry point in no segment's part in the file", kernel, "there is no instruction at 0x%x" % kernel.entry)


# --- 1.1 on Malta: what the firmware left ---------------------------------------------------------------------------
PLACE = 0x2000000  # 32 MB: where the host puts arguments and environment


class Handover:
    """boot_info, called again and again in one guest that stands before kernel_init."""

    def __init__(self, t):
        self.m = t.fresh(program=False, mem=48)
        self.start = self.m.run_to("boot_info")
        self.variables = self.m.kernel.address("kernel_text_end") - BASE
        self.before = self.m.read(self.variables, self.m.kernel.address("kernel_end") - BASE - self.variables)

    def strings(self, at, texts):
        """An array of pointers at physical `at`, its strings behind it; the array's address."""
        array, body = b"", b""
        base = at + 4 * (len(texts) + 1)
        for text in texts:
            if text is None:
                array += bytes(4)
            else:
                array += struct.pack("<I", BASE + base + len(body))
                body += text.encode("latin-1") + b"\0"
        self.m.guest.write(at, array + bytes(4) + body)
        return BASE + at

    def run(self, words, environment, memsize, argc=None):
        m = self.m
        m.guest.write(self.variables, self.before)
        argv = self.strings(PLACE, ["kernel"] + words + [None, "behind the end"])
        env = 0 if environment is None else self.strings(PLACE + 0x10000, environment + [None])
        values = {n: v for n, v in self.start.items() if n != "zero"}
        values.update(a0=len(words) + 1 if argc is None else argc, a1=argv, a2=env, a3=memsize)
        m.gdb.set(**values)
        m.run_to("kernel_init", 5)
        return bootinfo(m)


def bootinfo(m):
    at = m.kernel.address("bootinfo") - BASE
    data = m.read(at, 8 + 32 * 24 + 512 + 4)
    count = struct.unpack_from("<I", data)[0]
    ranges = [struct.unpack_from("<QQI", data, 8 + 24 * i) for i in range(min(count, 32))]
    line = data[8 + 32 * 24:8 + 32 * 24 + 512]
    return sorted(r for r in ranges if r[0] < r[1]), line, struct.unpack_from("<I", data, 8 + 32 * 24 + 512)[0]


def right_ranges(m, ram):
    begin, end = m.kernel.address("kernel_start") - BASE, m.kernel.address("kernel_end") - BASE
    low = min(ram, 256 << 20)
    found = [(0, low, 0), (0, 4096, 1), (begin, end, 2)]
    return sorted(found + ([(0x90000000, 0x80000000 + ram, 0)] if ram > low else []))


def show(ranges):
    return ", ".join("0x%x-0x%x %s" % (a, b, ("usable", "reserved", "kernel", "boot")[k & 3]) for a, b, k in ranges) or "none"


def check_ranges(t, m, ranges, ram, told):
    want = right_ranges(m, ram)
    kinds = {0: "usable RAM", 1: "reserved: the firmware's vectors", 2: "the kernel's own memory, by physical addresses"}
    for missing in want:
        t.need(missing in ranges, "%s: the range 0x%x-0x%x (%s) is missing in bootinfo, which has: %s" % (
            (told,) + missing[:2] + (kinds[missing[2]], show(ranges))))
    for more in ranges:
        t.need(more in want, "%s: bootinfo has a range 0x%x-0x%x, which is not so; right is: %s" % (told, more[0], more[1], show(want)))


@test("1.1", "the kernel's ranges of memory are right", points=3, archs=("mips",))
def memory_ranges(t):
    mem = t.rng.randrange(24, 250)
    m = t.fresh(program=False, mem=mem)
    m.run_to("kernel_init", 8)
    ranges, _, direct = bootinfo(m)
    check_ranges(t, m, ranges, mem << 20, "a machine with %d MB" % mem)
    t.need(direct == BASE, "direct_map is 0x%08x; physical 0 shows at KERNEL_BASE, 0x80000000" % direct)


@test("1.1", "RAM beyond 256 MB is found where it shows", points=2, archs=("mips",))
def memory_beyond(t):
    h = Handover(t)
    for mb in (256, t.rng.randrange(257, 2000), 2048):
        ranges, _, _ = h.run([], ["memsize", str(256 << 20), "ememsize", str(mb << 20)], 256 << 20)
        check_ranges(t, h.m, ranges, mb << 20, "ememsize is %d MB, memsize 256 MB" % mb)


@test("1.1", "the environment is read by pairs", points=3, archs=("mips",))
def environment(t):
    h = Handover(t)
    a, b = t.rng.randrange(20, 100) << 20, t.rng.randrange(100, 200) << 20
    for what, env, ram in (
            ("there is no environment", None, a), ("the environment is empty", [], a), ("ememsize is last", ["x", "1", "ememsize", str(b)], b),
            ("ememsize is hexadecimal", ["ememsize", "0x%x" % b], b), ("ememsize is no number", ["ememsize", "lots", "memsize", "4096"], a),
            ("a value is called ememsize", ["modetty0", "ememsize", "%d" % (b + 4096), "x", "memsize", "%d" % a], a),
            ("a name begins with ememsize", ["ememsize2", str(b), "ememsiz", str(b)], a), ("the last name has no value", ["x", "y", "ememsize"], a)):
        ranges, _, _ = h.run([], env, a)
        t.need(right_ranges(h.m, ram) == ranges, "%s (%s; memsize is %d): RAM is %d bytes, and bootinfo has: %s" % (
            what, "NULL" if env is None else " ".join(env), a, ram, show(ranges)))


def words_of(t, least, most):
    return ["".join(t.rng.choice("abcdefgh=._/") for _ in range(t.rng.randrange(1, 12))) for _ in range(t.rng.randrange(least, most))]


@test("1.1", "the command line is the arguments, with blanks between", points=3, archs=("mips",))
def command_line(t):
    h = Handover(t)
    for what, words, argc in (("arguments", words_of(t, 2, 8), None), ("no arguments", [], None), ("argc is 0", [], 0),
                              ("a blank in an argument", ["a=\"b  c\"", "d"], None), ("argc goes past the NULL", words_of(t, 2, 5), 30)):
        _, line, _ = h.run(words, [], 32 << 20, argc)
        t.need(line.split(b"\0")[0].decode("latin-1") == " ".join(words), "%s (%s): bootinfo.cmdline is \"%s\"" % (
            what, ", ".join(words) or "none", line.split(b"\0")[0].decode("latin-1")))
    words = words_of(t, 3, 6)
    _, line, _ = h.run(words + ["behind"], [], 32 << 20, len(words) + 1)
    t.need(line.split(b"\0")[0].decode("latin-1") == " ".join(words), "argc ends the arguments, too: bootinfo.cmdline is \"%s\", and argc was %d" % (
        line.split(b"\0")[0].decode("latin-1"), len(words) + 1))


@test("1.1", "a command line that is too long is cut", points=1, archs=("mips",))
def long_command_line(t):
    h = Handover(t)
    words = ["x" * t.rng.randrange(150, 250) for _ in range(2)] + ["y" * 300, "zz"]
    for some in (words, ["a" * 510, "b"], ["a" * 511, "b"]):
        _, line, direct = h.run(some, [], 32 << 20)
        want = " ".join(some)[:511]
        if want.rstrip(" ") != line.split(b"\0")[0].decode("latin-1").rstrip(" ") or b"\0" not in line:
            raise Broken("words of %s letters: bootinfo.cmdline must hold their first 511 characters and a 0; it has %d, ...%s" % (
                ", ".join(str(len(w)) for w in some), len(line.split(b"\0")[0]), line.split(b"\0")[0][-8:]))
        t.need(direct == BASE, "a long command line has overwritten direct_map, behind it: it is 0x%08x" % direct)


# --- 1.2: printf ----------------------------------------------------------------------------------------------------
SNPRINTF = ("snprintf",)
ROOM = 512


def printed(t, p, fmt, arguments, size=ROOM, text=b""):
    """(result, the buffer up to its 0, the bytes behind) of the program's snprintf."""
    buf, fmt_at, text_at = p.data + 1024, p.data + 2048, p.data + 3072
    p.write(buf, bytes([POISON]) * (ROOM + 32))
    p.write(fmt_at, fmt.encode("latin-1") + b"\0")
    p.write(text_at, text + b"\0")
    values = [("word", text_at) if kind == "text" else (kind, v) for kind, v in arguments]
    try:
        result = p.call("snprintf", buf, size, fmt_at, *formats.words(t.arch, values, 3))
    except Fault as fault:
        raise Broken("snprintf(buf, %d, \"%s\", ...) faults at 0x%08x" % (size, fmt, fault.addr)) from None
    data = p.read(buf, ROOM + 32)
    return result, data.split(b"\0")[0].decode("latin-1"), data


def compare(t, p, fmt, arguments, want, rule, text=b""):
    result, got, _ = printed(t, p, fmt, arguments, text=text)
    shown = ", ".join("\"%s\"" % text.decode("latin-1") if kind == "text" else "%d" % v for kind, v in arguments)
    t.need(got == want, "snprintf(buf, n, \"%s\", %s) makes \"%s\", right is \"%s\": %s" % (fmt, shown, got[:80], want[:80], rule))
    t.need(result == len(want), "snprintf(buf, n, \"%s\", %s) returns %d for %d characters: %s" % (fmt, shown, result, len(want), rule))


def one(t, p, spec, value, rule):
    """A double word gets an even place, where MIPS leaves no gap before it: that is for a test of its own."""
    first = ("%d ", [("word", 1)], "1 ") if formats.SIZES[spec.length] == 8 else ("", [], "")
    compare(t, p, first[0] + spec.text(), first[1] + spec.arguments(value), first[2] + formats.expected(spec, value), rule)


def some_flags(rng, from_=" -+0#"):
    return "".join(rng.sample(from_, rng.randrange(len(from_) + 1)))


@test("1.2", "numbers in every base", points=3, keep=SNPRINTF)
def numbers(t):
    p, r = t.puppet(), t.rng
    for conversion in "diuxXo":
        one(t, p, Spec(conversion), t.value(), "%%%s of a random number" % conversion)
    for conversion in "dux":
        one(t, p, Spec(conversion), 0, "0 has one digit")
    one(t, p, Spec("d"), -r.randrange(1, 1 << 31), "a minus sign, and the number's digits")
    one(t, p, Spec("d"), -(1 << 31), "the most negative number has no positive counterpart of its own type")
    fmt, arguments, want = "", [], ""
    for _ in range(8):
        spec, value = Spec(r.choice("diuxXo")), t.value()
        part = "".join(r.choice("abc :,") for _ in range(r.randrange(6)))
        fmt, want = fmt + part + spec.text(), want + part + formats.expected(spec, value)
        arguments += spec.arguments(value)
    compare(t, p, fmt + ".", arguments, want + ".", "text between conversions, and each one's argument in turn")


@test("1.2", "width, and the flags - and 0", points=3, keep=SNPRINTF)
def fields(t):
    p, r = t.puppet(), t.rng
    for _ in range(3):
        width, value = r.randrange(12, 40), r.randrange(1, 1 << 20)
        one(t, p, Spec(r.choice("dux"), "", width), value, "blanks fill the width, before the number")
        one(t, p, Spec(r.choice("dux"), "-", width), value, "the flag - puts the blanks behind the number")
        one(t, p, Spec(r.choice("dux"), "0", width), value, "the flag 0 fills the width with zeros")
        one(t, p, Spec("d", "0", width), -value, "the sign stands before the zeros that fill the width")
        one(t, p, Spec(r.choice("du"), r.choice(("-0", "0-", "-0-")), width), value, "beside the flag - the flag 0 does nothing: zeros behind a number would change it")
        one(t, p, Spec("d", "", 3), value + 1000, "a width that is too small cuts nothing off")
    one(t, p, Spec("d", "0", 40), t.value() & 0x7FFFFFFF, "more zeros than emit_fill has at a time")


@test("1.2", "precision, and the flags + blank #", points=3, keep=SNPRINTF)
def precisions(t):
    p, r = t.puppet(), t.rng
    for _ in range(2):
        value, precision = r.randrange(1, 1 << 16), r.randrange(8, 30)
        one(t, p, Spec(r.choice("dux"), "", None, precision), value, "a precision is the least number of digits")
        one(t, p, Spec("d", "", precision + 9, precision), -value, "the precision's zeros stand behind the sign, the width's blanks before it")
        one(t, p, Spec(r.choice("dux"), "0", 40, precision), value, "beside a precision the flag 0 does nothing")
        one(t, p, Spec(r.choice("xX"), "#", 20), value, "the flag # puts 0x or 0X before a hexadecimal number")
        one(t, p, Spec("x", "#0", 20), value, "the zeros stand behind 0x")
    one(t, p, Spec(r.choice("dux"), "", 5, 0), 0, "with precision 0 the number 0 has no digit")
    one(t, p, Spec(r.choice("dux"), "", 5, 0, star="e"), 0, "a point without digits is the precision 0")
    one(t, p, Spec(r.choice("xX"), "#", 6), 0, "the flag # puts no 0x before 0")
    one(t, p, Spec("o", "#"), r.randrange(8, 1 << 20), "the flag # lets an octal number begin with 0")
    one(t, p, Spec("o", "#"), 0, "an octal 0 begins with 0 already")
    value = r.randrange(1, 1 << 20)
    one(t, p, Spec("d", "+"), value, "the flag + shows a plus sign")
    one(t, p, Spec("d", "+"), -value, "a negative number has its minus, flag + or not")
    one(t, p, Spec("d", " "), value, "the flag blank leaves a blank for the sign")
    one(t, p, Spec("d", r.choice(("+ ", " +"))), value, "beside the flag + the flag blank does nothing")
    for flags in ("-+", "+-", "- ", "0+"):
        one(t, p, Spec("d", flags, 9), value, "several flags, in any order")
    for _ in range(8):
        spec = Spec(r.choice("diuxXo"), some_flags(r), r.choice((None, r.randrange(1, 30))), r.choice((None, r.randrange(20))))
        one(t, p, spec, r.getrandbits(r.randrange(1, 33)), "flags, width and precision at random")


@test("1.2", "arguments of every size", points=2, keep=SNPRINTF)
def sizes(t):
    p, r = t.puppet(), t.rng
    for conversion in "dux":
        one(t, p, Spec(conversion, length="ll"), r.getrandbits(64) | 1 << 63, "%%ll%s takes a 64-bit number: every digit of it" % conversion)
        one(t, p, Spec(conversion, length="hh"), t.value() | 0x180, "%%hh%s prints one byte of its argument, as its type has it" % conversion)
        one(t, p, Spec(conversion, length="h"), t.value() | 0x18000, "%%h%s prints two bytes of its argument, as its type has it" % conversion)
        one(t, p, Spec(conversion, length=r.choice("lzt")), t.value(), "l, z and t are 32 bits here")
    one(t, p, Spec("d", length="ll"), -r.randrange(1 << 33, 1 << 62), "a negative 64-bit number keeps its high half")
    one(t, p, Spec("d", length="ll"), -(1 << 63), "the most negative number of 64 bits")
    one(t, p, Spec("u", length="j"), 10 ** r.randrange(11, 19), "zeros inside of a 64-bit number are digits, too")
    for _ in range(3):  # on MIPS, where the compiler leaves a gap before a double word at an odd place
        specs = [Spec("d", length=r.choice(("", "", "ll"))) for _ in range(5)] + [Spec("x")]
        values = [r.getrandbits(8 * formats.SIZES[s.length] - 1) for s in specs]
        compare(t, p, " ".join(s.text() for s in specs), [a for s, v in zip(specs, values) for a in s.arguments(v)],
                " ".join(formats.expected(s, v) for s, v in zip(specs, values)),
                "arguments of 64 bits among others: va_arg with the right type takes each from its place (MIPS: an even one)")


@test("1.2", "strings and characters", points=2, keep=SNPRINTF)
def strings(t):
    p, r = t.puppet(), t.rng
    text = "".join(r.choice("abcdefghijkl") for _ in range(r.randrange(8, 30)))
    for spec, rule in ((Spec("s"), "the string"), (Spec("s", "", 40), "blanks before a string fill the width"), (Spec("s", "-", 40), "blanks behind it, with the flag -"),
                       (Spec("s", "", None, r.randrange(1, 7)), "a precision is the most characters taken from a string"),
                       (Spec("s", "-", 12, r.randrange(1, 7)), "width and precision of a string"), (Spec("s", "", None, 0), "precision 0: nothing of the string")):
        compare(t, p, "<" + spec.text() + ">", [("text", 0)], "<" + formats.expected(spec, None, text) + ">", rule, text.encode())
    compare(t, p, "%s", [("word", 0)], "(null)", "a NULL string prints as (null)")
    for spec in (Spec("c"), Spec("c", "", 6), Spec("c", "-", 6)):
        one(t, p, spec, r.randrange(33, 127), "a character in its field")
    compare(t, p, "100%% %5d%%", [("word", 7)], "100%     7%", "%% is a percent sign, and takes no argument")
    value = t.value() | 1
    compare(t, p, "%p|%14p|%p", [("word", value), ("word", value), ("word", 0)], "0x%x|%14s|0x0" % (value, "0x%x" % value), "a pointer is hexadecimal, with 0x")


@test("1.2", "a string without an end, up to its precision", points=1, keep=SNPRINTF)
def unended_string(t):
    p, r = t.puppet(), t.rng
    page, n = t.page(), r.randrange(3, 20)
    t.need(p.syscall("page_map", page, 4096, 3) == 0, "page_map of a free page fails")
    text = "".join(r.choice("abcdef") for _ in range(n))
    p.write(page + 4096 - n, text.encode())
    compare(t, p, "<%.*s>", [("word", n), ("word", page + 4096 - n)], "<%s>" % text,
            "the string has no 0 within its precision, and the next page is not mapped: no further character may be looked at")


@test("1.2", "width and precision from the arguments", points=2, keep=SNPRINTF)
def stars(t):
    p, r = t.puppet(), t.rng
    for _ in range(3):
        width, precision, value = r.randrange(10, 30), r.randrange(5, 9), r.randrange(1, 9999)
        one(t, p, Spec("d", "", width, star="w"), value, "* takes the width from the arguments")
        one(t, p, Spec("d", "", width, precision, star="wp"), value, "width and precision from the arguments, in this order, before the number")
        one(t, p, Spec("d", "", -width, star="w"), value, "a negative width is the flag - and that width")
        one(t, p, Spec("d", "0", 12, -precision, star="p"), value, "a negative precision is none at all")
    text = "".join(r.choice("abcdef") for _ in range(12))
    for digits in ("4294967299", "99999999999", "18446744073709551619"):
        compare(t, p, "%." + digits + "s", [("text", 0)], text, "a precision of so many digits is large; its number must not overflow to a small one", text.encode())


@test("1.2", "a buffer that is too small", points=2, keep=SNPRINTF)
def small_buffers(t):
    p, r = t.puppet(), t.rng
    text = "".join(r.choice("abcdefghijkl") for _ in range(20))
    value = t.value()
    want = "%s %d and %08x" % (text, value & 0xFFFF, value)
    for size in (1, 2, r.randrange(3, 20), len(want) - 1, len(want), len(want) + 1):
        result, got, data = printed(t, p, "%s %d and %08x", [("text", 0), ("word", value & 0xFFFF), ("word", value)], size, text.encode())
        t.need(data[size:] == bytes([POISON]) * (len(data) - size), "a buffer of %d bytes, %d characters for it: snprintf writes past its end" % (size, len(want)))
        t.need(got == want[:size - 1], "a buffer of %d bytes gets \"%s\"; it has room for \"%s\" and a 0" % (size, got, want[:size - 1]))
        t.need(result == len(want), "a buffer of %d bytes: snprintf returns %d; it returns how many characters there would be, %d" % (size, result, len(want)))
    result, got, data = printed(t, p, "%s", [("text", 0)], 0, text.encode())
    t.need(data == bytes([POISON]) * len(data), "a buffer of 0 bytes: snprintf writes to it")
    t.need(result == len(text), "a buffer of 0 bytes: snprintf returns %d; there are %d characters" % (result, len(text)))


@test("1.2", "conversions that are not known, or cut off", points=1, keep=SNPRINTF)
def unknown(t):
    p, r = t.puppet(), t.rng
    odd = r.choice(("%y", "%5Q", "%-08k", "%#R"))
    compare(t, p, "a" + odd + "b%d", [("word", 7)], "a" + odd + "b7", "a conversion that is not known goes out as it was written, and takes no argument")
    for cut in ("50%", "x%-08", "%5.3"):
        compare(t, p, cut, [], cut, "a conversion that the string's end cuts off goes out as it was written")
    compare(t, p, "", [], "", "nothing")


@test("1.2", "the same formatter in the kernel", points=3)
def in_the_kernel(t):
    p, r = t.puppet(), t.rng
    buf, fmt_at, text_at = p.data + 1024, p.data + 2048, p.data + 3072
    k = Kernel(t, p)
    for _ in range(6):
        text = "".join(r.choice("abcdef") for _ in range(r.randrange(1, 20)))
        specs = [Spec(r.choice("dux"), some_flags(r), r.choice((None, r.randrange(1, 20))), length=r.choice(("", "", "hh", "ll"))) for _ in range(4)]
        values = [r.getrandbits(63) for _ in specs]
        fmt = "%s: " + ", ".join(s.text() for s in specs) + "%c"
        want = text + ": " + ", ".join(formats.expected(s, v) for s, v in zip(specs, values)) + "!"
        arguments = [("word", text_at)] + [a for s, v in zip(specs, values) for a in s.arguments(v)] + [("word", ord("!"))]
        p.write(fmt_at, fmt.encode() + b"\0")
        p.write(text_at, text.encode() + b"\0")
        p.write(buf, bytes([POISON]) * ROOM)
        result = k.call("snprintf", buf, ROOM, fmt_at, *formats.words(t.arch, arguments, 3), variadic=True)
        got = p.read(buf, ROOM).split(b"\0")[0].decode("latin-1")
        t.need(got == want and result == len(want), "in the kernel, snprintf(buf, n, \"%s\", \"%s\", %s...) makes \"%s\" and returns %d, right is \"%s\"" % (
            fmt, text, ", ".join(map(str, values[:2])), got[:90], result, want[:90]))
    k.release()


# --- 1.3: backtraces ------------------------------------------------------------------------------------------------
def real_time(t):
    """A guest for single steps: counted time and they don't go together on Malta."""
    if not hasattr(t.machine, "lab1_real_time"):
        t.fresh(shift=None)
        t.machine.lab1_real_time = True
    return t.puppet()


def calls_of(t, p):
    """System calls that go deep, and touch no device."""
    va = t.page(4)
    p.write(p.data + 512, b"nosuchprogram\0\0\0" + bytes(64))
    return [("page_map", (va, 4 * 4096, 3)), ("pipe", (p.data + 640, 0)), ("spawn", (p.data + 512, p.data + 640, 0, 0)), ("port_create", (0,))]


def name(t, pc):
    return t.machine.kernel.function_at(pc)


def chain(t, frames):
    return " < ".join(name(t, f.pc) for f in frames) or "nobody"


def stopped_there(t, k, account, at):
    """Check backtrace_next where the account stands."""
    kept, k.registers = k.registers, account.now
    got = walk_back(k, at, account.here())
    k.gdb.set(**k.registers_kept())
    k.registers = kept
    want = list(reversed(account.frames))
    if [f.pc for f in got] != [f.pc for f in want]:
        raise Broken("stopped at %s, the callers that backtrace_next finds are %s; by the calls made they are %s" % (
            name(t, account.pc), chain(t, got[:12]) + (" ..." if len(got) > 12 else ""), chain(t, want)))
    for g, w in zip(got, want):
        t.need(g.sp == w.sp, "stopped at %s: the caller at %s has sp 0x%08x there, backtrace_next says 0x%08x" % (name(t, account.pc), name(t, g.pc), w.sp, g.sp))
        t.need(g.fp == w.fp, "stopped at %s: the caller at %s has %s 0x%08x there, backtrace_next says 0x%08x" % (
            name(t, account.pc), name(t, g.pc), "ebp" if t.arch == "i386" else "fp", w.fp, g.fp))


def stops_on_the_way(t, wanted):
    """Stop inside of system calls where wanted(account) says so, and compare."""
    p, checked = real_time(t), 0
    for call, arguments in t.rng.sample(calls_of(t, p), 3):
        k = Kernel(t, p, call, arguments)
        account, seen, steps = Account(k), 0, 0
        while account.step() and seen < 6 and steps < 300:
            steps += 1
            if wanted(account) and account.chain_holds():
                stopped_there(t, k, account, p.data + 2048)
                seen += 1
        p.finish()
        checked += seen
    t.need(checked >= 4, "only %d stops were possible" % checked)


@test("1.3", "who called whom, at random instructions of the kernel", points=5)
def kernel_chains(t):
    stops_on_the_way(t, lambda account: len(account.frames) > 1 and t.rng.random() < 0.04)


@test("1.3", "at a function's first and last instructions, too", points=3, archs=("mips",))
def first_and_last_instructions(t):
    last = [None]

    def wanted(account):
        entered, last[0] = last[0] is not None and len(account.frames) != last[0], len(account.frames)
        word = struct.unpack("<I", account.code(account.pc, 4))[0]
        return (entered or word >> 16 in (0x27BD, 0xAFBF, 0x8FBF) or account.kind() == "return") and t.rng.random() < 0.4
    stops_on_the_way(t, wanted)


@test("1.3", "a backtrace of the function that asks for one", points=2, archs=("i386",))
def from_here(t):
    p = t.puppet()
    k = Kernel(t, p)
    for _ in range(3):
        fp = t.value()
        sp = k.registers["esp"] - 16 * t.rng.randrange(0, 20)
        values = k.prepare("backtrace_start_here", [p.data + 2048], False, sp - 0x300)
        k.call("backtrace_start_here", p.data + 2048, sp=sp, registers={"ebp": fp})
        pc, got_sp, got_fp, _ = struct.unpack("<4I", p.read(p.data + 2048, 16))
        t.need(pc == k.home, "backtrace_start_here: its caller goes on at 0x%08x, f->pc is 0x%08x (%s)" % (k.home, pc, name(t, pc)))
        t.need(got_fp == fp, "backtrace_start_here: its caller's ebp is 0x%08x, f->fp is 0x%08x" % (fp, got_fp))
        t.need(got_sp == values["esp"] + 4, "backtrace_start_here: when it has returned, esp is 0x%08x; f->sp is 0x%08x" % (values["esp"] + 4, got_sp))
    k.release()


def answer(t, k, p, start, what):
    """backtrace_next of one frame: None, or (pc, sp, fp)."""
    k.gdb.write(p.data + 2048, struct.pack("<4I", *start))
    try:
        more = k.call("backtrace_next", p.data + 2048) & 0xFF
    except NotWritten:
        raise
    except Stuck as error:
        raise Broken("%s: backtrace_next does not survive it: %s" % (what, str(error).splitlines()[0])) from None
    return struct.unpack("<3I", k.gdb.read(p.data + 2048, 12)) if more else None


def ends(t, k, p, start, what):
    got = answer(t, k, p, start, what)
    t.need(got is None, "%s: the chain must end there; backtrace_next goes on to pc 0x%08x, sp 0x%08x, fp 0x%08x" % ((what,) + (got or (0, 0, 0))))


@test("1.3", "a damaged chain ends", points=3, refusal=True, archs=("i386",))
def damaged_chain(t):
    p = t.puppet()
    k = Kernel(t, p)
    code = k.registers["eip"] + 1
    sp = k.registers["esp"] - 0x1800 & ~15  # deep in the kernel's stack
    a, b, c = sp + 64, sp + 128, sp + 192

    def frame(at, fp, pc):
        k.gdb.write(at, struct.pack("<2I", fp, pc))
    frame(a, b, code)
    frame(b, a, code)
    got = answer(t, k, p, (code, sp, a, 0), "a frame")
    t.need(got == (code, a + 8, b), "a frame at 0x%08x that holds ebp 0x%08x and pc 0x%08x: backtrace_next makes of it %s" % (
        a, b, code, "nothing" if got is None else "pc 0x%08x, sp 0x%08x, fp 0x%08x" % got))
    found = walk_back(k, p.data + 2048, (code, sp, a, 0), 20)
    t.need(len(found) <= 3, "two frames that name each other are a ring, and backtrace_next goes round in it: callers' frames lie above")
    ends(t, k, p, (code, a + 8, a, 0), "ebp below sp")
    frame(c + 2, c + 64, code)
    ends(t, k, p, (code, sp, c + 2, 0), "ebp that is no multiple of 4")
    ends(t, k, p, (code, sp, 0xFFFFF000 - 0x400000 * (t.slot == 0x3FF), 0), "ebp where nothing is mapped")
    frame(a, b, t.rng.choice((t.value() & 0x7FFFFFFF, t.machine.kernel.address("bootinfo"), 0xC0000000 | t.value() & 0xFFFFF)))
    ends(t, k, p, (code, sp, a, 0), "a return address that is no code of the kernel's")
    page = p.data & ~4095
    inside = p.machine.step
    user_sp = p.data + 64 & ~3
    frame(b, b + 64, inside)
    ends(t, k, p, (inside, user_sp, b, 0), "a program's ebp that points into the kernel")
    frame(b, a, code)
    ends(t, k, p, (code, sp, page, 0), "a kernel function's ebp that points into a program")
    k.release()


@test("1.3", "a program's chain, up to the edge of a page", points=2, archs=("i386",))
def program_chain(t):
    p = t.puppet()
    page = t.page()
    t.need(p.syscall("page_map", page, 4096, 3) == 0, "page_map of a free page fails")
    inside, sp = p.machine.step, page + 64
    a, b = page + 4 * t.rng.randrange(40, 200), page + 4 * t.rng.randrange(300, 900)
    p.write(a, struct.pack("<2I", b, inside))
    p.write(b, struct.pack("<2I", page + 4092, inside))
    p.write(page + 4092, struct.pack("<I", t.value()))
    k = Kernel(t, p)
    got = answer(t, k, p, (inside, sp, a, 0), "a program's frame")
    t.need(got == (inside, a + 8, b), "a program's frame at 0x%08x that holds ebp 0x%08x and pc 0x%08x: backtrace_next makes of it %s" % (
        a, b, inside, "nothing" if got is None else "pc 0x%08x, sp 0x%08x, fp 0x%08x" % got))
    ends(t, k, p, (inside, b + 8, page + 4092, 0), "a frame whose second word is on a page that is not mapped")
    ends(t, k, p, (inside, sp, page + 8192, 0), "a frame on a page that is not mapped")
    k.release()


@test("1.3", "a call to nowhere has a caller", points=2, archs=("i386",))
def call_to_nowhere(t):
    p = t.puppet()
    k = Kernel(t, p)
    code, sp, fp = k.registers["eip"] + 5, k.registers["esp"] - 0x1800 & ~15, t.value()
    k.gdb.write(sp, struct.pack("<I", code))
    for pc in (0, 0x10000000 | t.value() & 0xFFFFFF):
        got = answer(t, k, p, (pc, sp, fp, 0), "pc 0x%08x" % pc)
        t.need(got == (code, sp + 4, fp), "the kernel has called 0x%08x, where there is no code; the return address 0x%08x stands at sp, and there is no frame "
               "of its own: backtrace_next makes of it %s" % (pc, code, "nothing" if got is None else "pc 0x%08x, sp 0x%08x, fp 0x%08x" % got))
    k.gdb.write(sp, struct.pack("<I", t.value() & 0x7FFFFFFF))
    ends(t, k, p, (0, sp, fp, 0), "pc 0, and no return address at sp")
    k.release()


# A MIPS program's functions, as compilers make them, by the instruction. Not meant to run.
MIPS_CODE = """
__asm__(".text\\n.set push\\n.set noreorder\\n.globl lab1_first, lab1_frame, lab1_early, lab1_leaf, lab1_after, lab1_endless\\n"
	"lab1_first: addiu $sp, $sp, -48\\n sw $ra, 44($sp)\\n sw $fp, 40($sp)\\n jal lab1_leaf\\n nop\\n lw $ra, 44($sp)\\n lw $fp, 40($sp)\\n jr $ra\\n addiu $sp, $sp, 48\\n"
	"lab1_frame: li $v0, 1\\n addiu $sp, $sp, -%(size)d\\n sw $s0, %(s0)d($sp)\\n sw $ra, %(ra)d($sp)\\n jal lab1_leaf\\n nop\\n lw $ra, %(ra)d($sp)\\n jr $ra\\n addiu $sp, $sp, %(size)d\\n"
	"lab1_leaf: addu $v0, $a0, $a1\\n sll $v0, $v0, 2\\n jr $ra\\n nop\\n"
	"lab1_early: addiu $sp, $sp, -40\\n sw $ra, 36($sp)\\n beqz $a0, 1f\\n nop\\n lw $ra, 36($sp)\\n addiu $sp, $sp, 40\\n jr $ra\\n nop\\n"
	"1: jal lab1_leaf\\n nop\\n lw $ra, 36($sp)\\n jr $ra\\n addiu $sp, $sp, 40\\n"
	"lab1_after: addiu $sp, $sp, -32\\n sw $ra, 28($sp)\\n jal lab1_leaf\\n nop\\n"
	"lab1_endless: addiu $sp, $sp, -64\\n sw $ra, 60($sp)\\n jal lab1_endless\\n nop\\n jr $ra\\n addiu $sp, $sp, 64\\n.set pop\\n");
""" % {"size": 56, "s0": 48, "ra": 52}
MIPS_NAMES = ("lab1_first", "lab1_frame", "lab1_early", "lab1_leaf", "lab1_after", "lab1_endless")
X86_CODE = "".join("void %s(void);\nvoid %s(void) {}\n" % (n, n) for n in MIPS_NAMES)


class Stack:
    """A made-up program's stack in a page, and the frame that its functions would have there."""

    def __init__(self, t, p):
        self.t, self.p, self.m = t, p, t.machine
        self.page = t.page()
        t.need(p.syscall("page_map", self.page, 4096, 3) == 0, "page_map of a free page fails")
        p.store(self.page, 0)  # now it is there: a stopped kernel's program can't touch it

    def at(self, function, instruction):
        return self.m.symbols.address(function) + 4 * instruction

    def fill(self, words):
        for at, value in words.items():
            self.p.write(at, struct.pack("<I", value))


@test("1.3", "a program's functions, by their instructions", points=4, archs=("mips",), keep=MIPS_NAMES, code=MIPS_CODE)
def program_functions(t):
    p = t.puppet()
    stack, r = Stack(t, p), t.rng
    sp = stack.page + 4 * r.randrange(64, 200) & ~7
    saved, fp_saved, fp, register = stack.at("lab1_first", 5), t.value(), t.value(), stack.at("lab1_early", 10)
    cases = (  # function, instruction, innermost?, sp lowered by, ra saved at, fp saved at, what
        ("lab1_first", 0, True, 0, None, None, "at a function's first instruction nothing is saved yet"),
        ("lab1_first", 1, True, 48, None, None, "sp has been lowered, ra is not saved yet"),
        ("lab1_first", 2, True, 48, 44, None, "ra is saved, fp is not yet"),
        ("lab1_first", 3, True, 48, 44, 40, "ra and fp are saved"),
        ("lab1_first", 5, False, 48, 44, 40, "a caller's frame"),
        ("lab1_frame", 4, True, 56, 52, None, "a function that lowers sp with its second instruction"),
        ("lab1_early", 8, False, 40, 36, None, "the other way through a function that can return early"),
        ("lab1_early", 6, True, 0, None, None, "an early return has raised sp already, right before its jump: the frame is gone"),
        ("lab1_leaf", 0, True, 0, None, None, "a function without a frame, at its first instruction, right behind another one's delay slot"),
        ("lab1_leaf", 1, True, 0, None, None, "a function without a frame: its ra is in the register"),
        ("lab1_endless", 0, False, 32, 28, None, "a call that never returns ends a function: its return address belongs to the next function already"))
    k = Kernel(t, p)
    for function, instruction, innermost, lowered, ra_at, fp_at, what in cases:
        words = {sp + n: t.value() | 0x80000000 for n in (28, 36, 40, 44, 52, 60)}
        if ra_at is not None:
            words[sp + ra_at] = saved
        if fp_at is not None:
            words[sp + fp_at] = fp_saved
        stack.fill(words)
        start = (stack.at(function, instruction), sp, fp, register if innermost else 0)
        got = answer(t, k, p, start, what)
        right = (saved if ra_at is not None else register, sp + lowered, fp_saved if fp_at is not None else fp)
        t.need(got == right, "%s+%d of a program, %s: the caller is at pc 0x%08x, sp 0x%08x, fp 0x%08x; backtrace_next finds %s (%s)" % (
            (function, 4 * instruction, "the innermost function" if innermost else "not the innermost function") + right +
            ("nobody" if got is None else "pc 0x%08x, sp 0x%08x, fp 0x%08x" % got, what)))
    k.release()


@test("1.3", "a damaged stack ends the backtrace", points=3, refusal=True, archs=("mips",), keep=MIPS_NAMES, code=MIPS_CODE)
def damaged_stack(t):
    p = t.puppet()
    stack = Stack(t, p)
    user, kernel = stack.at("lab1_first", 5), t.machine.kernel.address("sys_getpid")
    sp = stack.page + 512
    k = Kernel(t, p)
    stack.fill({sp + 44: kernel + 8, sp + 40: 0})
    ends(t, k, p, (user, sp, 0, 0), "a program's return address that points into the kernel")
    for ra in (t.value() & 0x7FFFFFFC | 0x60000000, (user | 2), 0):
        stack.fill({sp + 44: ra})
        ends(t, k, p, (user, sp, 0, 0), "a return address that is no code: 0x%08x" % ra)
    stack.fill({sp + 44: user})
    ends(t, k, p, (user, stack.page + 4096 * 2 - 16, 0, 0), "a stack whose page is not mapped")
    ends(t, k, p, (user, stack.page + 4096 - 44, 0, 0), "a frame whose saved ra is on a page that is not mapped")
    ends(t, k, p, (user, sp + 2, 0, 0), "sp that is no multiple of 4")
    ends(t, k, p, (t.value() & 0x0FFFFFFC | 0x60000000, sp, 0, user), "pc where there is no code")
    leaf = stack.at("lab1_leaf", 1)
    ends(t, k, p, (leaf, sp, 0, leaf), "a function without a frame that returns to itself")
    start_end = t.machine.kernel.address("start_end")
    ends(t, k, p, (t.machine.kernel.address("sys_getpid"), k.registers["sp"], 0, start_end), "where the kernel itself began (start_end)")
    ends(t, k, p, (t.machine.kernel.address("sys_getpid"), k.registers["sp"], 0, user), "a kernel function that would return into a program")
    k.release()


CHAIN_NAMES = ("lab1_outer", "lab1_middle", "lab1_inner", "lab1_flag")
CHAIN_CODE = """
volatile int lab1_flag;
int lab1_outer(int), lab1_middle(int), lab1_inner(int);
__attribute__((noinline)) int lab1_inner(int n) { while (!lab1_flag) n += lab1_flag; return n; }
__attribute__((noinline)) int lab1_middle(int n)
{
	volatile char room[77];
	room[n] = n;
	return (n > 1 ? lab1_outer(n - 1) : lab1_inner(n)) + room[n];
}
__attribute__((noinline)) int lab1_outer(int n)
{
	volatile int room[21];
	room[n] = n;
	return lab1_middle(n) * 3 + room[n];
}
"""


def ask_monitor(t, keys_typed, seconds=15):
    """The machine runs; what the monitor prints for these keys."""
    m = t.machine
    begin = len(m.console)
    m.gdb._send("c")
    try:
        for text in keys_typed:
            m.guest.send(text)
            m.guest.expect(r"^K> ", seconds)
        return m.console[begin:]
    except GuestError as error:
        if "is not written yet" in m.console[begin:]:
            m._explain("")  # raises NotWritten
        raise Broken("the monitor does not answer: %s" % str(error).splitlines()[0]) from None


def pause(m):
    """Stop the machine that ask_monitor let run."""
    try:
        m.gdb._socket.sendall(b"\x03")
        m.gdb._receive(10)
    except (OSError, Ended):
        raise Stuck("the machine is gone") from None


@test("1.3", "the monitor's backtrace of a program that was interrupted", points=3, keep=CHAIN_NAMES, code=CHAIN_CODE)
def printed_backtrace(t):
    p, m = t.puppet(), t.machine
    depth, names = t.rng.randrange(2, 6), CHAIN_NAMES[:3]
    p.store(m.symbols.address("lab1_flag"), 0)
    flag = p.walk(m.symbols.address("lab1_flag"))
    at = {n: m.symbols.address(n) for n in names}
    if t.arch == "i386":
        p.write(p.sp - 256, struct.pack("<I", depth))
        p.order("do_call", [at["lab1_outer"]], {"esp": p.sp - 256})
    else:
        p.order("do_call", [0, depth], {"t9": at["lab1_outer"], "sp": p.sp - 256})
    returns = []
    for i in range(2 * depth + 1):
        function = "lab1_inner" if i == 2 * depth else names[i % 2]
        now = m.run_to(at[function])
        returns.append(struct.unpack("<I", p.read(now["esp"], 4))[0] if t.arch == "i386" else now["ra"])
        for _ in range(12 if i == 2 * depth else 1):  # into the loop: before that the PC's chain leaves out a caller
            m.gdb.step()
    text = ask_monitor(t, ["\x1d", "backtrace\r"])
    got = [int(n, 16) for n in re.findall(r"^  #\d+ 0x([0-9a-f]{8})", text, re.MULTILINE)]
    m.guest.send("continue\r")
    m.write32(flag.physical, 1)
    m.guest.expect(r"continue$", 10)
    pause(m)
    t.need(got, "the monitor's backtrace printed no frame")
    size = m.symbols.by_name["lab1_inner"].size
    t.need(at["lab1_inner"] <= got[0] < at["lab1_inner"] + size, "a program was interrupted in its loop at 0x%08x-0x%08x; the backtrace begins at 0x%08x" % (
        at["lab1_inner"], at["lab1_inner"] + size - 1, got[0]))
    want = list(reversed(returns))
    right = 0
    while right < min(len(want), len(got) - 1) and got[1 + right] == want[right]:
        right += 1
    t.need(right == len(want), "%d functions of a program have called each other; the backtrace has the first %d return addresses right, then %s; the next one "
           "is 0x%08x" % (len(want), right, "0x%08x" % got[1 + right] if len(got) > 1 + right else "ends", want[min(right, len(want) - 1)]))
    m.write32(flag.physical, 1)
    p.finish()


# --- 1.4: console input ---------------------------------------------------------------------------------------------
class Console:
    """Keys pressed by calls of console_input in a stopped kernel; and reads of the program's."""

    def __init__(self, t):
        self.t, self.m, self.model = t, t.machine, keys.Model()
        self.p = t.puppet()
        self.m = t.machine
        self.k = Kernel(t, self.p)
        shown = len(self.m.console)
        self.press_only(ord("x"))  # out of any escape sequence
        for _ in range(100):
            if len(self.m.console) > shown:
                break
            time.sleep(0.005)
        self.m.guest.write(self.m.kernel.address("for_programs") - BASE + keys.RING, bytes(12))
        self.seen = len(self.m.console)
        self.pressed = []

    def press_only(self, key):
        self.k.call("console_input", key, stops=("console_signal", "monitor", "console_wake"))
        return [s for s in self.k.stopped if s[0] != "console_wake"], any(s[0] == "console_wake" for s in self.k.stopped)

    def said(self):
        """The last keys, for a sentence."""
        names = {8: "Backspace", 127: "Delete", 10: "Enter(\\n)", 13: "Enter", 4: "Ctrl-d", 0x15: "Ctrl-u", 27: "Esc", 9: "Tab", 3: "Ctrl-c", 0x1A: "Ctrl-z",
                 0x1C: "Ctrl-\\", 0x1D: "Ctrl-]"}
        shown = [names.get(k, chr(k) if 32 <= k < 127 else "0x%02x" % k) for k in self.pressed[-24:]]
        return ("... " if len(self.pressed) > 24 else "") + " ".join(shown)

    def press(self, *pressed):
        for key in pressed:
            sent, calls = len(self.model.sent), len(self.model.called)
            self.pressed.append(key)
            self.model.press(key)
            got, woken = self.press_only(key)
            want = self.model.called[calls:]
            if [(n, None if n == "monitor" else v) for n, v in got] != want:
                raise Broken("keys %s: %s" % (self.said(), "they must call %s(%s)" % want[0] if want else "they call %s(%s), for no reason" % got[0]))
            if len(self.model.sent) > sent:
                self.t.need(woken, "keys %s: a line is ready, and no reader is woken" % self.said())

    def type(self, text):
        self.press(*(ord(c) for c in text))

    def read(self, n, rule):
        """The program reads n bytes: what the model says. Nothing ready: console_line_ready says so."""
        ready = bool(self.k.call("console_line_ready") & 0xFF)
        self.t.need(ready == self.model.ready(), "keys %s: there is %s to read, and console_line_ready says %s: %s" % (
            self.said(), "something" if self.model.ready() else "nothing", ready, rule))
        if not ready:
            return None
        want = self.model.read(n)
        self.k.release()
        p = self.p
        p.write(p.data + 1024, bytes([POISON]) * 300)
        result = p.syscall("read", 0, p.data + 1024, n)
        data = p.read(p.data + 1024, 300)
        self.k = Kernel(self.t, p)
        self.t.need(result == len(want) and data[:max(result, 0)] == want, "keys %s: read(0, buf, %d) returns %d %r, right is %d %r: %s" % (
            self.said(), n, result, data[:max(0, min(result, 60))], len(want), want[:60], rule))
        self.t.need(data[len(want):] == bytes([POISON]) * (300 - len(want)), "keys %s: read(0, buf, %d) writes past the %d bytes it returns" % (self.said(), n, len(want)))
        return want

    def read_all(self, rule, sizes=(200,)):
        while self.read(self.t.rng.choice(sizes), rule) is not None:
            pass

    def shows(self, rule):
        """What has been echoed since the last time."""
        for _ in range(50):
            shown = self.m.console[self.seen:]
            if len(shown) >= len(self.model.shown):
                break
            time.sleep(0.01)
        self.t.need(shown == self.model.shown, "keys %s: the screen shows %r, right is %r: %s" % (self.said(), shown[-60:], self.model.shown[-60:], rule))
        self.seen, self.model.shown = len(self.m.console), ""

    def done(self):
        self.k.release()


def word(t, least=3, most=12):
    return "".join(t.rng.choice("abcdefghijklmnopqrstuvwxyz .,") for _ in range(t.rng.randrange(least, most)))


@test("1.4", "lines, one at a read", points=3, not_in_bochs=SCREEN)
def lines(t):
    c = Console(t)
    c.type(word(t))
    c.read(200, "a line that has not ended is nothing to read yet")
    for _ in range(3):
        c.press(t.rng.choice((10, 13)))
        c.type(word(t))
    c.press(13)
    c.read_all("a read ends with a newline, and what follows stays for the next one")
    c.shows("characters are echoed, and Enter goes to a new line")
    c.type(word(t, 12, 20) + "\r" + word(t) + "\n")
    c.read_all("a short buffer gets a part of a line; the rest stays for the next read", (1, 2, 3, 5))
    c.press(13)
    c.read(200, "an empty line is its newline")
    c.done()


@test("1.4", "a typed line comes to a program that waits for it", points=2, not_in_bochs=SCREEN)
def typed(t):
    p = t.puppet()
    t.machine.guest.write(t.machine.kernel.address("for_programs") - BASE + keys.RING, bytes(12))
    text = word(t)
    p.write(p.data + 1024, bytes([POISON]) * 64)
    t.type("x\x15" + word(t, 4, 6) + "\x15" + text + "q\x7f\r")
    result = p.syscall("read", 0, p.data + 1024, 64)
    data = p.read(p.data + 1024, 64)
    t.need(data[:max(result, 0)] == text.encode() + b"\n", "typed at the serial line: a word, Ctrl-u, \"%s\", q, Delete, Enter; read returns %d %r" % (
        text, result, data[:max(result, 0)]))


@test("1.4", "erasing a character, and a line", points=3, not_in_bochs=SCREEN)
def editing(t):
    c = Console(t)
    first = word(t)
    c.type(first + "\r" + word(t, 3, 5))
    c.press(*[t.rng.choice((8, 127)) for _ in range(8)])
    c.shows("Backspace or Delete takes one character off the screen, as long as there is one")
    c.type(word(t) + "\r")
    c.read_all("Backspace and Delete erase what is being typed, never a line that has been sent off")
    c.type(word(t) + "\n" + word(t))
    c.press(0x15)
    c.shows("Ctrl-u takes the whole line off the screen")
    c.type(word(t))
    c.press(0x15, 0x15)
    c.type("z\r")
    c.read_all("Ctrl-u erases the line being typed, and no line before it")
    c.type("ab")
    c.press(0xC3, 0xBC, 0xE2, 0x82, 0xAC, 8)
    c.shows("a character of several bytes (UTF-8) takes one place on the screen")
    c.press(127)
    c.type("c\r")
    c.read_all("a character of several bytes (UTF-8) is erased by one key, all its bytes and no other")
    c.done()


@test("1.4", "the end of input", points=3, not_in_bochs=SCREEN)
def end_of_input(t):
    c = Console(t)
    c.press(4)
    c.read(200, "Ctrl-d alone is the end of input: a read of 0 bytes")
    c.read(200, "the end of input is used up by the read that it ended")
    text = word(t)
    c.type(text)
    c.press(4)
    c.read(200, "Ctrl-d after text makes that text readable, without a newline")
    c.read(200, "the end of input behind text is used up together with the text")
    c.type(text)
    c.press(4)
    c.read(len(text), "a buffer that the text just fills: the end behind it is used up, too")
    c.read(200, "the end of input behind text is used up together with the text")
    c.type(word(t) + "\r")
    c.press(4)
    c.type(word(t) + "\r")
    c.read_all("a newline ends a line; a Ctrl-d behind it is a read of 0 bytes of its own")
    c.shows("Ctrl-d shows nothing")
    c.done()


@test("1.4", "a full buffer", points=3, not_in_bochs=SCREEN)
def full_buffer(t):
    c = Console(t)
    m = t.machine
    # All but the last 20 places are filled by the host, as a line of letters being typed: the keys decide about the rest.
    have = keys.RING - t.rng.randrange(6, 20)
    text = [97 + t.rng.randrange(26) for _ in range(have)]
    at = m.kernel.address("for_programs") - BASE
    begin = t.rng.randrange(1 << 20)
    ring = bytearray(keys.RING)
    for i, key in enumerate(text):
        ring[(begin + i) % keys.RING] = key
    m.guest.write(at, bytes(ring) + struct.pack("<3I", begin, begin, begin + have))
    c.model.line = list(text)
    c.press(*[ord("A") + i % 26 for i in range(24)])
    c.shows("a key for which there is no room rings the bell; the last place is kept for what ends the line")
    c.press(8)
    c.type("!?")
    c.press(*t.rng.choice(((13,), (4,))))
    c.press(ord("x"), 13, 13, 4)
    c.shows("when not even one place is left, Enter and Ctrl-d ring the bell, too")
    got = c.read(256, "the first 256 bytes of a full buffer")
    t.need(got is not None, "a line was typed that fills the buffer; it can't be sent off")
    c.type("more\r")
    c.read_all("when something has been read there is room again, and nothing has been overwritten", (256, 100))
    c.done()


@test("1.4", "keys that are no input", points=3, not_in_bochs=SCREEN)
def special_keys(t):
    c = Console(t)
    for key in t.rng.sample((3, 0x1A, 0x1C), 3):
        c.type(word(t) + "\r" + word(t))
        c.press(key)
        c.read(200, "Ctrl-c, Ctrl-z and Ctrl-\\ take with them what was typed and not read yet")
    c.shows("they show as ^C, ^Z, ^\\ and a new line")
    c.type("a")
    c.press(keys.MONITOR)
    c.type("b\tc")
    c.press(1, 2, 7, 0x0B, 0x1E, 0)
    c.press(0xE9)
    c.type("\r")
    c.shows("a tab shows as a blank; other control characters do nothing")
    c.read_all("the tab and characters above 0x7F are text; other control characters are not")
    c.done()


@test("1.4", "escape sequences", points=2, not_in_bochs=SCREEN)
def escape_sequences(t):
    c = Console(t)
    sequences = ["\x1b[A", "\x1bOH", "\x1b[3~", "\x1b[1;5C", "\x1b[?25h"]
    for _ in range(4):
        c.type(word(t, 1, 4) + t.rng.choice(sequences))
    c.type("z\r")
    c.shows("cursor keys and their like show nothing")
    c.read_all("an escape sequence, its last letter included, is not input")
    c.type("a\x1bb\x1b\x1b[Ac")      # Esc by itself; twice
    c.type("d\x1b[12\rA\r")          # broken off by Enter
    c.type("e\x1b[1\x7f2~f\r")       # DEL is no control character below the blank: it belongs to the sequence
    c.read_all("Esc with something else behind it is no sequence; a control character breaks one off")
    c.done()


@test("1.4", "keys at random", points=1, not_in_bochs=SCREEN)
def random_keys(t):
    c, r = Console(t), t.rng
    for _ in range(120):
        kind = r.random()
        if kind < 0.6:
            c.type(r.choice("abcdefgh [OA~"))
        elif kind < 0.75:
            c.press(r.choice((8, 127)))
        elif kind < 0.9:
            c.press(r.choice((13, 10, 4)))
        else:
            c.press(r.choice((0x15, 27, 9, 0xC3, 0xBC)))
        if r.random() < 0.1:
            c.read(r.randrange(1, 20), "keys at random")
    c.read_all("keys at random", (1, 7, 200))
    c.shows("keys at random")
    c.done()
