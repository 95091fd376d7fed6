#!/usr/bin/env python3
# boot/i386/test_boot.py: boots good and broken disk images in QEMU and Bochs, and reads what they say. (lab 1)
"""usage: test_boot.py [-l] [NAME...]      -l lists the tests; NAME runs those whose name contains one of the NAMEs

Builds what it needs by make boot-tests. Prints a line for each test: PASS name, FAIL name: why, or SKIP name: why.
"""
import concurrent.futures
import fcntl
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tools/check"))
import bochs
import coverage
from guest import Guest, GuestError

SECTOR, HEAD, KERNEL = 512, 63, 64
DEADLINE = 60  # seconds until a machine that says nothing is given up
HIDE_EDD, HIDE_MAP, A20_OFF, FLAKY_DISK, MAP_HOLE = 1, 2, 4, 8, 16  # test_shim.S
REFUSAL = "OurOS (?:boot|loader): .*"


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


def read(path):
    with open(path, "rb") as f:
        return f.read()


def build():
    """Build by make; the object folder and mkimage's path. One at a time, for tests may be started side by side."""
    clean = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "APPEND")}
    with open(os.path.join(TOP, "GNUmakefile")) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = subprocess.run(["make", "--no-print-directory", "ARCH=i386", "boot-tests"], cwd=TOP, env=clean,
                             stdin=subprocess.DEVNULL, capture_output=True, text=True)
    answer = re.search("^boot-tests: (.*) (.*)$", run.stdout, re.MULTILINE)
    if run.returncode or not answer:
        sys.exit(f"FAIL build: make boot-tests: {(run.stderr.strip() or run.stdout).splitlines()[-1]}")
    return [os.path.join(TOP, path) for path in answer.groups()]


OBJ, MKIMAGE = build() if not {"-h", "--help", "-l"} & set(sys.argv) else ("", "")
PART = {name: os.path.join(OBJ, "boot/i386", name) for name in
        ("boot.bin", "loader.bin", "loader.elf", "test_kernel.bin", "test_shim.bin")}


# --- kernels: ELF files made to measure ---------------------------------------------------------------------------

def segment(paddr, content, memory=None, vaddr=None, kind=1, **wrong):
    fields = dict(kind=kind, paddr=paddr, vaddr=paddr if vaddr is None else vaddr, content=content,
                  file_size=len(content), memory=len(content) if memory is None else memory)
    fields.update(wrong)
    return fields


def elf(segments, entry=0x100000, magic=b"\x7fELF", bits=1, kind=2, machine=3, count=None, gap=0):
    at = (52 + 32 * len(segments) + 15) // 16 * 16 + gap
    headers, contents = b"", b""
    for s in segments:
        headers += struct.pack("<8I", s["kind"], s.get("offset", at + len(contents)), s["vaddr"], s["paddr"],
                               s["file_size"], s["memory"], 7, 4)
        contents += s["content"]
    head = magic + bytes([bits, 1, 1]) + bytes(9)
    head += struct.pack("<HHIIIIIHHHHHH", kind, machine, 1, entry, 52, 0, 0, 52, 32,
                        len(segments) if count is None else count, 0, 0, 0)
    return (head + headers).ljust(at, b"\0") + contents


def text_segment(**more):
    return segment(0x100000, read(PART["test_kernel.bin"]), **more)


def good_kernel():
    return elf([text_segment()])


def pattern(n):
    x, out = 1, bytearray()
    for _ in range(n):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append(x >> 24)
    return bytes(out)


# --- images and machines ------------------------------------------------------------------------------------------

