# grading/core/walk.py: a page walk made on the host, in the guest's RAM, without asking the guest. (all labs)
"""Entries are decoded here once more, from the machines' manuals: no header of the kernel's is read."""
import struct

I386_P, I386_W, I386_U, I386_PS, I386_G = 1, 2, 4, 0x80, 0x100
MIPS_G, MIPS_V, MIPS_D = 1, 2, 4


class Entry:
    """One page-table or directory entry, decoded."""

    def __init__(self, arch, value, va):
        self.value, self.arch = value, arch
        if arch == "i386":
            self.present = bool(value & I386_P)
            self.writable, self.user = bool(value & I386_W), bool(value & I386_U)
            self.large, self.is_global = bool(value & I386_PS), bool(value & I386_G)
            self.frame = value & 0xFFFFF000
        else:
            self.present = bool(value & MIPS_V)
            self.writable, self.user = bool(value & MIPS_D), va < 0x80000000
            self.large, self.is_global = False, bool(value & MIPS_G)
            self.frame = (value & 0x03FFFFC0) << 6

    def __str__(self):
        if not self.present:
            return "0x%08x (not present)" % self.value
        return "0x%08x (frame 0x%08x%s%s%s%s)" % (
            self.value, self.frame, ", writable" if self.writable else ", read-only",
            (", user" if self.user else ", kernel") if self.arch == "i386" else "",
            ", 4 MB" if self.large else "", ", global" if self.is_global else "")


class Walk:
    """What the tables below `directory` say of va. Physical addresses: pde_at, pte_at. Without a table pte is None."""

    def __init__(self, machine, directory, va):
        arch = machine.arch
        self.va, self.directory = va, directory
        self.pde_at = directory + (va >> 22) * 4
        self.pde = Entry(arch, machine.read32(self.pde_at), va)
        self.pte = self.pte_at = None
        self.frame = None
        self.present = self.writable = self.user = False
        if not self.pde.present:
            return
        if self.pde.large:
            self.frame = (self.pde.value & 0xFFC00000) + (va & 0x3FF000)
            self.present, self.writable, self.user = True, self.pde.writable, self.pde.user
            return
        self.pte_at = self.pde.frame + (va >> 12 & 0x3FF) * 4
        if not machine.has(self.pte_at):
            return
        self.pte = Entry(arch, machine.read32(self.pte_at), va)
        self.present = self.pte.present
        self.frame = self.pte.frame if self.present else None
        if arch == "i386":
            self.writable = self.present and self.pde.writable and self.pte.writable
            self.user = self.present and self.pde.user and self.pte.user
        else:
            self.writable, self.user = self.present and self.pte.writable, self.present and va < 0x80000000

    @property
    def physical(self):
        return self.frame + self.va % 4096

    def __str__(self):
        text = "0x%08x: PDE 0x%03x at physical 0x%08x = %s" % (self.va, self.va >> 22, self.pde_at, self.pde)
        if self.pte is not None:
            text += "; PTE 0x%03x at physical 0x%08x = %s" % (self.va >> 12 & 0x3FF, self.pte_at, self.pte)
        return text


def directories(machine, slot):
    """Physical addresses of all frames that look like a directory: entry number slot names the frame itself."""
    frames = range(0, machine.ram_bytes, 4096)
    found = zip(frames, machine.guest.words([frame + slot * 4 for frame in frames]))
    entries = ((frame, Entry(machine.arch, word, 0xC0000000)) for frame, word in found if word)
    return [frame for frame, entry in entries if entry.present and entry.frame == frame]


def mapped(machine, directory, below=0x7FC00000):
    """Walks of every present page below this address."""
    pdes = struct.unpack("<1024I", machine.read(directory, 4096))
    found = []
    for k in range(below >> 22):
        pde = Entry(machine.arch, pdes[k], k << 22)
        if pde.present and not pde.large and machine.has(pde.frame):
            ptes = struct.unpack("<1024I", machine.read(pde.frame, 4096))
            found += [Walk(machine, directory, k << 22 | i << 12) for i in range(1024)
                      if Entry(machine.arch, ptes[i], k << 22).present]
    return found
