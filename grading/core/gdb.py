# grading/core/gdb.py: the remote protocol of gdb, as QEMU's stub speaks it, over a unix socket. (all labs)
import select
import socket
import struct
import time

I386 = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags", "cs", "ss", "ds", "es", "fs", "gs"]
MIPS = ["zero", "at", "v0", "v1", "a0", "a1", "a2", "a3", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7",
        "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "t8", "t9", "k0", "k1", "gp", "sp", "s8", "ra",
        "status", "lo", "hi", "badvaddr", "cause", "pc"]
REGISTERS = {"i386": I386, "mips": MIPS}
PC = {"i386": "eip", "mips": "pc"}


class GdbError(Exception):
    pass


class Ended(GdbError):
    """The guest switched itself off or was reset; the emulator is gone, or holds it as it was then."""


class Gdb:
    def __init__(self, path, arch, timeout=20):
        self.arch, self.names = arch, REGISTERS[arch]
        self.number = {name: i for i, name in enumerate(self.names)}
        self._buffer = b""
        deadline = time.monotonic() + timeout
        while True:
            self._socket = socket.socket(socket.AF_UNIX)
            try:
                self._socket.connect(path)
                break
            except (FileNotFoundError, ConnectionRefusedError):
                self._socket.close()
                if time.monotonic() > deadline:
                    raise GdbError("the emulator offers no debugger socket") from None
                time.sleep(0.01)
        self._acks = True
        self.command("qSupported")
        self.command("QStartNoAckMode")
        self._acks = False
        self.command("qXfer:features:read:target.xml:0,ffb")  # only whoever has asked for this may set single registers
        self.command("?")

    def close(self):
        self._socket.close()

    def _send(self, text):
        data = text.encode("latin-1")
        try:
            self._socket.sendall(b"$%s#%02x" % (data, sum(data) & 0xFF))
        except OSError:
            raise Ended("the emulator is gone") from None

    def _receive(self, timeout):
        """The next packet's text; None after timeout seconds."""
        deadline = time.monotonic() + timeout
        while True:
            begin = self._buffer.find(b"$")
            end = self._buffer.find(b"#", begin)
            if begin >= 0 and end >= 0 and len(self._buffer) >= end + 3:
                text = self._buffer[begin + 1:end].decode("latin-1")
                self._buffer = self._buffer[end + 3:]
                if self._acks:
                    self._socket.sendall(b"+")
                return text
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._socket], [], [], left)[0]:
                return None
            try:
                data = self._socket.recv(65536)
            except OSError:
                data = b""
            if not data:
                raise Ended("the emulator is gone")
            self._buffer += data

    def command(self, text, timeout=20):
        self._send(text)
        answer = self._receive(timeout)
        if answer is None:
            raise GdbError("the emulator's debugger does not answer %r" % text[:20])
        return answer

    def registers(self):
        """All of them: {name: value}."""
        data = bytes.fromhex(self.command("g")[:8 * len(self.names)].replace("x", "0"))
        return dict(zip(self.names, struct.unpack("<%dI" % len(self.names), data)))

    def set(self, **values):
        if self.arch == "mips":  # QEMU sets its registers only all at once
            words = bytearray.fromhex(self.command("g"))
            for name, value in values.items():
                struct.pack_into("<I", words, 4 * self.number[name], value & 0xFFFFFFFF)
            if self.command("G" + words.hex()) != "OK":
                raise GdbError("registers can't be set")
            return
        for name, value in values.items():
            if self.command("P%x=%s" % (self.number[name], struct.pack("<I", value & 0xFFFFFFFF).hex())) != "OK":
                raise GdbError("register %s can't be set" % name)

    def read(self, va, size):
        answer = self.command("m%x,%x" % (va, size))
        if answer.startswith("E") or len(answer) != 2 * size:
            raise GdbError("0x%08x can't be read" % va)
        return bytes.fromhex(answer)

    def write(self, va, data):
        if self.command("M%x,%x:%s" % (va, len(data), data.hex())) != "OK":
            raise GdbError("0x%08x can't be written to" % va)

    def break_at(self, va):
        if self.command("Z0,%x,%d" % (va, 4 if self.arch == "mips" else 1)) != "OK":
            raise GdbError("no breakpoint can be set at 0x%08x" % va)

    def clear(self, va):
        self.command("z0,%x,%d" % (va, 4 if self.arch == "mips" else 1))

    def step(self):
        self.command("s")

    def go(self, timeout, look=None):
        """Run until a breakpoint; False after timeout seconds, or when look(), asked every now and then, is true: then it is
        stopped where it was. Ended: it is gone."""
        self._send("c")
        deadline = time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            answer = self._receive(min(left, 0.25) if look else left)
            if answer is not None:
                break
            if time.monotonic() >= deadline or look and look():
                self.interrupt()
                return False
        if answer[:1] in ("W", "X") or answer[:3] == "T03":  # QEMU's word for a machine that is off
            raise Ended("the guest is gone")
        return True

    def interrupt(self, timeout=20):
        """Stop it where it is."""
        try:
            self._socket.sendall(b"\x03")
        except OSError:
            raise Ended("the emulator is gone") from None
        if self._receive(timeout) is None:
            raise GdbError("the emulator can't be stopped")
