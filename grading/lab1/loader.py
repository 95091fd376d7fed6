# grading/lab1/loader.py: the PC's loader under test: disk images around kernels made to measure, and what it does with them. (lab 1)
import os
import re
import struct

from core.build import check_symbols
from core.elf import Elf
from core.machine import NotWritten, Stuck

SECTOR, LOADER_SECTORS, KERNEL_SECTOR = 512, 62, 64
IMAGE_BYTES = 4 << 20
HEAD_ADDRESS = 0xFC00
LOW_BYTES = 0xA0000  # conventional memory: BIOS, loader, its stack and buffer
HEADERS = 4096       # the file's beginning, where its headers must be
LOAD = 1


class Segment:
    def __init__(self, paddr, content, memory, vaddr, kind=LOAD):
        self.paddr, self.content, self.memory, self.vaddr, self.kind = paddr, content, memory, vaddr, kind
        self.offset, self.wrong = 0, {}

    def header(self):
        fields = dict(kind=self.kind, offset=self.offset, vaddr=self.vaddr, paddr=self.paddr, file=len(self.content), memory=self.memory)
        fields.update(self.wrong)
        return struct.pack("<8I", *(fields[n] & 0xFFFFFFFF for n in ("kind", "offset", "vaddr", "paddr", "file", "memory")), 7, 4)


class Kernel:
    """An ELF file. wrong: {field of its header: value}."""

    def __init__(self, rng, segments, entry, headers_at=None, wrong=None):
        self.segments, self.entry, self.wrong = segments, entry, wrong or {}
        at = headers_at or 52 + rng.randrange(0, 200)
        body = bytearray(at + 32 * len(segments))
        for s in rng.sample(segments, len(segments)):  # in the file they stand in another order, with gaps
            body += bytes(rng.randrange(1, 900))
            s.offset = len(body)
            body += s.content
        self.headers_at, self.body = at, body

    def bytes(self):
        fields = dict(magic=0x464C457F, bits=1, data=1, type=2, machine=3, at=self.headers_at, size=32, count=len(self.segments))
        fields.update(self.wrong)
        head = struct.pack("<IBBB9x", fields["magic"], fields["bits"], fields["data"], 1)
        head += struct.pack("<HHIIIIIHHHHHH", fields["type"], fields["machine"], 1, self.entry & 0xFFFFFFFF, fields["at"], 0, 0, 52,
                            fields["size"], fields["count"], 0, 0, 0)
        data = bytearray(self.body)
        data[:52] = head
        for i, s in enumerate(self.segments):
            data[self.headers_at + 32 * i:self.headers_at + 32 * (i + 1)] = s.header()
        return bytes(data)


def random_bytes(rng, n):
    return bytes(rng.getrandbits(8) | 1 for _ in range(n))  # never 0: zeros are the bss'


def random_kernel(rng, sizes=(), notes=2, top=40 << 20):
    """Segments of these (file, memory) sizes and some notes, at random places with gaps between them."""
    places = rng.sample(range(1, top >> 19), len(sizes) + notes)  # of half a megabyte each
    segments = []
    for place, (size, memory) in zip(places, sizes):
        paddr = (1 << 20) + place * (1 << 19) - (1 << 19) + rng.randrange(16, 0x8000)
        segments.append(Segment(paddr, random_bytes(rng, size), memory, rng.randrange(1, 0xE00) << 20 | rng.randrange(1 << 16)))
    entry_in = rng.choice([s for s in segments if s.content])
    entry = entry_in.vaddr + rng.randrange(len(entry_in.content))
    for place in places[len(sizes):]:  # a note claims the entry's address: it is none of its business
        paddr = (1 << 20) + place * (1 << 19) - (1 << 19) + rng.randrange(16, 0x8000)
        size = rng.randrange(40, 400)
        segments.append(Segment(paddr, random_bytes(rng, size), size, entry - rng.randrange(size), rng.choice((4, 0x6474E551, 0x70000000))))
    rng.shuffle(segments)
    kernel = Kernel(rng, segments, entry)
    kernel.entry_at = entry_in.paddr + entry - entry_in.vaddr
    return kernel


class Loaded:
    """What came of it. target: where it jumped; refused: what it said, or None; reads: [(sector, count)]; problem: neither."""

    def __init__(self):
        self.target, self.refused, self.reads, self.registers, self.problem = None, None, [], None, None


