# tools/check/outside.py: what the kernel says of its page tables against what others see from outside. (lab 2)
"""The program `layout` maps pages of every kind and waits. Then one address space is read

  i386   by the kernel (monitor command map), by QEMU (`info tlb`, `info mem`), by Bochs, which boots the same disk image
         (`info tab`, raw memory), and by a walk of raw memory from CR3, written down here once more
  MIPS   by the kernel and by a walk of raw memory from the directory, which is found by its self entry: there is
         no CR3; and QEMU's log of exceptions shows how the refill handler uses the tables

Accessed and dirty bits are left out: they change by themselves."""
import os
import re
import tempfile

import bochs
import coverage
from guest import EMULATOR, Guest
from job import ARCHES, FAIL, PASS, ROOT, SKIP, Failure, Job, Result, Variant, command, need

PAGE, LARGE = 0x1000, 0x400000
KINDS = ["nothing", "demand", "swapped", "object", "held"]
ACCESSED_DIRTY = 0x60
MEMORY_MB = 64


class Page:
    """What is known of one page. None: this source can't say."""

    def __init__(self, frame=None, user=None, write=None, absent=None):
        self.frame, self.user, self.write, self.absent = frame, user, write, absent

    def __str__(self):
        if self.absent:
            return self.absent
        words = ["nothing" if self.frame is None else "frame 0x%08x" % self.frame]
        if self.user is not None:
            words.append("user" if self.user else "kernel")
        if self.write is not None:
            words.append("writable" if self.write else "read-only")
        return " ".join(words)


def differences(a_name, a, b_name, b):
    """Where two {va: Page} disagree. What either can't say is left out."""
    found = []
    for va in sorted(set(a) | set(b)):
        one, two = a.get(va, Page()), b.get(va, Page())
        unlike = [x for x in ("frame", "user", "write", "absent")
                  if getattr(one, x) != getattr(two, x) and
                  (x == "frame" or None not in (getattr(one, x), getattr(two, x)))]
        if unlike:
            found.append("0x%08x: %s says %s, %s says %s" % (va, a_name, one, b_name, two))
    return found


def compare(job, a_name, a, b_name, b):
    found = differences(a_name, a, b_name, b)
    name = "%s/%s and %s agree" % (job.name, a_name, b_name)
    if not a or not b:
        return Result(name, FAIL, "%s shows nothing at all" % (b_name if a else a_name))
    if found:
        job.log("\n".join(found))
        return Result(name, FAIL, "%d pages differ; %s" % (len(found), "; ".join(found[:3])))
    job.log("%s: %d pages" % (name, len(set(a) | set(b))))
    return Result(name, PASS)


def present(pages):
    return {va: page for va, page in pages.items() if not page.absent}


# Raw memory.
def walk_i386(table, root):
    """{va: Page} by a walk from the directory in frame root; table(frame) gives 1024 words."""
    pages = {}
    for k, pde in enumerate(table(root)):
        if not pde & 1:
            reserve(pages, k, pde, pde >> 12)
            continue
        if pde & 0x80:
            for i in range(1024):
                pages[k * LARGE + i * PAGE] = Page((pde & 0xFFC00000) + i * PAGE, bool(pde & 4), bool(pde & 2))
            continue
        for i, pte in enumerate(table(pde & ~0xFFF)):
            both = pde & pte
            if pte & 1:
                pages[k * LARGE + i * PAGE] = Page(pte & ~0xFFF, bool(both & 4), bool(both & 2))
            elif pte >> 3 & 7:
                pages[k * LARGE + i * PAGE] = Page(absent="%s 0x%05x" % (KINDS[pte >> 3 & 7], pte >> 12))
    return pages


def reserve(pages, k, pde, payload):
    """A directory entry that is absent, and says what all 4 MB are."""
    if pde >> 3 & 7:
        for i in range(1024):
            pages[k * LARGE + i * PAGE] = Page(absent="%s 0x%05x" % (KINDS[pde >> 3 & 7], payload))