class Machine:
    """One test's folder, image and emulator."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="test-boot.", dir=OBJ)
        self.image = os.path.join(self.dir, "disk.img")

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as f:
            f.write(content)
        return self.path(name)

    def mkimage(self, *args):
        return subprocess.run([MKIMAGE, *args], capture_output=True, text=True)

    def build(self, kernel, append=None, loader=None):
        """An image with this kernel. A placeholder goes through mkimage, which refuses the kernels we want to try."""
        placeholder = good_kernel()
        args = ["-o", self.image, "--boot", PART["boot.bin"], "--loader", loader or PART["loader.bin"],
                "--kernel", self.write("kernel", placeholder)] + (["--append", append] if append else [])
        run = self.mkimage(*args)
        if run.returncode:
            raise Failed(f"mkimage: {run.stderr.strip()}")
        image = bytearray(read(self.image)[:KERNEL * SECTOR])
        struct.pack_into("<I", image, HEAD * SECTOR + 8, len(kernel))
        image += kernel.ljust(max((len(kernel) + SECTOR - 1) // SECTOR, 1008 - KERNEL) * SECTOR, b"\0")
        self.write("disk.img", image)
        return self

    def shim(self, faults):
        """Put test_shim.S before the boot sector."""
        image = bytearray(read(self.image))
        boot, last = image[:SECTOR], len(image) // SECTOR
        image[:SECTOR] = read(PART["test_shim.bin"])
        struct.pack_into("<II", image, 4, faults, last)
        self.write("disk.img", image + boot)
        return self

    def truncate(self, sectors):
        self.write("disk.img", read(self.image)[:sectors * SECTOR])
        return self

    def qemu(self, until, memory=32, **how):
        """Run QEMU until a line `until`, or a refusal, is on the serial line; the lines there, and the screen's."""
        screen = self.path("screen")
        if not how.get("kernel") and "extra" not in how:
            how["disk"] = self.image
        with Guest("i386", mem=memory, qmp=True, shift=None, **how) as guest:
            guest.expect(f"^(?:{re.escape(until)}|{REFUSAL})\n", DEADLINE)
            if until != END:  # at its end, the test kernel switches off
                guest.monitor(f'pmemsave 0xb8000 4000 "{screen}"')
            serial = guest.text.split("\n")
        return serial, text_screen(read(screen)) if os.path.exists(screen) else []

    def bochs(self, memory=32, **how):
        serial = self.path("serial")
        run_bochs("--image", self.image, "--mem", str(memory), "--serial", serial)
        return [line.rstrip("\r") for line in read(serial).decode("latin-1").split("\n")]


def need_bochs():
    if not bochs.here():
        raise Skipped("bochs, bochsbios and vgabios are not all installed (make deps OPTIONAL=yes)")


def run_bochs(*args):
    need_bochs()
    run = subprocess.run(["sh", os.path.join(TOP, "tools/bochs.sh"), "--timeout", str(DEADLINE), *args],
                         capture_output=True, encoding="latin-1", env=dict(os.environ, MKIMAGE=MKIMAGE))
    if run.stderr:
        raise Failed(f"bochs.sh: {run.stderr.strip()[-300:]}")
    return run


def text_screen(cells):
    """80x25 characters, each with an attribute byte, as lines."""
    text = cells[0::2].decode("latin-1").replace("\0", " ")
    return [text[i:i + 80].rstrip() for i in range(0, len(text), 80)]


def expect(wanted, got, where="the serial line"):
    wanted = [wanted] if isinstance(wanted, str) else wanted
    for line in wanted:
        if line not in got:
            raise Failed(f"{where} lacks the line {line!r}; it has {[l for l in got if l][-8:]}")


def expect_refusal(machine, line, **how):
    """The line on both the serial line and the screen, and no kernel."""
    serial, screen = machine.qemu(line, **how)
    expect(line, serial)
    expect(line, screen, "the screen")
    if "test kernel" in serial:
        raise Failed("the kernel was started all the same")


# --- tests: what works --------------------------------------------------------------------------------------------

TESTS = []
END = "end"  # the test kernel's last line


def test(function):
    TESTS.append(function)
    return function


GREETING = ["test kernel", "paging and interrupts off", "loader 'OurOS loader'"]


