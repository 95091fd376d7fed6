# grading/core/bochs.py: a PC in Bochs, driven by its debugger: what Guest and Gdb are for one in QEMU. (labs 1-4)
"""Bochs is the stricter machine: a translation stays in its TLB until it is flushed, a global one through a CR3 reload, too.
Its debugger takes a command a line and answers up to its next prompt, which is numbered. Nothing of the guest's reaches that
stream: its serial line goes to a file, and the debug port is off."""
import os
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

from . import confine
from .gdb import Ended, GdbError
from .lab import ROOT

sys.path.insert(0, os.path.join(ROOT, "tools", "check"))
import guest as qemu  # noqa: E402

FILES = ("/usr/share/bochs/BIOS-bochs-legacy", "/usr/share/vgabios/vgabios.bin")
GENERAL = ("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip")  # that its debugger can set
WRITE_MAX = 8192  # bytes at once
CONFIGURATION = """megs: %(mem)d
romimage: file=%(bios)s
vgaromimage: file=%(vga)s
cpu: model=p3_katmai, ips=50000000, reset_on_triple_fault=0
clock: sync=none, time0=946684800
boot: disk
ata0-master: type=disk, path="%(folder)s/disk.img", mode=flat
com1: enabled=1, mode=file, dev=%(folder)s/serial
panic: action=fatal
log: %(folder)s/log
sound: waveoutdrv=dummy
display_library: rfb, options="timeout=0"
"""


class NotHere(Exception):
    """Bochs can't do what a test wants: one clause, of the test, that says what."""


def missing():
    """What is not installed, in words; None: all is there."""
    if not shutil.which("bochs") or not all(os.path.exists(path) for path in FILES):
        return "bochs, bochsbios and vgabios are not all installed (make deps OPTIONAL=yes)"
    return None


class Console:
    """What the guest has printed so far."""

    LIMIT = qemu.Console.LIMIT

    def __init__(self, path):
        self._path = path

    @property
    def text(self):
        try:
            with open(self._path, encoding="latin-1", newline="") as file:
                return file.read(self.LIMIT).replace("\r", "")
        except OSError:
            return ""

    @property
    def flooded(self):
        return os.path.exists(self._path) and os.path.getsize(self._path) > self.LIMIT

    def settle(self):
        pass  # Bochs writes each byte at once