def walk_mips(table, root):
    pages = {}
    for k, pde in enumerate(table(root)):
        if not pde & 2:
            reserve(pages, k, pde, (pde & 0x03FFFFC0) >> 6)
            continue
        for i, pte in enumerate(table((pde & 0x03FFFFC0) << 6)):
            va = k * LARGE + i * PAGE
            if pte & 2:
                pages[va] = Page((pte & 0x03FFFFC0) << 6, va < 0x80000000, bool(pte & 4))
            elif pte >> 3 & 7:
                pages[va] = Page(absent="%s 0x%05x" % (KINDS[pte >> 3 & 7], (pte & 0x03FFFFC0) >> 6))
    return pages


def find_directories(guest, slot):
    """Frames whose entry number slot names the frame itself (MIPS)."""
    return [pa for pa in range(0, guest.mem << 20, PAGE)
            if (lambda e: e & 2 and (e & 0x03FFFFC0) << 6 == pa)(guest.read32(pa + 4 * slot))]


# What others print.
MAP_LINE = re.compile(r"^0x([0-9a-f]{8})-0x([0-9a-f]{8}) +\d+ KB +(?:frame 0x([0-9a-f]{8}) (user|kernel) (\S\S\S)( .*?)?|"
                      r"(\w+) 0x([0-9a-f]{5}) .*?) {2,}", re.MULTILINE)


def parse_map(text):
    """The kernel's own map."""
    pages = {}
    for match in MAP_LINE.finditer(text):
        first, last = int(match.group(1), 16), int(match.group(2), 16)
        for n, va in enumerate(range(first, last + 1, PAGE)):
            if match.group(7):
                pages[va] = Page(absent="%s 0x%s" % (match.group(7), match.group(8)))
            else:
                write = match.group(5)[1] == "w" and "cow" not in (match.group(6) or "") # as the hardware has it
                pages[va] = Page(int(match.group(3), 16) + n * PAGE, match.group(4) == "user", write)
    return pages


def parse_info_tlb(text):
    """QEMU's walk: each entry by itself, so permissions of both levels are not combined."""
    pages = {}
    for va, pa, flags in re.findall(r"^([0-9a-f]+): ([0-9a-f]+) (\S+)$", text, re.MULTILINE):
        for n in range(1024 if flags[2] == "P" else 1):
            pages[int(va, 16) + n * PAGE] = Page(int(pa, 16) + n * PAGE)
    return pages


def parse_info_mem(text, frames):
    """QEMU's permissions, both levels combined. It has no frames: those of `frames` are filled in."""
    pages = {}
    for first, end, flags in re.findall(r"^([0-9a-f]+)-([0-9a-f]+) [0-9a-f]+ (\S+)$", text, re.MULTILINE):
        for va in range(int(first, 16), int(end, 16), PAGE):
            pages[va] = Page(frames[va].frame if va in frames else -1, flags[0] == "u", flags[2] == "w")
    return pages


def parse_info_tab(text):
    """Bochs' walk."""
    pages = {}
    for first, last, pa in re.findall(r"^0x([0-9a-f]+)-0x([0-9a-f]+) -> 0x([0-9a-f]+)-", text, re.MULTILINE):
        for n, va in enumerate(range(int(first, 16), int(last, 16) + 1, PAGE)):
            pages[va] = Page(int(pa, 16) + n * PAGE)
    return pages


def kernel_map(job, guest):
    """Stop in the monitor, where nothing moves, and let the kernel print its map."""
    guest.expect(r"^layout: ready", min(60, job.left()))
    guest.send("\x1d")
    guest.expect(r"^K> ", 20)
    begin = guest.console.position
    guest.send("map\n")
    guest.expect(r"^K> ", 60)
    text = guest.text[begin:]
    job.log(text)
    return parse_map(text)


