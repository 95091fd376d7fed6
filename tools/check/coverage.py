# tools/check/coverage.py: make coverage: which lines of the kernel the tests run, on each machine. (all labs)
"""A kernel built with COVERAGE=1 calls kern/core/ktest_coverage.c from each block of its code; a bit is set for each call. When a
guest ends, its bits are read from its memory. Here they become lines: an instruction was run if the last such call before
it, in its block, was made; and a line was if one of its instructions was. Of blocks without a call their neighbours may tell;
else nothing is claimed. Not counted: assembly, from where nothing is called; and what compilers add to a function's first
line and its braces.

coverage.txt explains each line that no test runs. A reason that has become wrong, and a line without one, are errors."""
import collections
import functools
import glob
import os
import re
import shutil
import struct
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KERNEL_BASE = 0x80000000
ELF_MACHINE = {"i386": 3, "mips": 8}
GOAL = 90  # percent, on each machine
RECORD_BYTES = 0x100000 // 8  # as kern/core/ktest_coverage.c has it
NOT_COUNTED = re.compile(r"kern/(core/(ubsan|coverage|test)\.c|.*/ktest_|.*/test_)")
WHY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "coverage.txt")


def empty_folder(logs):
    folder = os.path.join(logs, "coverage")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder


def symbols(kernel):
    """{name: address} from the ELF file's symbol table."""
    with open(kernel, "rb") as file:
        elf = file.read()
    offset, = struct.unpack_from("<I", elf, 32)
    size, count = struct.unpack_from("<HH", elf, 46)
    sections = [struct.unpack_from("<10I", elf, offset + i * size) for i in range(count)]
    found = {}
    for section in sections:
        if section[1] == 2:  # SHT_SYMTAB
            names = sections[section[6]][4]
            for at in range(section[4], section[4] + section[5], 16):
                name, value = struct.unpack_from("<II", elf, at)
                end = elf.index(b"\0", names + name)
                found[elf[names + name:end].decode()] = value
    return found


def recorded(guest):
    """The bits in a guest's memory."""
    known = symbols(guest.kernel)
    if "coverage_bits" not in known:
        raise ValueError("not built with COVERAGE=1")
    bytes_needed = (known["kernel_text_end"] - known["kernel_start"] + 7) // 8
    if bytes_needed > RECORD_BYTES:
        raise SystemExit("%s has more code than can be recorded: make TEXT_MAX of ktest_coverage.c larger" % guest.kernel)
    return guest.read(known["coverage_bits"] - KERNEL_BASE, bytes_needed)


def tool(name, machine):
    """objdump and addr2line of this computer know only its own kind of program, as Debian has them."""
    names = ["mipsel-linux-gnu-", "mipsel-elf-"] if machine == "mips" else ["i686-linux-gnu-", "i686-elf-", ""]
    for prefix in names + ["llvm-"]:
        if shutil.which(prefix + name):
            return prefix + name
    raise SystemExit("make coverage: no %s for %s here: make deps" % (name, machine))


RAN, IDLE, UNKNOWN = "ran", "idle", "unknown"


class Block:
    """Instructions that run one after the other: (address, text) each."""

    def __init__(self):
        self.code, self.before, self.after = [], [], []
        self.entered = False   # from outside of the function, or by a jump through a table: nobody knows by whom
        self.marks = []        # (address that a call of the recorder returns to, RAN or IDLE)
        self.state = UNKNOWN   # of what is before the first of these, or of all of it

    def left(self):
        """Has its end been reached?"""
        return self.marks[-1][1] if self.marks else self.state

    def is_filler(self):
        return all(re.match(r"nop|xchg +%ax,%ax|lea +0x0\(|data16|cs nop", text) for _, text in self.code)