def memory_of(got):
    words = [line.split() for line in got if line.startswith("memory ")][0]
    return int(words[1]), int(words[2]), int(words[4])


def expect_memory(got, megabytes):
    lower, upper, usable = memory_of(got)
    if not 600 <= lower <= 640:
        raise Failed(f"memory_lower is {lower} KB; a PC has about 639")
    if not (megabytes - 2) * 1024 <= upper < megabytes * 1024:
        raise Failed(f"memory_upper is {upper} KB on a machine with {megabytes} MB")
    if usable < lower + upper or usable > megabytes * 1024:
        raise Failed(f"the map has {usable} KB of usable memory on a machine with {megabytes} MB")


@test
def qemu_boots_with_16_mb(m):
    got = m.build(good_kernel()).qemu(END, memory=16)[0]
    expect(GREETING + ["line ''", "bss clean", END], got)
    expect_memory(got, 16)


@test
def qemu_boots_with_512_mb(m):
    got = m.build(good_kernel()).qemu(END, memory=512)[0]
    expect(GREETING, got)
    expect_memory(got, 512)


@test
def bochs_boots_with_16_mb(m):
    got = m.build(good_kernel(), append="for Bochs").bochs(memory=16)
    expect(GREETING + ["line 'for Bochs'", "bss clean", END], got)
    expect_memory(got, 16)


@test
def bochs_boots_with_512_mb(m):
    got = m.build(good_kernel()).bochs(memory=512)
    expect(GREETING, got)
    expect_memory(got, 512)


@test
def command_line_of_full_length(m):
    line = ("word \"quoted\" $x " * 40)[:499]
    expect([f"line '{line}'"], m.build(good_kernel(), append=line).qemu(END)[0])


@test
def command_line_changed_in_a_copy(m):
    m.build(good_kernel(), append="first")
    run = m.mkimage("-o", m.path("copy.img"), "--from", m.image, "--append", "second")
    if run.returncode:
        raise Failed(run.stderr)
    m.image = m.path("copy.img")
    expect("line 'second'", m.qemu(END)[0])


def several_segments():
    bytes_ = 3 * 1000 * 1000 + 77
    kernel = elf([
        segment(0, b"note", kind=4),  # a note: not to be loaded, wherever it says it goes
        text_segment(vaddr=0x80100000),
        segment(0x1FFF00, b"x" * 0x100, memory=0x100 + 0x30000),
        segment(0x400000, pattern(bytes_)),
    ], entry=0x80100000, gap=123)
    return kernel, f"pattern={bytes_}"


@test
def several_megabytes_in_segments_at_odd_offsets(m):
    kernel, line = several_segments()
    expect(["test kernel", f"line '{line}'", "pattern right", "bss clean", END],
           m.build(kernel, append=line).qemu(END)[0])


@test
def several_megabytes_in_bochs(m):
    kernel, line = several_segments()
    expect(["pattern right", "bss clean", END], m.build(kernel, append=line).bochs())


@test
def bss_is_cleared_after_a_reset(m):
    kernel = several_segments()[0]
    m.build(kernel, append="dirty")
    expect(["bss clean after reset"], m.qemu(END, disk=m.image, extra=["-action", "reboot=reset"])[0])


@test
def disk_that_fails_twice_is_asked_again(m):
    kernel, line = several_segments()
    expect(["pattern right", END], m.build(kernel, append=line).shim(FLAKY_DISK).qemu(END)[0])


@test
def a20_is_switched_on(m):
    kernel, line = several_segments()
    expect(["pattern right", END], m.build(kernel, append=line).shim(A20_OFF).qemu(END)[0])


@test
def same_protocol_by_qemu_kernel(m):
    kernel = m.write("kernel", good_kernel())
    expect(["test kernel", "paging and interrupts off", "loader 'qemu'", END],
           m.qemu(END, kernel=kernel, cmdline="a b")[0])