# i386.
def image_with(job, kernel, append, folder):
    image = os.path.join(folder, "disk.img")
    done = command(job, [os.path.join(ROOT, "obj/tools/mkimage"), "-o", image, "--from",
                         bochs.image_of(kernel), "--append", append])
    if done.code:
        raise Failure("mkimage: " + done.output.strip())
    return image


def check_variety(job, pages):
    """Is there enough to compare? The program's kinds of pages, the windows, the kernel's own."""
    kinds = {str(Page(None, p.user, p.write)) if not p.absent else p.absent.split()[0] for p in pages.values()}
    tables = {va >> 22 for va, p in pages.items() if va < 0x7FC00000 and not p.absent}
    wanted = {"nothing user writable", "nothing user read-only", "nothing kernel writable", "demand", "held"}
    if wanted - kinds or len(tables) < 10:
        return Result(job.name + "/the map is varied", FAIL, "missing: %s; %d tables" % (wanted - kinds, len(tables)))
    return Result(job.name + "/the map is varied", PASS)


def run_i386(job):
    need(EMULATOR["i386"])
    with tempfile.TemporaryDirectory(prefix="ouros-check-") as folder:
        image = image_with(job, job.kernel(), "panic=off run=layout", folder)
        with Guest("i386", disk=image, mem=MEMORY_MB, ram=True, qmp=True) as guest:
            kernel = kernel_map(job, guest)
            guest.stop()
            root = guest.register("CR3")
            tables = {root: guest.table(root)}
            for pde in tables[root]:
                if pde & 1 and not pde & 0x80:
                    tables[pde & ~0xFFF] = guest.table(pde & ~0xFFF)
            raw = walk_i386(tables.get, root)
            tlb = parse_info_tlb(guest.monitor("info tlb"))
            mem = parse_info_mem(guest.monitor("info mem"), raw)
        results = [check_variety(job, kernel), compare(job, "the kernel", kernel, "raw memory", raw),
                   compare(job, "info tlb", tlb, "raw memory", present(raw)),
                   compare(job, "info mem", mem, "the kernel", present(kernel))]
        return results + run_bochs(job, image, root, tables, kernel)


def run_bochs(job, image, root, tables, kernel):
    """The same image in Bochs, stopped where layout begins to wait. Same image, same memory: the same frames."""
    if not bochs.here():
        return [Result(job.name + "/Bochs", SKIP, "bochs, bochsbios and vgabios are not all installed (make deps OPTIONAL=yes)")]
    commands = ["lb 0x%x" % coverage.symbols(job.kernel())["sched_wait"], "c", "creg", "info tab"]
    commands += ["xp /1024wx 0x%x" % frame for frame in sorted(tables)] + ["quit"]
    with tempfile.NamedTemporaryFile("w", suffix=".bochs") as file:
        file.write("\n".join(commands) + "\n")
        file.flush()
        done = command(job, ["sh", "tools/bochs.sh", "--image", image, "--mem", str(MEMORY_MB), "--timeout", "60",
                             "--commands", file.name])
    words = {}
    for line in re.findall(r"^0x([0-9a-f]+) <.*?>:((?:\t0x[0-9a-f]{8})+)", done.output, re.MULTILINE):
        for n, word in enumerate(line[1].split()):
            words[int(line[0], 16) + 4 * n] = int(word, 16)
    cr3 = re.search(r"^CR3=0x([0-9a-f]+)", done.output, re.MULTILINE)
    if not cr3 or "layout: ready" not in done.output:
        return [Result(job.name + "/Bochs", FAIL, "it did not come to where layout waits: " + done.output[-400:].strip())]
    if int(cr3.group(1), 16) != root:
        return [Result(job.name + "/Bochs", FAIL, "its CR3 is 0x%s, QEMU's 0x%08x" % (cr3.group(1), root))]
    tab = parse_info_tab(done.output)
    return [compare(job, "Bochs' info tab", tab, "the kernel", present(kernel)), same_words(job, words, tables)]