def is_branch(text):
    """None: it goes on below; else is it certain that it does not?"""
    name = text.split()[0]
    if name in ("jal", "jalr", "bal") or not re.fullmatch(r"j\w*|b|beq\w*|bne\w*|b[gl][te]\w*|ret\w*|iret\w*|eret", name):
        return None
    return name in ("j", "jr", "b", "jmp", "ret", "iret", "eret")


def blocks_of(start, name, lines, machine):
    """The function's blocks, in the order of their addresses, each with those that run right before and after it."""
    after = 2 if machine == "mips" else 1  # the instruction in the delay slot belongs to the jump
    jumps = {}  # address of the next block: (is the jump certain?, where to)
    for i, (_, text) in enumerate(lines):
        certain = is_branch(text)
        if certain is not None and i + after <= len(lines):
            to = re.search(r"<%s(?:\+0x([0-9a-f]+))?>" % re.escape(name), text)
            below = lines[i + after][0] if i + after < len(lines) else None
            jumps[below] = (certain, start + int(to.group(1) or "0", 16) if to else None)
    begins = {start} | set(jumps) | {to for _, to in jumps.values()}
    found = []
    for line in lines:
        if line[0] in begins:
            found.append(Block())
        found[-1].code.append(line)
    link(found, jumps)
    return found


def ends_in_call(block):
    """One that does not return, most likely: else why should the block end here?"""
    return any(re.match(r"call|jal", text) and "__sanitizer" not in text for _, text in block.code[-2:])


def link(found, jumps):
    at = {block.code[0][0]: block for block in found}
    found[0].entered = True
    for block, below in zip(found, found[1:] + [None]):
        certain, to = jumps.get(below.code[0][0] if below else None, (ends_in_call(block), None))
        for other in (at.get(to), None if certain else below):
            if other and other is not block:  # a loop of one block tells nothing
                block.after.append(other)
                other.before.append(block)
    for block in found:
        block.entered = block.entered or not block.before


def returns_of(code, machine):
    """The addresses that the recorder's calls in this code return to."""
    size = 8 if machine == "mips" else 5  # of a call, with its delay slot
    return [address + size for address, text in code if "__sanitizer_cov_trace_pc" in text and re.match(r"call|jal", text)]


def verdict(block):
    """What its neighbours tell of a block that doesn't call the recorder."""
    if any(b.left() == RAN and b.after == [block] for b in block.before) or \
            any(b.state == RAN and b.before == [block] and not b.entered for b in block.after):
        return RAN
    if not block.entered and all(b.left() == IDLE for b in block.before) or \
            any(b.state == IDLE and block.after == [b] for b in block.after):
        return IDLE
    return UNKNOWN


def settle(found):
    """As far as neighbours tell: the states of blocks without calls, which compilers make in their last steps."""
    silent, known = [block for block in found if block.state == UNKNOWN], 1
    while known:
        known = 0
        for block in silent:
            block.state = verdict(block)
            known += block.state != UNKNOWN
        silent = [block for block in silent if block.state == UNKNOWN]


def function_states(start, name, lines, machine, ran):
    """{address of an instruction: RAN, IDLE or UNKNOWN}. ran(address): did a call of the recorder return there?"""
    found, known = blocks_of(start, name, lines, machine), {}
    for block in found:
        block.marks = [(at, RAN if ran(at) else IDLE) for at in returns_of(block.code, machine)]
        block.state = block.marks[0][1] if block.marks else UNKNOWN
    settle(found)
    for block in found:
        for address, _ in block.code if not block.is_filler() else ():
            earlier = [state for at, state in block.marks if at <= address]
            known[address] = earlier[-1] if earlier else block.state
    return known


def functions(disassembly):
    """(start, name, [(address, instruction)]) of each"""
    for match in re.finditer(r"^([0-9a-f]+) <(.*)>:\n((?:.+\n)*)", disassembly, re.MULTILINE):
        yield int(match.group(1), 16), match.group(2), [(int(a, 16), code) for a, code in re.findall(
            r"^\s*([0-9a-f]+):\s+(.*)$", match.group(3), re.MULTILINE)]


