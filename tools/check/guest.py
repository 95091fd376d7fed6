# tools/check/guest.py: starts one guest under QEMU and talks to it: console, QMP, RAM, exit status. (all labs)
"""Guest("i386", kernel="obj/i386/kernel", cmdline="...") boots at once; use it in a `with` block.

Nothing is shared between guests: each has a folder of its own in /tmp, and no network port is used. By default time is
counted in instructions (-icount), so a run without typed input is the same every time. QEMU is killed at the end of
the block, or when this process ends.
"""
import atexit
import ctypes
import json
import mmap
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

RAM_MB = 64
EMULATOR = {"i386": "qemu-system-i386", "mips": "qemu-system-mipsel"}
COVERAGE = None  # a folder: each guest leaves there what its kernel recorded (coverage.py)
# The US keyboard: QEMU's names of keys that are not called like their character; and what Shift makes of which key.
KEY_NAMES = {" ": "spc", "\n": "ret", "\b": "backspace", "\t": "tab", "-": "minus", "=": "equal", "\\": "backslash", "'": "apostrophe",
             ",": "comma", ".": "dot", "/": "slash", ";": "semicolon", "`": "grave_accent", "[": "bracket_left", "]": "bracket_right"}
SHIFTED = dict(zip('!@#$%^&*()_+{}|:"<>?~', "1234567890-=[]\\;',./`"))
_running = set()


# What a guest says where a student has still something to write (inc/lab.h of a tree that was handed out).
UNWRITTEN = re.compile(r"\blab \d+, exercise (\d+\.\d+) is not written yet: \S+:\d+")


class GuestError(Exception):
    """The guest did not do what was waited for. The text says what, and ends with the console's last lines."""


def have(program):
    return shutil.which(program) is not None


def die_with(parent):
    """In a child of that process: be killed when it dies (prctl PR_SET_PDEATHSIG), however it does; or has died by now. A change of
    uid undoes this."""
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    except (OSError, AttributeError):
        pass
    if os.getppid() != parent:
        os._exit(1)


def spawn(argv, first=None, **how):
    """subprocess.Popen for a process that must not outlive us. first: what the child does before it becomes argv, if not that."""
    parent = os.getpid()
    child = subprocess.Popen(argv, start_new_session=True, preexec_fn=first or (lambda: die_with(parent)), **how)
    _running.add(child)
    return child


def end(child):
    """Kill what spawn() started, with its own children, and reap it."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    child.wait()
    _running.discard(child)


@atexit.register
def _end_all():
    for child in list(_running):
        end(child)


def tail(text, lines=12):
    """The last lines, after those before them that say what failed."""
    every = text.replace("\r", "").splitlines()
    failures = [line for line in every[:-lines] if "FAIL" in line or "KERNEL PANIC" in line]
    return "\n".join("    | " + line for line in failures[:lines] + every[-lines:])


class Console:
    """Text that arrives from a file descriptor, collected by a thread; expect() waits for a pattern in it."""

    LIMIT = 16 << 20  # characters; a guest that prints more is left standing in the middle of it
    OVERLAP = 1 << 16  # no match is longer

    def __init__(self, stream):
        self.text = ""
        self.flooded = False
        self.position = 0  # expect() looks from here on
        self.judged = 0    # before this, no part is said to be unwritten
        self.closed = False
        self.stops_at_unwritten = True
        self._changed = threading.Condition()
        self._stream = stream
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self):
        try:
            while True:
                data = os.read(self._stream.fileno(), 65536)
                if not data:
                    break
                with self._changed:
                    self.text += data.decode("latin-1").replace("\r", "")
                    self._changed.notify_all()
                if len(self.text) > self.LIMIT:
                    self.flooded = True
                    break
        except (OSError, ValueError):
            pass
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def expect(self, pattern, timeout=20):
        """Wait until pattern (a regular expression) appears after the last match; the match."""
        wanted = re.compile(pattern, re.MULTILINE)
        deadline = time.monotonic() + timeout
        with self._changed:
            searched = self.position  # what a long text held already is not looked at again each time that more arrives
            while True:
                match = wanted.search(self.text, max(self.position, searched - self.OVERLAP))
                searched = len(self.text)
                if match:
                    self.position = match.end()
                    return match
                left = deadline - time.monotonic()
                unwritten = self.stops_at_unwritten and UNWRITTEN.search(self.text, max(0, self.judged - 1000))
                self.judged = self.judged if unwritten else len(self.text)
                if self.closed or left <= 0 or unwritten:
                    why = unwritten.group(0) if unwritten else "the guest ended" if self.closed else "nothing after %g s" % timeout
                    raise GuestError("waited for /%s/: %s\n%s" % (pattern, why, tail(self.text)))
                self._changed.wait(left)

    def forget(self):
        """Drop what expect() has seen: a guest that is to print without end keeps below LIMIT."""
        with self._changed:
            self.text = self.text[self.position:]
            self.position = self.judged = 0

    def settle(self, quiet=0.03, timeout=2):
        """Until nothing more arrives: what the guest has printed may still be under way."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while not self.closed and time.monotonic() < deadline and self._changed.wait(quiet):
                pass

    def wait_closed(self, timeout):
        deadline = time.monotonic() + timeout
        with self._changed:
            while not self.closed and time.monotonic() < deadline:
                self._changed.wait(deadline - time.monotonic())