class Guest:
    """One Bochs with one guest: RAM by physical address, console, CR3."""

    def __init__(self, build, cmdline, mem):
        self.mem, self.folder = mem, tempfile.mkdtemp(prefix="ouros-bochs-")
        self.console = Console(os.path.join(self.folder, "serial"))
        self._process = None
        try:
            self._make_disk(build, cmdline)
            with open(os.path.join(self.folder, "bochsrc"), "w", encoding="ascii") as file:
                file.write(CONFIGURATION % {"mem": mem, "bios": FILES[0], "vga": FILES[1], "folder": self.folder})
            self.debugger = self._start()
        except BaseException:
            self.close()
            raise

    def _make_disk(self, build, cmdline):
        boot = os.path.join(build.info["OBJ"], "boot", "i386")
        build.run([build.staff_path(build.info["MKIMAGE"]), "-o", os.path.join(build.folder, "bochs.img"), "--boot", build.staff_path(os.path.join(boot, "boot.bin")),
                   "--loader", build.staff_path(os.path.join(boot, "loader.bin")), "--kernel", build.kernel, "--append", cmdline], "the disk image")
        shutil.copy(os.path.join(build.folder, "bochs.img"), os.path.join(self.folder, "disk.img"))

    def _start(self):
        argv = ["bochs", "-q", "-f", os.path.join(self.folder, "bochsrc")]
        first = None
        if confine.mode != "none":
            confine.hand_over(self.folder)
            argv = confine.wrap(argv, [self.folder])
            first = confine.limits(seconds=600, file_mb=32, memory_mb=0)
        elif subprocess.run(["unshare", "-rn", "true"], stderr=subprocess.DEVNULL).returncode == 0:
            argv = ["unshare", "-rn"] + argv  # it shows its screen by VNC, to everybody: so it gets a network in which nobody is
        self._process = qemu.spawn(argv, first, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.folder)
        return Debugger(self._process)

    def close(self):
        if self._process:
            qemu.end(self._process)
            try:
                self._process.stdin.close()
            except OSError:
                pass  # it ended with a command unread
            self._process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def text(self):
        return self.console.text

    def send(self, text):
        raise NotHere("it types, and the serial line is a file there")

    def monitor(self, line):
        raise NotHere("it asks QEMU's monitor")

    qmp = press = monitor

    def pid(self):
        return _innermost(self._process.pid)

    def register(self, name):
        found = re.search(r"\b%s=0x([0-9a-f]+)" % name, self.debugger.ask("creg"))
        if not found:
            raise NotHere("it asks for register " + name)
        return int(found.group(1), 16)

    def read(self, physical, size):
        if physical < 0 or physical + size > self.mem << 20:
            raise qemu.GuestError("physical 0x%08x is past the %d MB of RAM" % (physical, self.mem))
        return self.debugger.dump("xp", physical, size)

    def read32(self, physical):
        return struct.unpack("<I", self.read(physical, 4))[0]

    def words(self, addresses):
        raise NotHere("it searches all of RAM, and Bochs tells a few words at a time")

    def table(self, physical):
        return struct.unpack("<1024I", self.read(physical, 4096))

    def write(self, physical, data):
        if len(data) > WRITE_MAX:
            raise NotHere("it fills much memory, which Bochs takes a word at a time")
        lines, at = [], 0
        while at < len(data):
            size = 4 if (physical + at) % 4 == 0 and len(data) - at >= 4 else 1
            lines.append("setpmem 0x%x %d 0x%x" % (physical + at, size, int.from_bytes(data[at:at + size], "little")))
            at += size
        self.debugger.ask_all(lines)