def make_iso(m, kernel, append):
    run = subprocess.run(["sh", os.path.join(TOP, "tools/mkiso.sh"), "-o", m.path("cd.iso"), "--kernel", kernel,
                          "--append", append], capture_output=True, text=True)
    if run.returncode:
        raise (Skipped if "apt-get install" in run.stderr else Failed)(run.stderr.strip())
    return ["-cdrom", m.path("cd.iso")]


@test
def same_protocol_by_grub_from_cd(m):
    got = m.qemu(END, extra=make_iso(m, m.write("kernel", good_kernel()), 'run="a; $b" $c;(d)[e]{f}|g# &h*?<i>'))[0]
    expect(["test kernel", "paging and interrupts off", "line '\"run=a; $b\" $c;(d)[e]{f}|g# &h*?<i>'", "bss clean",
            END], got)


# --- tests: the real kernel ---------------------------------------------------------------------------------------

HELLO = "OurOS on i386: "  # its first words


def expect_program(text, status):
    lines = text.replace("\r", "").split("\n")
    if not lines[0].startswith(HELLO):
        raise Failed(f"the first line does not begin with {HELLO!r}: {lines[:3]}")
    expect(["from a program"], lines)
    if status != 0:
        raise Failed(f"the status is {status}, not 0")


APPEND = 'panic=off run="echo from a program"'


def boot_real(image_or_cd, **how):
    with Guest("i386", shift=None, **image_or_cd, **how) as guest:
        status = guest.wait(DEADLINE)
        expect_program(guest.text, status)


@test
def real_kernel_from_disk(m):
    run = m.mkimage("-o", m.image, "--from", os.path.join(OBJ, "disk.img"), "--append", APPEND)
    if run.returncode:
        raise Failed(run.stderr)
    boot_real({"disk": m.image}, mem=16)
    boot_real({"disk": m.image}, mem=512)


@test
def real_kernel_from_cd(m):
    boot_real({"extra": make_iso(m, os.path.join(OBJ, "kernel"), APPEND)})


@test
def real_kernel_in_bochs(m):
    for memory in "16", "512":
        run = run_bochs("--image", os.path.join(OBJ, "disk.img"), "--run", "echo from a program", "--mem", memory)
        expect_program(run.stdout, run.returncode)
        expect("status 0", run.stdout.split("\n"), "standard output")


@test
def failing_program_in_bochs(m):
    run = run_bochs("--image", os.path.join(OBJ, "disk.img"), "--run", "false")
    expect("status 1", run.stdout.split("\n"), "standard output")
    if run.returncode != 1:
        raise Failed(f"the exit status is {run.returncode}, not 1")


@test
def real_kernel_with_2_mb(m):
    with Guest("i386", mem=2, shift=None, disk=os.path.join(OBJ, "disk.img")) as guest:
        guest.expect("^(OurOS loader: too little memory|OurOS can't start: it needs .* memory)", DEADLINE)


@test
def debugger_of_bochs_in_batch(m):
    m.build(good_kernel())
    commands = m.write("commands", b"lb 0x7c00\nc\nx /2bx 0x7dfe\nlb 0x100000\nc\nr\ncreg\nquit\n")
    output = run_bochs("--image", m.image, "--commands", commands).stdout
    for pattern in (r"Breakpoint 1, 0x0*7c00 in", r"0x0*7dfe <bogus\+ *0>:\s+0x55\s+0xaa",
                    r"Breakpoint 2, 0x0*100000 in", r"r?ax: (0x)?(0{8}_)?2badb002", r"CR0=0x.*: pg .*PE"):
        if not re.search(pattern, output):
            raise Failed(f"the debugger's output lacks /{pattern}/: {output[-900:]}")


# --- tests: what goes wrong ---------------------------------------------------------------------------------------

def refuses(name, line, prepare, **how):
    def run(m):
        prepare(m)
        expect_refusal(m, line, **how)
    run.__name__ = name
    TESTS.append(run)