class Qmp:
    """QEMU's machine protocol over a connected socket."""

    def __init__(self, sock):
        self._sock = sock
        self.events = []  # what QEMU has told unasked, by name and data
        self._file = sock.makefile("rwb")
        self._lock = threading.Lock()
        self._read()  # the greeting
        self.command("qmp_capabilities")

    def _read(self):
        line = self._file.readline()
        if not line:
            raise GuestError("QEMU closed its QMP socket")
        return json.loads(line)

    def command(self, name, **arguments):
        with self._lock:
            request = {"execute": name}
            if arguments:
                request["arguments"] = arguments
            self._file.write(json.dumps(request).encode() + b"\n")
            self._file.flush()
            while True:
                answer = self._read()
                if "event" in answer:
                    self.events.append((answer["event"], answer.get("data", {})))
                if "return" in answer:
                    return answer["return"]
                if "error" in answer:
                    raise GuestError("QMP %s: %s" % (name, answer["error"].get("desc")))


class Guest:
    """One QEMU with one guest. Every argument but arch may be left out.

    kernel, cmdline  ELF kernel and its command line; or disk=, an image to boot from (i386)
    mem              MB of RAM; ram=True: the host can read and write it (read, read32, write)
    qmp=True         a QMP socket: qmp(), monitor(); stopped=True: wait for qmp("cont")
    log              file for QEMU's -d output; log_what: e.g. "int"
    cpu, extra       -cpu, and more arguments for QEMU
    shift            one instruction takes 2^shift ns of the guest's time; None: real time
    gdb=True         a gdb stub on a unix socket: self.gdb_socket
    serial=False     no serial port: see screen(), press()
    held=True        a machine that is switched off or reset stays there as it was then: see ending()
    confine          grading/core/confine.py, if QEMU is to be confined; readable: what it must see beside its own folder
    """

    def __init__(self, arch, kernel=None, cmdline="", disk=None, mem=RAM_MB, ram=False, qmp=False, stopped=False,
                 log=None, log_what="int", cpu=None, extra=(), shift=0, gdb=False, serial=True, held=False, confine=None, readable=()):
        self.arch = arch
        self.mem = mem
        self.kernel = kernel or (disk and os.path.join(os.path.dirname(disk), "kernel"))
        ram = ram or bool(COVERAGE)
        self.folder = tempfile.mkdtemp(prefix="ouros-check-")
        self._ram = None
        self._qmp = None
        self._process = self._pid = self._confine = None
        try:
            if held:
                log, log_what = log or os.path.join(self.folder, "log"), "cpu_reset"
                extra = list(extra) + ["-no-shutdown"]
            self.log = log
            self.argv = self._arguments(kernel, cmdline, disk, ram, stopped, log, log_what, cpu, extra, shift, gdb, serial)
            self._start(qmp, confine, readable)
        except BaseException:
            self.close()
            raise

    def _arguments(self, kernel, cmdline, disk, ram, stopped, log, log_what, cpu, extra, shift, gdb, serial):
        argv = [EMULATOR[self.arch], "-m", "%dM" % self.mem, "-display", "none", "-monitor", "none", "-no-reboot",
                "-nodefaults", "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console" if serial else "none"]
        self.status_file = os.path.join(self.folder, "status")
        if self.arch == "i386":
            argv += ["-cpu", cpu or "qemu32", "-vga", "std",
                     "-chardev", "file,id=status,path=" + self.status_file,
                     "-device", "isa-debugcon,iobase=0xe9,chardev=status"]
            machine = ["-machine", "pc" + (",memory-backend=ram" if ram else "")]
        else:
            argv += ["-cpu", cpu or "24Kf", "-serial", "null", "-serial", "file:" + self.status_file]
            machine = ["-machine", "malta" + (",memory-backend=ram" if ram else "")]
        argv += machine
        if ram:
            self.ram_file = os.path.join(self.folder, "ram")
            argv += ["-object", "memory-backend-file,id=ram,share=on,size=%dM,mem-path=%s" % (self.mem, self.ram_file)]
        if shift is not None:
            argv += ["-icount", "shift=%d,sleep=off" % shift, "-rtc", "clock=vm,base=2026-01-01"]
        argv += ["-kernel", kernel, "-append", cmdline] if kernel else []
        argv += ["-drive", "file=%s,format=raw,if=ide,snapshot=on" % disk] if disk else []
        argv += ["-S"] if stopped else []
        argv += ["-d", log_what, "-D", log] if log else []
        if gdb:
            self.gdb_socket = os.path.join(self.folder, "gdb")
            argv += ["-gdb", "unix:%s,server=on,wait=off" % self.gdb_socket]
        return argv + list(extra)

    def _start(self, qmp, confine, readable):
        ours, pass_fds = None, ()
        if qmp:
            ours, theirs = socket.socketpair()
            pass_fds = (theirs.fileno(),)
            self.argv += ["-chardev", "socket,id=qmp,fd=%d" % theirs.fileno(), "-mon", "chardev=qmp,mode=control"]
        self._errors = open(os.path.join(self.folder, "errors"), "w+")
        argv, first = self.argv, None
        if confine and confine.mode != "none":
            self._confine = confine
            confine.hand_over(self.folder)
            argv = confine.wrap(argv, [self.folder], readable)
            first = confine.limits(seconds=600, file_mb=self.mem + 16, memory_mb=self.mem + 4096)
        self._process = spawn(argv, first, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
                              pass_fds=pass_fds)
        if hasattr(self, "gdb_socket"):
            self._wait_for_stub()
        if qmp:
            theirs.close()
            ours.settimeout(60)
            self._qmp = Qmp(ours)
        self.console = Console(self._process.stdout)

    def _wait_for_stub(self):
        """On a loaded machine QEMU takes its time to make the socket; a debugger would not wait."""
        deadline = time.monotonic() + 20
        while not os.path.exists(self.gdb_socket) and self._process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()

    def close(self):
        if self._process:
            if self._confine:
                self._confine.end(self._process)
            end(self._process)
            if COVERAGE:
                self._keep_coverage()
            self._process.stdin.close()
            self._errors.close()
        if self._ram:
            self._ram.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _keep_coverage(self):
        import coverage
        try:
            bits = coverage.recorded(self)
        except (OSError, GuestError, ValueError):
            return  # another kernel, or none: a test of the boot loader's
        with tempfile.NamedTemporaryFile("wb", dir=COVERAGE, prefix=self.arch + "-", suffix=".bits", delete=False) as out:
            out.write(os.path.realpath(self.kernel).encode() + b"\n" + bits)

    # The console.
    @property
    def text(self):
        return self.console.text

    def expect(self, pattern, timeout=20):
        return self.console.expect(pattern, timeout)

    def send(self, text):
        """Type text. The UART's queue is short and QEMU holds back what does not fit, so nothing is lost."""
        try:
            self._process.stdin.write(text.encode("latin-1"))
            self._process.stdin.flush()
        except (BrokenPipeError, OSError):
            raise GuestError("the guest ended before it could read %r\n%s" % (text, tail(self.text))) from None

    def wait(self, timeout=60):
        """Wait for power-off; the status byte the guest reported, or None when it reported none."""
        deadline = time.monotonic() + timeout
        while not self._ended(min(5, max(0, deadline - time.monotonic()))):
            if self.console.stops_at_unwritten and UNWRITTEN.search(self.text):
                raise GuestError("%s\n%s" % (UNWRITTEN.search(self.text).group(0), tail(self.text)))
            if time.monotonic() >= deadline:
                raise GuestError("still running after %g s\n%s" % (timeout, tail(self.text)))
        self.console.wait_closed(5)
        if self._process.returncode:
            self._errors.seek(0)
            raise GuestError("QEMU exited with %d: %s" % (self._process.returncode, self._errors.read().strip()))
        return self.status()

    def _ended(self, timeout):
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def status(self):
        try:
            with open(self.status_file, "rb") as file:
                data = file.read()
        except OSError:
            return None
        return data[-1] if data else None

    # The machine.
    def qmp(self, name, **arguments):
        return self._qmp.command(name, **arguments)

    def ending(self):
        """Of a held machine: how it came to its end: "off", "reset", "triple fault"; None: it runs."""
        if self.qmp("query-status")["status"] != "shutdown":
            return None
        reasons = [data.get("reason") for name, data in self._qmp.events if name == "SHUTDOWN"]
        with open(self.log, encoding="latin-1") as file:
            if "Triple fault" in file.read():
                return "triple fault"
        return "reset" if "guest-reset" in reasons and self.status() is None else "off"  # Malta is switched off by a reset

    def pid(self):
        """The emulator's own process, though another one has started it. None: not found."""
        while self._pid is None:
            at = self._process.pid
            try:
                while True:
                    with open("/proc/%d/task/%d/children" % (at, at), encoding="ascii") as file:
                        children = file.read().split()
                    if not children:
                        break
                    at = int(children[0])
                with open("/proc/%d/cmdline" % at, encoding="latin-1") as file:
                    if EMULATOR[self.arch] not in file.read().split("\0")[0]:
                        return None  # not yet
            except OSError:
                return None
            self._pid = at
        return self._pid

    def monitor(self, line):
        """A command for QEMU's human monitor; its output."""
        return self.qmp("human-monitor-command", **{"command-line": line}).replace("\r", "")

    def press(self, *names):
        """These keys of the PC's keyboard, one down after the other, then up again; by QEMU's names."""
        self.qmp("send-key", keys=[{"type": "qcode", "data": name} for name in names], **{"hold-time": 1})

    def press_text(self, text):
        for c in text:
            shifted = SHIFTED.get(c, c.lower() if c.isupper() else None)
            name = KEY_NAMES.get(shifted or c, shifted or c)
            self.press(*(["shift", name] if shifted else [name]))

    def screen(self):
        """The rows of the PC's text screen."""
        dump = self.monitor("xp /2000hx 0xb8000")
        cells = [int(word, 16) for line in dump.splitlines() for word in line.partition(":")[2].split()]
        text = "".join(chr(cell & 0xff) for cell in cells)
        return [text[at:at + 80].rstrip() for at in range(0, len(text), 80)]

    def stop(self):
        self.qmp("stop")

    def resume(self):
        self.qmp("cont")

    def register(self, name):
        """i386: a register by its name in `info registers`, e.g. CR3."""
        found = re.search(r"\b%s=([0-9a-fA-F]{8})" % name, self.monitor("info registers"))
        if not found:
            raise GuestError("`info registers` has no %s" % name)
        return int(found.group(1), 16)

    def _memory(self):
        if self._ram is None:
            with open(self.ram_file, "r+b") as file:
                self._ram = mmap.mmap(file.fileno(), 0)
        return self._ram

    def read(self, physical, size):
        if physical < 0 or physical + size > self.mem << 20:
            raise GuestError("physical 0x%08x is past the %d MB of RAM" % (physical, self.mem))
        return self._memory()[physical:physical + size]

    def read32(self, physical):
        return struct.unpack("<I", self.read(physical, 4))[0]

    def words(self, addresses):
        """The words at these physical addresses."""
        memory = self._memory()
        return [struct.unpack_from("<I", memory, at)[0] for at in addresses]

    def table(self, physical):
        """The 1024 entries of the page table or directory in this frame."""
        return struct.unpack("<1024I", self.read(physical, 4096))

    def write(self, physical, data):
        self._memory()[physical:physical + len(data)] = data
