# grading/core/elf.py: where a 32-bit ELF file's symbols are, and what its sections and segments hold. (all labs)
import struct


class Symbol:
    def __init__(self, name, value, size, bind, kind, section):
        self.name, self.value, self.size = name, value, size
        self.is_global, self.is_weak = bind == 1, bind == 2
        self.is_function, self.is_defined, self.section = kind == 2, section != 0, section


class Elf:
    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            self.data = file.read()
        if self.data[:6] != b"\x7fELF\x01\x01":
            raise ValueError("%s is no 32-bit little-endian ELF file" % path)
        (self.entry, phoff, shoff) = struct.unpack_from("<III", self.data, 24)
        (phsize, phnum, shsize, shnum, shstr) = struct.unpack_from("<HHHHH", self.data, 42)
        heads = [struct.unpack_from("<10I", self.data, shoff + i * shsize) for i in range(shnum)]
        self._heads = heads
        self.sections = [self._string(heads[shstr], h[0]) for h in heads]
        self.segments = [struct.unpack_from("<8I", self.data, phoff + i * phsize) for i in range(phnum)]
        self.symbols = [s for h in heads if h[1] == 2 for s in self._symbols(h)]
        self.by_name = {s.name: s for s in self.symbols if s.is_defined}

    def _string(self, head, at):
        begin = head[4] + at
        return self.data[begin:self.data.index(b"\0", begin)].decode("latin-1")

    def _symbols(self, head):
        strings = self._heads[head[6]]
        for at in range(head[4], head[4] + head[5], 16):
            name, value, size, info, _, section = struct.unpack_from("<IIIBBH", self.data, at)
            yield Symbol(self._string(strings, name), value, size, info >> 4, info & 15, section)

    def address(self, name):
        if name not in self.by_name:
            raise KeyError("%s has no symbol %s" % (self.path, name))
        return self.by_name[name].value

    def function_at(self, address):
        """The name of the function that holds this address, with the offset; else the number."""
        best = None
        for s in self.symbols:
            if s.is_defined and s.value <= address and s.name and not s.name.startswith((".", "$")) and (s.is_function or s.size == 0):
                if (s.value, s.is_function) >= ((best.value, best.is_function) if best else (0, False)):
                    best = s
        if not best or (best.size and address >= best.value + best.size):
            return "0x%08x" % address
        return "%s+0x%x" % (best.name, address - best.value)

    def loaded(self):
        """(virtual address, bytes in the file, bytes in memory, physical address) of each loaded segment."""
        return [(s[2], self.data[s[1]:s[1] + s[4]], s[5], s[3]) for s in self.segments if s[0] == 1]