def refuses_kernel(name, line, kernel, **how):
    refuses(name, "OurOS loader: " + line, lambda m: m.build(kernel()), **how)


def big_kernel():
    return elf([text_segment(), segment(0x400000, bytes(1 << 20))])


@test
def floppy_has_no_edd(m):
    m.build(good_kernel())
    expect_refusal(m, "OurOS boot: no long disk reads (EDD): start from a hard disk, not a floppy",
                   extra=["-drive", f"file={m.image},format=raw,if=floppy"])


refuses("bios_without_edd", "OurOS boot: no long disk reads (EDD): start from a hard disk, not a floppy",
        lambda m: m.build(good_kernel()).shim(HIDE_EDD))
refuses("bios_without_memory_map",
        "OurOS loader: no memory map from the BIOS (E820): this machine is too old",
        lambda m: m.build(good_kernel()).shim(HIDE_MAP))
refuses("reserved_memory_in_the_kernels_place",
        "OurOS loader: too little memory: segment 0 ends at 5120 KB, memory at 2048 KB",
        lambda m: m.build(elf([text_segment(memory=4 << 20)])).shim(MAP_HOLE))
refuses("image_cut_short_in_the_loader", "OurOS boot: disk error 0x0c reading sectors 1 to 63",
        lambda m: m.build(good_kernel()).truncate(40))
refuses("image_cut_short_in_the_kernel",
        "OurOS loader: the disk is cut short: 1500 of 2123 sectors: copy it again",
        lambda m: m.build(big_kernel()).truncate(1500))


@test
def image_cut_short_in_bochs(m):
    expect("OurOS loader: the disk is cut short: 1500 of 2123 sectors: copy it again",
           m.build(big_kernel()).truncate(1500).bochs())


@test
def sectors_without_a_loader(m):
    m.build(good_kernel())
    image = bytearray(read(m.image))
    image[SECTOR:KERNEL * SECTOR] = bytes((KERNEL - 1) * SECTOR)
    m.write("disk.img", image)
    expect_refusal(m, "OurOS boot: sectors 1 to 63 hold no loader: write the disk again with mkimage")


def bad_sector(m, sector):
    return ["-drive", f"if=ide,driver=raw,rerror=report,file.driver=blkdebug,file.image.driver=file,"
            f"file.image.filename={m.image},file.inject-error.0.event=read_aio,file.inject-error.0.errno=5,"
            f"file.inject-error.0.sector={sector}"]


@test
def disk_error_under_the_loader(m):
    m.build(good_kernel())
    expect_refusal(m, "OurOS boot: disk error 0x0c reading sectors 1 to 63", extra=bad_sector(m, 20))


@test
def disk_error_in_the_kernel(m):
    m.build(big_kernel())
    expect_refusal(m, "OurOS loader: disk error 0xc reading sectors 202 to 265", extra=bad_sector(m, 210))


@test
def a20_stuck(m):
    """No emulator has a stuck line, so the loader's test of it is patched to say no."""
    loader, at = bytearray(read(PART["loader.bin"])), symbol("a20_works") - 0x8000
    loader[at:at + 3] = b"\x31\xc0\xc3"  # xor %eax, %eax; ret
    m.build(good_kernel(), loader=m.write("loader.bin", loader))
    expect_refusal(m, "OurOS loader: address line A20 is stuck: memory past 1 MB is out of reach")


def symbol(name):
    found = coverage.symbols(PART["loader.elf"]).get(name)
    if found is None:
        raise Failed(f"the loader has no symbol {name}")
    return found


refuses_kernel("elf_magic", "sector 64 holds no ELF file: it begins with 0x464c4558",
               lambda: elf([text_segment()], magic=b"XELF"))
refuses_kernel("elf_class", "the kernel is not a 32-bit ELF file (class 2): build it with -m32",
               lambda: elf([text_segment()], bits=2))