class Loader:
    """The student's loader in a guest that is taken back to its first instruction for each image."""

    def __init__(self, t):
        self.t, self.build = t, t.build
        self.elf = Elf(self.link())
        self.machine = None

    def link(self):
        b, folder = self.build, self.build.folder
        flags = b.info["BOOT_CFLAGS"]
        ours = b.compile("boot/i386/loader.c", os.path.join(folder, "loader.o"), flags)
        staffs = {name: b.staff_path(os.path.join(b.info["OBJ"], "boot/i386/%s.o" % name)) for name in ("start16", "loader", "bios")}
        check_symbols(ours, staffs["loader"], "boot/i386/loader.c")
        more = [b.compile("boot/i386/lab.c", os.path.join(folder, "loader-lab.o"), flags)] if b.blank else []
        to = os.path.join(folder, "loader.elf")
        b.run(b.info["LD"].split() + b.info["LDFLAGS"].split() +
              ["-T", "boot/i386/loader.ld", "-o", to, staffs["start16"], ours, staffs["bios"]] + more, "linking the loader")
        b.run(b.info["OBJCOPY"].split() + ["-O", "binary", to, to[:-4] + ".bin"], "the loader's image")
        return to

    def boot(self, mem):
        self.image = os.path.join(self.build.folder, "loader.img")
        with open(self.build.staff_path(os.path.join(self.build.info["OBJ"], "boot/i386/boot.bin")), "rb") as file:
            boot = file.read()
        with open(self.elf.path[:-4] + ".bin", "rb") as file:
            loader = file.read()
        if len(loader) > LOADER_SECTORS * SECTOR:
            raise Stuck("the loader has %d bytes; its place on the disk, %d" % (len(loader), LOADER_SECTORS * SECTOR))
        with open(self.image, "wb") as file:
            file.write((boot + loader.ljust(LOADER_SECTORS * SECTOR, b"\0") + b"OurOSimg").ljust(IMAGE_BYTES, b"\0"))
        self.machine = self.t.fresh(disk=self.image, program=False, mem=mem)
        self.gdb, self.mem = self.machine.gdb, mem
        self.start = self.machine.run_to(self.elf.address("loader_main"))
        self.low = self.machine.read(0, LOW_BYTES)
        self.fail, self.disk_read = self.elf.address("fail"), self.elf.address("disk_read")
        self.jumps = self.find_jumps()
        self.todo = self.elf.address("lab_todo") if self.build.blank else None
        for at in self.jumps + [self.fail, self.disk_read] + ([self.todo] if self.todo else []):
            self.gdb.break_at(at)

    def alive(self):
        return self.machine is not None and self.machine is self.t._session._machine

    def find_jumps(self):
        """Where it may leave for the kernel: each jmp *register of loader_main."""
        symbol = self.elf.by_name["loader_main"]
        code = next(data[symbol.value - va:symbol.value - va + symbol.size] for va, data, _, _ in self.elf.loaded()
                    if va <= symbol.value < va + len(data))
        return [symbol.value + m.start() for m in re.finditer(rb"\xff[\xe0-\xe7]", code)]

    def run(self, kernel, command_line=b"", poison=0xA5, mem=64, cut=None, before=b""):
        """Load it. Memory at its segments holds poison before. cut: the file's bytes are cut there; the head knows. before:
        what stands in memory right before the loader's copy of the file."""
        if not self.alive() or self.mem != mem:
            self.boot(mem)
        data = kernel.bytes()[:cut]
        with open(self.image, "r+b") as file:
            file.seek(KERNEL_SECTOR * SECTOR)
            file.write(data + bytes(SECTOR))
        self.machine.guest.write(0, self.low)
        head = b"OurOSimg" + struct.pack("<I", len(data)) + command_line
        self.machine.guest.write(HEAD_ADDRESS, head.ljust(SECTOR, b"\0"))  # the boot sector has read it
        self.machine.guest.write(self.elf.address("file") - len(before), before)
        for s in kernel.segments:
            begin, end = self.area(s)
            self.machine.guest.write(begin, bytes([poison]) * (end - begin))
        self.gdb.set(**{n: self.start[n] for n in ("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags")})
        return self.follow()

    def area(self, segment):
        """A segment's place, with 64 bytes around it."""
        return max(1 << 20, segment.paddr - 64), max(1 << 20, min(self.machine.ram_bytes, segment.paddr + segment.memory + 64))

    def follow(self):
        found = Loaded()
        while True:
            self.machine.go(5)
            now = found.registers = self.gdb.registers()
            if now["eip"] == self.fail:
                found.refused = self.string(struct.unpack("<I", self.machine.read(now["esp"] + 4, 4))[0])
                return found
            if now["eip"] == self.todo:
                raise NotWritten("1.1", "the loader comes to a part that is not written yet")
            if now["eip"] in self.jumps:
                number = self.machine.read(now["eip"] + 1, 1)[0] & 7
                found.target = now[("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi")[number]]
                return found
            if now["eip"] != self.disk_read:
                raise Stuck("the loader went astray, to 0x%08x" % now["eip"])
            found.reads.append(struct.unpack("<2I", self.machine.read(now["esp"] + 4, 8)))
            self.gdb.step()  # off the breakpoint
            if len(found.reads) > 1000:
                raise Stuck("the loader reads the disk over and over again: %d reads" % len(found.reads))

    def string(self, at):
        if not self.machine.has(at):
            return ""
        return self.machine.read(at, min(600, self.machine.ram_bytes - at)).split(b"\0")[0].decode("latin-1")