def states(kernel, machine, ran):
    """The same of all the kernel, but for functions that do not call the recorder."""
    text = subprocess.run([tool("objdump", machine), "-d", "--no-show-raw-insn", "-j", ".text", kernel],
                          stdout=subprocess.PIPE, check=True, text=True).stdout
    known = {}
    for start, name, lines in functions(text):
        if returns_of(lines, machine):
            known.update(function_states(start, name, lines, machine, ran))
    return known


@functools.lru_cache(maxsize=None)
def source(path):
    """(function, text) of each line; the function is "" outside of any. A file that is gone has no lines."""
    found, function = [], ""
    try:
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            lines = file.read().splitlines()
    except OSError:
        return found
    for line in lines:
        if re.match(r"\w", line) and not line.endswith(";"):
            name = re.search(r"(\w+)\(", re.sub(r"__attribute__\(\(.*?\)\)", "", line))
            function = name.group(1) if name else function
        found.append((function, line.strip()))
        if line.startswith("}"):
            function = ""
    return found


def counts(path, number):
    """Lines of the kernel that somebody wrote to be run."""
    if not path.startswith("kern/") or NOT_COUNTED.match(path) or not 0 < number <= len(source(path)):
        return False
    function, text = source(path)[number - 1]
    return bool(function and re.search(r"\w", text) and not (number > 1 and source(path)[number - 2][0] != function))


def lines_of(kernel, machine, addresses):
    """For each address the set of (file, line) that it stands for: also those that it was inlined into."""
    text = subprocess.run([tool("addr2line", machine), "-a", "-i", "-e", kernel], check=True, text=True,
                          input="".join("0x%x\n" % a for a in addresses), stdout=subprocess.PIPE).stdout
    found, current = [], None
    for line in text.splitlines():
        if re.fullmatch(r"0x[0-9a-f]+", line):
            current = set()
            found.append(current)
            continue
        path, _, number = line.partition(" (")[0].rpartition(":")
        path = os.path.relpath(os.path.join(ROOT, path), ROOT)
        if number.isdigit() and counts(path, int(number)):
            current.add((path, int(number)))
    return found