refuses_kernel("elf_machine", "the kernel is for ELF machine 8, not the i386: set ARCH=i386",
               lambda: elf([text_segment()], machine=8))
refuses_kernel("elf_type", "the kernel is no executable (ELF type 3): link it without -pie",
               lambda: elf([text_segment()], kind=3))
refuses_kernel("elf_without_segments", "the kernel's ELF header lists no segments to load",
               lambda: elf([text_segment()], count=0))
refuses_kernel("elf_with_notes_only", "the kernel's ELF header lists no segments to load",
               lambda: elf([text_segment(kind=4)]))
refuses_kernel("elf_with_too_many_segments", "the kernel's segment list is not in the file's first 4096 bytes",
               lambda: elf([text_segment()], count=1000))
refuses_kernel("segment_below_1_mb", "segment 1 would go to 0xff000, below 1 MB: the loader is there",
               lambda: elf([text_segment(), segment(0xFF000, b"x")]))
refuses_kernel("segment_past_memory",
               "too little memory: segment 1 ends at 32772 KB, memory at 32640 KB",
               lambda: elf([text_segment(), segment(0x2000000, bytes(4096))]), memory=32)
refuses_kernel("segment_past_4_gb", "the kernel is too large: segment 1, 0x2000 bytes, ends past 4 GB",
               lambda: elf([text_segment(), segment(0xFFFFF000, bytes(0x2000))]))
refuses_kernel("segment_past_the_file", "segment 1 ends past the kernel file's 5700 bytes: cut short?",
               lambda: elf([text_segment(), segment(0x200000, b"x" * 10, file_size=5000000, memory=5000000)])
               .ljust(5700, b"\0"))
refuses_kernel("segment_with_more_file_than_memory", "segment 0 is larger in the kernel's file than in memory",
               lambda: elf([text_segment(memory=8)]))
refuses_kernel("entry_outside", "the kernel's entry 0x300000 is in none of its segments",
               lambda: elf([text_segment()], entry=0x300000))
refuses_kernel("kernel_larger_than_memory",
               "too little memory: segment 0 ends at 33792 KB, memory at 16256 KB",
               lambda: elf([text_segment(memory=32 << 20)]), memory=16)
refuses_kernel("machine_with_2_mb",
               "too little memory: segment 0 ends at 3072 KB, memory at 1920 KB",
               lambda: elf([text_segment(memory=2 << 20)]), memory=2)


# --- tests: mkimage and the scripts -------------------------------------------------------------------------------

def refused_command(name, line, command, need=lambda: None):
    def run(m):
        need()
        got = subprocess.run(command(m), capture_output=True, text=True, env=dict(os.environ, MKIMAGE=MKIMAGE))
        if got.returncode == 0:
            raise Failed("the command succeeded")
        expect(line.format(dir=m.dir), got.stderr.split("\n"), "standard error")
    run.__name__ = name
    TESTS.append(run)


def mkimage_with(**parts):
    def command(m):
        files = {"boot": PART["boot.bin"], "loader": PART["loader.bin"], "kernel": m.write("good", good_kernel())}
        args = [MKIMAGE, "-o", m.path("out.img")]
        for name, content in parts.items():
            if name != "append":
                files[name] = m.write(name, content) if content is not None else m.path(name)
        for name, path in files.items():
            args += ["--" + name, path]
        return args + (["--append", parts["append"]] if "append" in parts else [])
    return command


refused_command("mkimage_without_kernel", "mkimage: {dir}/kernel: No such file or directory", mkimage_with(kernel=None))
refused_command("mkimage_empty_kernel", "mkimage: {dir}/kernel: the file is empty", mkimage_with(kernel=b""))
refused_command("mkimage_kernel_no_elf", "mkimage: {dir}/kernel: not an ELF file", mkimage_with(kernel=b"x" * 100))
refused_command("mkimage_kernel_for_mips",
                "mkimage: {dir}/kernel: an ELF file, but not for the i386: build it with ARCH=i386",
                mkimage_with(kernel=elf([segment(0x100000, b"x")], machine=8)))