def same_words(job, words, tables):
    """Each word of the directory and of all tables, present or not, in both emulators."""
    name = job.name + "/Bochs and QEMU hold the same tables"
    for frame, table in tables.items():
        for n, word in enumerate(table):
            other = words.get(frame + 4 * n)
            mask = ACCESSED_DIRTY if word & 1 else 0
            if other is None or (word ^ other) & ~mask:
                return Result(name, FAIL, "word at physical 0x%08x: 0x%08x in QEMU, %s in Bochs" %
                              (frame + 4 * n, word, "nothing" if other is None else "0x%08x" % other))
    return Result(name, PASS)


# MIPS.
def run_mips(job):
    need(EMULATOR["mips"])
    slot = job.variants[0].slot
    with tempfile.NamedTemporaryFile("r", suffix=".log", errors="replace") as log, \
            Guest("mips", kernel=job.kernel(), cmdline="panic=off run=layout", mem=MEMORY_MB, ram=True, qmp=True,
                  log=log.name) as guest:
        kernel = kernel_map(job, guest)
        guest.stop()
        walks = [(walk_mips(guest.table, pa), pa) for pa in find_directories(guest, slot)]
        user = [(pages, pa) for pages, pa in walks if any(va < 0x7FC00000 for va in pages)]
        if len(user) != 1:
            raise Failure("%d directories name themselves in entry 0x%03x, %d of them with pages below UTOP: wanted 1" %
                          (len(walks), slot, len(user)))
        job.log("directory in frame 0x%08x" % user[0][1])
        results = [check_variety(job, kernel), compare(job, "the kernel", kernel, "raw memory", user[0][0])]
        return results + nested_refills(job, log.read(), job.variants[0].pt_base)


TRAP = re.compile(r"enter: PC ([0-9a-f]+) EPC ([0-9a-f]+) (.*?) exception\n.*?: PC ([0-9a-f]+) EPC ([0-9a-f]+) cause (\d+)\n"
                  r"\s+S ([0-9a-f]+) C ([0-9a-f]+) A ([0-9a-f]+)")


def nested_refills(job, text, pt_base):
    """A program misses: refill vector, BadVAddr below UTOP. The handler's load misses in turn: general vector, EXL set,
    EPC still the program's, BadVAddr the address of that page's PTE pair in the window."""
    traps = [(int(pc, 16) & 0xFFFFFFFF, int(epc, 16) & 0xFFFFFFFF, int(vector, 16) & 0xFFFFFFFF, int(bad, 16) & 0xFFFFFFFF)
             for pc, _, _, vector, epc, _, _, _, bad in TRAP.findall(text)]
    refills = [t for t in traps if t[2] & 0xFFF == 0 and t[3] < 0x7FC00000]
    nested = 0
    for (_, epc1, base, va), (pc2, epc2, vector, bad) in zip(traps, traps[1:]):
        expected = pt_base + (va >> 13 << 3)
        if va < 0x7FC00000 and base & 0xFFF == 0 and vector == base + 0x180 and base <= pc2 < base + 0x80 and \
                bad in (expected, expected + 4) and epc1 == epc2:
            nested += 1
    job.log("%d exceptions, %d refills of programs' pages, %d nested ones" % (len(traps), len(refills), nested))
    results = []
    for name, count in (("programs' pages are refilled", len(refills)), ("nested refills go through the window", nested)):
        results.append(Result("%s/%s" % (job.name, name), PASS if count else FAIL,
                              "" if count else "none among %d exceptions in QEMU's log" % len(traps)))
    return results


def jobs(slots):
    run = {"i386": run_i386, "mips": run_mips}
    found = []
    for arch in ARCHES:
        found.append(Job("outside-%s-0x%08X" % (arch, slots[0] << 22), run[arch], 120, [Variant(arch)]))
        for slot in slots[1:3]:
            found.append(Job("outside-%s-0x%08X" % (arch, slot << 22), run[arch], 120,
                             [Variant(arch, slot, TESTS=1, DEBUG=1)]))
    return found