def lines_run(kernel, machine, bits):
    """{(file, line): RAN, IDLE, or UNKNOWN}: as the best of its instructions"""
    start = symbols(kernel)["kernel_start"]
    known = states(kernel, machine, lambda at: bits[(at - start) // 8] >> (at - start) % 8 & 1)
    found = {}
    for lines, state in zip(lines_of(kernel, machine, known), known.values()):
        for line in lines:
            if state == RAN or found.get(line) in (None, IDLE):
                found[line] = state
    return found


def union(folder, machine):
    """{kernel: all bits that its guests recorded}"""
    found = {}
    for path in glob.glob(os.path.join(folder, machine + "-*.bits")):
        with open(path, "rb") as file:
            kernel, bits = file.readline().decode().strip(), file.read()
        had = found.get(kernel, bytes(len(bits)))
        found[kernel] = bytes(a | b for a, b in zip(had, bits))
    return found


Reason = collections.namedtuple("Reason", "machine file function text why")


def reasons(path=WHY):
    """What coverage.txt says: a reason, and below it, indented, the lines that it is for."""
    found, why = [], ""
    with open(path, encoding="utf-8") as file:
        for line in file:
            entry = re.fullmatch(r"\t(i386|mips|both|sometimes) (\S+) (\w+)(?:: (.*))?\n", line)
            if entry:
                found.append(Reason(*entry.groups(), why))
            elif line.startswith("\t"):
                raise SystemExit("%s: neither a reason nor \"machine file function: line\": %s" % (path, line.strip()))
            elif not line.startswith("#"):
                why = line.strip()
    return found


def meant(reason):
    """The numbers of the lines that it is for."""
    return [number for number, (function, text) in enumerate(source(reason.file), 1)
            if function == reason.function and reason.text in (None, text)]


def explained(machine, missing):
    """{(file, line) of the missing: why}"""
    return {(r.file, n): r.why for r in reasons() if r.machine in (machine, "both", "sometimes")
            for n in meant(r) if (r.file, n) in missing}


def wrong(reason, machine, lines):
    """Why this reason, for this machine, is to be taken out; None: it is right, as far as can be told."""
    states_now = [lines[reason.file, n] for n in meant(reason) if (reason.file, n) in lines]
    if not meant(reason):
        return "there is no such line"
    if reason.machine in (machine, "both") and RAN in states_now and (reason.text is None or set(states_now) == {RAN}):
        return "it is run on " + machine
    return None


def write_missing(path, missing, why, unknown):
    """The lines that no test runs, with their text; those of which nothing is known, after them."""
    with open(path, "w", encoding="utf-8") as out:
        for file, number in sorted(missing):
            out.write("%s:%d: %s: %s\n\t%s\n" % (file, number, *source(file)[number - 1], why.get((file, number), "NO REASON")))
        out.write("\nWhether these are run the compiler leaves open: they share what is run with others.\n")
        for file, number in sorted(unknown):
            out.write("%s:%d: %s: %s\n" % (file, number, *source(file)[number - 1]))


def measure(folder, machine):
    """{(file, line): state} of the kernel that users have, as the best of all kernels' guests; None: nothing was recorded"""
    found, best = union(folder, machine), {}
    plain = os.path.join(ROOT, "obj", machine + "-coverage", "kernel")
    if plain not in found:
        return None
    for kernel, bits in found.items():
        for line, state in lines_run(kernel, machine, bits).items():
            if state == RAN or best.get(line) in (None, IDLE):
                best[line] = state
    return {line: best[line] for line in lines_run(plain, machine, found[plain])}


def print_table(machine, lines):
    print("\n%s%37s" % (machine, "lines   run"))
    for file in sorted({f for f, _ in lines}):
        here = [state for (f, _), state in lines.items() if f == file and state != UNKNOWN]
        if here:
            print("  %-30s %6d %5.1f%%" % (file, len(here), 100 * here.count(RAN) / len(here)))


def report_machine(folder, machine, complete):
    """Print the table of one machine; a list of what is wrong."""
    lines = measure(folder, machine)
    if lines is None:
        return ["%s: no guest recorded anything" % machine] if complete else []
    print_table(machine, lines)
    missing = {line for line, state in lines.items() if state == IDLE}
    unknown = {line for line, state in lines.items() if state == UNKNOWN}
    listing = os.path.join(folder, machine + ".txt")
    why = explained(machine, missing)
    write_missing(listing, missing, why, unknown)
    total, percent = len(lines) - len(unknown), 100 * (1 - len(missing) / (len(lines) - len(unknown)))
    print("%s: %d of %d lines run, %.1f%%; %d more can't be told. Which, and why: %s" %
          (machine, total - len(missing), total, percent, len(unknown), os.path.relpath(listing, ROOT)))
    if not complete:
        return []
    trouble = ["%s: fewer than %d%% of the lines are run: add tests" % (machine, GOAL)] if percent < GOAL else []
    trouble += ["%s: %s:%d: no test runs it, and coverage.txt does not say why: %s" % (machine, file, n, source(file)[n - 1][1])
                for file, n in sorted(missing - set(why))]
    return trouble + ["coverage.txt: %s: take it out: %s %s%s" %
                      (wrong(r, machine, lines), r.file, r.function, ": " + r.text if r.text else "")
                      for r in reasons() if wrong(r, machine, lines)]


def report(folder, complete):
    """complete: all tests have run, so that the reasons can be judged, too."""
    trouble = [line for machine in ELF_MACHINE for line in report_machine(folder, machine, complete)]
    print("\n".join(dict.fromkeys(trouble)) if complete else "only some tests: not compared with coverage.txt")
    return 1 if trouble else 0