refused_command("mkimage_boot_too_long", "mkimage: {dir}/boot: a boot sector has 512 bytes, this file has 600",
                mkimage_with(boot=bytes(600)))
refused_command("mkimage_boot_unsigned",
                "mkimage: {dir}/boot: no boot sector: it does not end with the bytes 55 aa",
                mkimage_with(boot=bytes(512)))
refused_command("mkimage_boot_in_partition_table",
                "mkimage: {dir}/boot: byte 450 is not 0: from 446 on, the partition table stands",
                mkimage_with(boot=bytes(450) + b"x" + bytes(59) + b"\x55\xaa"))
refused_command("mkimage_loader_too_long",
                "mkimage: {dir}/loader: 31745 bytes, but the loader's place, sectors 1 to 62, has 31744",
                mkimage_with(loader=bytes(62 * 512 + 1)))
refused_command("mkimage_append_too_long", "mkimage: --append: 500 characters, at most 499 fit",
                mkimage_with(append="x" * 500))
refused_command("mkimage_from_no_image", "mkimage: {dir}/x: no OurOS disk image: sector 63 has no head",
                lambda m: [MKIMAGE, "-o", m.path("y"), "--from", m.write("x", bytes(100000)), "--append", "z"])
refused_command("bochs_without_image", "bochs.sh: {dir}/none.img is missing: run make",
                lambda m: ["sh", os.path.join(TOP, "tools/bochs.sh"), "--batch", "--image", m.path("none.img")],
                need_bochs)


@test
def boot_sector_that_is_too_long_does_not_link(m):
    source = m.write("long.s", b".globl boot_start\nboot_start: .fill 447, 1, 0x90\n")
    here = [(words, linker) for words, linker in ((["i686-elf-gcc"], "i686-elf-ld"), (["i686-linux-gnu-gcc"], "i686-linux-gnu-ld"),
            (["clang", "--target=i686-elf"], "ld.lld"), (["gcc", "-m32"], "ld")) if shutil.which(words[0]) and shutil.which(linker)]
    compiler, linker = here[0]
    subprocess.run(compiler + ["-c", "-o", m.path("long.o"), source], check=True)
    run = subprocess.run([linker, "-m", "elf_i386", "-T", os.path.join(TOP, "boot/i386/boot.ld"), "-e", "boot_start",
                          "-o", m.path("long.elf"), m.path("long.o")], capture_output=True, text=True)
    if run.returncode == 0 or "boot/i386/boot.S is longer than the 446 bytes a boot sector has" not in run.stderr:
        raise Failed(f"the linker said: {run.stderr.strip() or 'nothing'}")


# --- running them -------------------------------------------------------------------------------------------------

def run_one(function):
    name = function.__name__
    m = Machine()
    try:
        function(m)
        return f"PASS {name}"
    except Skipped as why:
        return f"SKIP {name}: {why}"
    except (Failed, GuestError, OSError, subprocess.SubprocessError) as why:
        one_line = " ".join(str(why).split("\n"))
        return f"FAIL {name}: {one_line}\n     again: python3 boot/i386/test_boot.py {name}"
    finally:
        shutil.rmtree(m.dir)


def main():
    args = sys.argv[1:]
    if "-h" in args or "--help" in args:
        print(__doc__.strip())
        return 0
    names = [a for a in args if a != "-l"]
    chosen = [t for t in TESTS if not names or any(n in t.__name__ for n in names)]
    if not chosen:
        print(f"test_boot.py: no test's name contains {' or '.join(names)}; -l lists them", file=sys.stderr)
        return 2
    if "-l" in args:
        print("\n".join(t.__name__ for t in chosen))
        return 0
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for line in pool.map(run_one, chosen):
            print(line, flush=True)
            failed += line.startswith("FAIL")
    return 1 if failed else 0


sys.exit(main())