class Debugger:
    """Bochs' debugger, with the methods of Gdb."""

    def __init__(self, process):
        self._process, self._buffer, self._prompts, self._breaks = process, b"", 0, {}
        if self._answer(30) is None:
            raise GdbError("Bochs does not come to its debugger's prompt")

    def close(self):
        pass  # it ends with its guest

    def _answer(self, timeout):
        """What stands before the next prompt; None after timeout seconds."""
        deadline = time.monotonic() + timeout
        prompt = b"<bochs:%d> " % (self._prompts + 1)
        while prompt not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
                return None
            data = os.read(self._process.stdout.fileno(), 65536)
            if not data:
                raise Ended("the emulator is gone")
            self._buffer += data
        text, _, self._buffer = self._buffer.partition(prompt)
        self._prompts += 1
        return text.decode("latin-1")

    def _send(self, lines):
        try:
            self._process.stdin.write("".join(line + "\n" for line in lines).encode("ascii"))
            self._process.stdin.flush()
        except OSError:
            raise Ended("the emulator is gone") from None

    def ask_all(self, lines, timeout=20):
        """The answers to these commands. No more are sent at once than a pipe holds."""
        answers = []
        for i in range(0, len(lines), 256):
            self._send(lines[i:i + 256])
            answers += [self._answer(timeout) for _ in lines[i:i + 256]]
        if None in answers:
            raise GdbError("Bochs' debugger does not answer %r" % lines[answers.index(None)])
        return answers

    def ask(self, line, timeout=20):
        return self.ask_all([line], timeout)[0]

    def dump(self, command, at, size):
        """Bytes of memory. command: "xp", by physical address, or "x", as the page tables say."""
        begin = at & ~3
        words = (at + size - begin + 3) // 4
        text = self.ask("%s /%dwx 0x%x" % (command, words, begin))
        found = [int(word, 16) for line in text.splitlines() if ">:" in line for word in re.findall(r"\t0x([0-9a-f]{8})\b", line)]
        if len(found) != words:
            raise GdbError("0x%08x can't be read" % at)
        return struct.pack("<%dI" % words, *found)[at - begin:at - begin + size]

    def registers(self):
        general, segments = self.ask_all(["r", "sreg"])
        found = {"e" + name: int(low, 16) for name, low in re.findall(r"^r([a-z]+): [0-9a-f]{8}_([0-9a-f]{8})", general, re.MULTILINE)}
        found["eflags"] = int(re.search(r"^eflags 0x([0-9a-f]+)", general, re.MULTILINE).group(1), 16)
        found.update({name: int(value, 16) for name, value in re.findall(r"^(\ws):0x([0-9a-f]{4})", segments, re.MULTILINE)})
        return found

    def set(self, **values):
        fixed = {name: value for name, value in values.items() if name not in GENERAL}
        now = self.registers() if fixed else {}
        for name, value in fixed.items():
            if now[name] != value & 0xFFFFFFFF:
                raise NotHere("it sets register " + name)
        answers = self.ask_all(["set %s = 0x%x" % (name, value & 0xFFFFFFFF) for name, value in values.items() if name not in fixed])
        if any("error" in answer for answer in answers):
            raise GdbError("registers can't be set: " + " ".join(answers))

    def read(self, va, size):
        return self.dump("x", va, size)

    def _physical(self, va):
        found = re.search(r"maps to physical page 0x([0-9a-f]+)", self.ask("page 0x%x" % va))
        if not found:
            raise GdbError("0x%08x is not mapped" % va)
        return (int(found.group(1), 16) & ~4095) | va % 4096

    def write(self, va, data):
        at = 0
        while at < len(data):
            size = 4 if (va + at) % 4 == 0 and len(data) - at >= 4 else 1
            self.ask("setpmem 0x%x %d 0x%x" % (self._physical(va + at), size, int.from_bytes(data[at:at + size], "little")))
            at += size

    def break_at(self, va):
        if va not in self._breaks:
            self.ask("lb 0x%x" % va)
            listed = [int(number) for number in re.findall(r"^ *(\d+) lbreakpoint", self.ask("blist"), re.MULTILINE)]
            if not listed:
                raise GdbError("no breakpoint can be set at 0x%08x" % va)
            self._breaks[va] = max(listed)

    def clear(self, va):
        if va in self._breaks:
            self.ask("d %d" % self._breaks.pop(va))

    def command(self, text, timeout=20):
        """Of gdb's protocol, only what tests say themselves: a watchpoint for stores, by its virtual address."""
        kind, address = text[:2], int(text.split(",")[1], 16)
        if kind == "Z2":
            self.ask("watch w 0x%x" % self._physical(address))
        elif kind == "z2":
            self.ask("unwatch 0x%x" % self._physical(address))
        else:
            raise NotHere("it gives the debugger a command of its own")
        return "OK"

    def step(self):
        self.ask("s")

    def go(self, timeout, look=None):
        """Run until a breakpoint; False after timeout seconds, or when look() is true: then it is stopped where it was. Ended: it
        is gone. As with QEMU, a breakpoint where it stands stops it at once."""
        if self._breaks and self.registers()["eip"] in self._breaks:
            return True
        self._send(["c"])
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and not (look and look()):
            if self._answer(min(0.25, timeout) if look else timeout) is not None:
                return True
        os.kill(_innermost(self._process.pid), signal.SIGINT)
        if self._answer(10) is None:
            raise GdbError("Bochs can't be stopped")
        return False


def _innermost(pid):
    """Bochs itself, which what confines it has started."""
    while True:
        try:
            with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
                children = file.read().split()
        except OSError:
            return pid
        if not children:
            return pid
        pid = int(children[0])
