# tools/check/coverage.py: make coverage: which lines of the kernel the tests run, on each machine. (all labs)
"""A kernel built with COVERAGE=1 calls kern/core/ktest_coverage.c from each block of its code; a bit is set for each call. When a
guest ends, its bits are read from its memory. Here they become lines: an instruction was run if the last such call before
it, in its function, was made. Assembly is not counted: nothing is called from there."""
import bisect
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
    return guest.read(known["coverage_bits"] - KERNEL_BASE, bytes_needed)


def tool(name, machine):
    """objdump and addr2line of this computer know only its own kind of program, as Debian has them."""
    names = ["mipsel-linux-gnu-", "mipsel-elf-"] if machine == "mips" else ["i686-linux-gnu-", "i686-elf-", ""]
    for prefix in names + ["llvm-"]:
        if shutil.which(prefix + name):
            return prefix + name
    raise SystemExit("make coverage: no %s for %s here: make deps" % (name, machine))


def blocks(kernel, machine):
    """(addresses of all instructions, for each the address that the call before it returns to)"""
    text = subprocess.run([tool("objdump", machine), "-d", "--no-show-raw-insn", "-j", ".text", kernel],
                          stdout=subprocess.PIPE, check=True, text=True).stdout
    addresses, calls, owners = [], [], []
    for function in re.split(r"^[0-9a-f]+ <.*>:$", text, flags=re.MULTILINE)[1:]:
        lines = [(int(m.group(1), 16), m.group(2)) for m in
                 re.finditer(r"^\s*([0-9a-f]+):\s+(.*)$", function, re.MULTILINE)]
        after = 2 if machine == "mips" else 1  # the delay slot is run before the call
        returns = [lines[i + after][0] for i, (_, code) in enumerate(lines)
                   if "__sanitizer_cov_trace_pc" in code and re.match(r"call|jal", code) and i + after < len(lines)]
        if not returns:
            continue
        for address, _ in lines:
            addresses.append(address)
            owners.append(returns[max(0, bisect.bisect_right(returns, address) - 1)])
    return addresses, owners


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
        if path.startswith("kern/") and number.isdigit() and not NOT_COUNTED.match(path):
            current.add((path, int(number)))
    return found


def lines_run(kernel, machine, bits):
    """(lines that have code, lines of which some code has run); bits None: none has run"""
    start = symbols(kernel)["kernel_start"]
    addresses, owners = blocks(kernel, machine)
    all_lines, run = set(), set()
    for lines, owner in zip(lines_of(kernel, machine, addresses), owners):
        all_lines |= lines
        n = owner - start
        if bits and bits[n // 8] >> n % 8 & 1:
            run |= lines
    return all_lines, run


def union(folder, machine):
    """{kernel: all bits that its guests recorded}"""
    found = {}
    for path in glob.glob(os.path.join(folder, machine + "-*.bits")):
        with open(path, "rb") as file:
            kernel, bits = file.readline().decode().strip(), file.read()
        had = found.get(kernel, bytes(len(bits)))
        found[kernel] = bytes(a | b for a, b in zip(had, bits))
    return found


def reasons():
    """[(regular expression of file or file:line text, why)] of coverage.txt"""
    with open(WHY, encoding="utf-8") as file:
        return [line.strip().split(None, 1) for line in file if line.strip() and not line.startswith("#")]


def write_missing(path, missing):
    """The lines that no test runs, with their text."""
    with open(path, "w", encoding="utf-8") as out:
        for file in sorted({f for f, _ in missing}):
            with open(os.path.join(ROOT, file), encoding="utf-8") as source:
                text = source.read().splitlines()
            for number in sorted(n for f, n in missing if f == file and n <= len(text)):
                out.write("%s:%d: %s\n" % (file, number, text[number - 1].strip()))


def report_machine(folder, machine):
    """Print the table of one machine; True when the goal is reached."""
    found = union(folder, machine)
    plain = os.path.join(ROOT, "obj", machine + "-coverage", "kernel")
    if not os.path.exists(plain) or not found:
        print("%s: no guest recorded anything" % machine)
        return False
    every, _ = lines_run(plain, machine, None)
    run = set()
    for kernel, bits in found.items():
        run |= lines_run(kernel, machine, bits)[1]
    missing = every - run
    listing = os.path.join(folder, machine + ".txt")
    write_missing(listing, missing)
    print("\n%s%37s" % (machine, "lines   run"))
    why = dict(reasons())
    for file in sorted({f for f, _ in every}):
        total = sum(f == file for f, _ in every)
        left = sum(f == file for f, _ in missing)
        print("  %-30s %6d %5.1f%%  %s" % (file, total, 100 * (total - left) / total, why.get(file, "") if left else ""))
    percent = 100 * (len(every) - len(missing)) / len(every)
    print("%s: %d of %d lines run, %.1f%%; the others: %s" %
          (machine, len(every) - len(missing), len(every), percent, os.path.relpath(listing, ROOT)))
    return percent >= GOAL


def report(folder):
    reached = [report_machine(folder, machine) for machine in ELF_MACHINE]
    if not all(reached):
        print("fewer than %d%% of the lines are run: add tests" % GOAL)
    return 0 if all(reached) else 1
