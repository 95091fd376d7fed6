# grading/core/build.py: kernels to be judged: staff's tree, some of its files replaced, and programs of the grader's own. (all labs)
"""Staff's tree is built once by its makefile. A kernel under test shares its objects, but for those that a replaced file
goes into: they are compiled in a folder that holds staff's sources with the replacements, and nothing else."""
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import time

from .elf import Elf
from .lab import ROOT
from . import confine

SOURCES = ("boot", "inc", "kern", "lib", "tools", "kern.ld")


class BuildError(Exception):
    """The student's text does not build; the message is the compiler's."""


class StaffError(Exception):
    """Staff's own tree does not build, or a tool is missing."""


def environment():
    drop = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "TEST", "SEED", "ARCH", "LAB", "JSON", "TREE", "GRADEFLAGS", "PT_BASE",
            "DEBUG", "TESTS", "HAZARD", "UBSAN", "COVERAGE", "V", "RUN")
    return {k: v for k, v in os.environ.items() if k not in drop}


class Staff:
    """Staff's tree, built for one machine at one slot. info: the makefile's variables."""

    def __init__(self, arch, slot=0x300, root=ROOT):
        self.arch, self.slot, self.root = arch, slot, root
        arguments = ["ARCH=" + arch] + ([] if slot == 0x300 else ["PT_BASE=0x%08X" % (slot << 22)])
        os.makedirs(os.path.join(root, "obj"), exist_ok=True)
        with open(os.path.join(root, "obj", "grade.lock"), "w") as lock:  # several gradings may start at once
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._make(arguments + ["all"])
            text = self._make(arguments + ["grade-info"])
        self.info = dict(line.partition(" ")[::2] for line in text.splitlines() if line.split(" ")[0].isupper())
        self.info = {name: value.replace(" -Werror", "") for name, value in self.info.items()}  # a build server's; a grade is the same everywhere
        self.objects = {source: self._later("kern", source) or self._object(source) for source in self.info["KERN_SRC"].split()}
        self.library = {source: os.path.join(self.info["UOBJ"], os.path.splitext(source)[0] + ".o") for source in self.info["LIB_SRC"].split()}
        self.later_library = [made for made in (self._later("user", source) for source in self.library) if made]
        self.programs = {os.path.basename(path)[:-2]: path for path in self.info["PROGRAM_OBJ"].split()}
        self.files = self._read_sources(root)
        self.stops = self._read_sources(os.path.join(root, "grading", "handout"))
        self._users, self.stage = self._read_users(), None  # before threads ask

    def lay_out(self, folder):
        """Copy what kernels are linked from into this folder: it is all of the tree that confined tools get to see."""
        info = self.info
        wanted = list(self.objects.values()) + self.later_library + [os.path.join(info["OBJ"], "kern.ld"), os.path.join(info["UOBJ"], "user.ld"),
                                                os.path.join(info["UOBJ"], "libc.a"), os.path.join(info["UOBJ"], "lib", "crt0.o")]
        wanted += self.programs.values()
        boot = os.path.join(info["OBJ"], "boot", self.arch)  # the PC's loader is linked by itself
        wanted += [path for path in [info["MKIMAGE"]] + [os.path.join(boot, name) for name in ("boot.bin", "loader.bin", "start16.o", "loader.o", "bios.o")]
                   if os.path.exists(os.path.join(self.root, path)) and path not in wanted]
        for name in wanted:
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            shutil.copy(os.path.join(self.root, name), os.path.join(folder, name))
        self.stage = folder

    def tools(self):
        """Folders of tools outside the system's own."""
        found = [os.path.realpath(shutil.which(self.info[t].split()[0]) or "/usr/bin") for t in ("CC", "LD", "OBJCOPY")]
        return sorted({os.path.dirname(os.path.dirname(path)) for path in found if not path.startswith("/usr/")})

    def _later(self, side, source):
        """In a student's tree: the object that stands for a part of a later lab (grading/later.py), or None."""
        path = os.path.join("grading", "later", self.arch, side, os.path.splitext(source)[0] + ".o")
        return path if os.path.exists(os.path.join(self.root, path)) else None

    def _object(self, source):
        return os.path.join(self.info["OBJ"], os.path.splitext(source)[0] + ".o")

    def _make(self, arguments):
        command = ["make", "-s", "--no-print-directory", "-j2"] + arguments
        done = subprocess.run(command, cwd=self.root, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise StaffError("%s failed:\n%s" % (" ".join(command), (done.stdout + done.stderr)[-2000:]))
        return done.stdout

    @staticmethod
    def _read_sources(root):
        found = {}
        for top in SOURCES:
            path = os.path.join(root, top)
            names = [path] if os.path.isfile(path) else [os.path.join(d, f) for d, _, fs in os.walk(path) for f in fs]
            for name in names:
                if name.endswith((".c", ".h", ".S", ".ld", ".sh")):
                    with open(name, "rb") as file:
                        found[os.path.relpath(name, root)] = file.read()
        return found

    def _read_users(self):
        found = {}
        for source, made in list(self.objects.items()) + list(self.library.items()):
            if made.startswith("grading/"):
                continue
            with open(os.path.join(self.root, os.path.splitext(made)[0] + ".d"), encoding="utf-8") as file:
                rule = file.read().split("\n\n")[0].replace("\\\n", " ").split("\n")[0]
            for needed in rule.split()[1:]:
                found.setdefault(os.path.normpath(needed), {})[(source, made)] = True
        return found

    def users(self, path):
        """(source, object) of the kernel and the library, into which this source or header goes."""
        return self._users.get(path, {})


class Program:
    """A program of the grader's for the archive: name, and how its ELF file is made: make(build, folder) -> path."""

    def __init__(self, name, make):
        self.name, self.make = name, make


class Build:
    """One kernel under test. replaced: {path: new text}; programs: of the grader's; extra: names of staff's user/ programs."""

    def __init__(self, staff, folder, replaced=None, programs=(), extra=(), symbols=False):
        self.staff, self.folder, self.symbols = staff, folder, symbols
        self.info, self.arch = staff.info, staff.arch
        self.replaced = {p: t for p, t in (replaced or {}).items() if staff.files.get(p) != data(t)}
        self.source = os.path.join(folder, "src")
        self.kernel = os.path.join(folder, "kernel")
        self.blank = any("LAB_TODO" in text for text in self.replaced.values())  # parts are not written: what stops there is linked
        self.compiled = {}  # staff's object -> ours
        self.dead = {}      # emulator: why the first program is never reached there, once that is known
        self._lay_out()
        self._compile_replaced()
        self.programs = {p.name: p.make(self, os.path.join(folder, "bin")) for p in programs}
        for name in extra:
            self.programs[name] = self.link_program(name, staff.programs[name], "bin/" + name)
        self._link_kernel()

    def key(self):
        return key(self.replaced)

    def _lay_out(self):
        os.makedirs(os.path.join(self.folder, "bin"), exist_ok=True)
        for path, content in list(self.staff.files.items()) + (list(self.staff.stops.items()) if self.blank else []):
            to = os.path.join(self.source, path)
            os.makedirs(os.path.dirname(to), exist_ok=True)
            with open(to, "wb") as file:
                file.write(data(self.replaced[path]) if path in self.replaced else content)
        os.makedirs(os.path.join(self.folder, "obj"), exist_ok=True)
        confine.hand_over(self.folder)

    def run(self, argv, what, cwd=None, stage=True):
        """A tool, confined to our folder (writing) and, if stage, staff's objects (reading); BuildError with what it says if it fails."""
        readable = ([self.staff.stage] if stage else []) + self.staff.tools()
        done = confine.run(argv, cwd=cwd or self.source, writable=[self.folder], readable=readable, seconds=60)
        if done.returncode:
            said = done.stdout.replace(self.source + "/", "").strip()[:20000]
            raise BuildError("%s: %s" % (what, done.why or said or "failed"))
        return done.stdout

    def _stops(self, folder):
        """Sources of what LAB_TODO calls, for the kernel ("kern") or programs ("lib"). A student's own tree has them already."""
        if not self.blank:
            return []
        mine = ("%s/" % folder, "%s/arch/%s/" % (folder, self.arch), "%s/%s/" % (folder, self.arch), "%s/core/" % folder)
        return [p for p in sorted(self.staff.stops) if p.endswith((".c", ".S")) and os.path.dirname(p) + "/" in mine]

    def staff_path(self, path):
        return path if os.path.isabs(path) else os.path.join(self.staff.stage, path)

    def compile(self, source, to, flags):
        if self.blank:
            flags += " -include lab.h -Wno-unused"
        argv = self.info["CC"].split() + flags.split() + (["-D__ASSEMBLER__"] if source.endswith(".S") else []) + ["-c", "-o", to, source]
        self.run(argv, "compiling " + source, stage=False)  # what staff's objects hold is the solution
        return to

    def _compile_replaced(self):
        wanted = {}
        for path in self.replaced:
            wanted.update(self.staff.users(path))
        for (source, made) in wanted:
            to = os.path.join(self.folder, "obj", made.replace("/", "_"))
            flags = self.info["LIB_CFLAGS"] if made in self.staff.library.values() else self.info["KERN_CFLAGS"]
            self.compile(source, to, flags)
            check_symbols(to, os.path.join(self.staff.root, made), source)
            self.compiled[made] = to

    def _compile_stops(self, folder, flags):
        made = []
        for source in self._stops(folder):
            to = os.path.join(self.folder, source.replace("/", "_") + ".o")
            made.append(to if os.path.exists(to) else self.compile(source, to, self.info[flags]))
        return made

    def link_program(self, name, *objects):
        """An ELF file out of objects (the last argument is where it goes, below our folder), crt0 and the library as it is under test."""
        to = os.path.join(self.folder, objects[-1])
        return self.link(to, [self.staff_path(o) for o in objects[:-1]], self.staff_path(os.path.join(self.info["UOBJ"], "user.ld")))

    def link(self, to, objects, script, options=()):
        uobj = self.info["UOBJ"]
        library = [self.compiled[o] for o in self.staff.library.values() if o in self.compiled] + self._compile_stops("lib", "LIB_CFLAGS")
        argv = self.info["LD"].split() + self.info["LDFLAGS"].split() + ["--gc-sections", "-T", script, "-o", to + ".debug"] + list(options) + \
            list(objects) + [self.compiled.get(uobj + "/lib/crt0.o", self.staff_path(uobj + "/lib/crt0.o"))] + \
            [o for o in library if not o.endswith("_crt0.o")] + [self.staff_path(o) for o in self.staff.later_library] + [self.staff_path(uobj + "/libc.a")]
        self.run(argv, "linking " + os.path.basename(to))
        self.run(self.info["OBJCOPY"].split() + ["--strip-all", to + ".debug", to], "stripping")
        return to

    def _link_kernel(self):
        names = sorted(self.programs)
        listing = self.run(["sh", "tools/programs.sh"] + [os.path.join(self.folder, "bin", name) for name in names], "the archive of programs")
        with open(os.path.join(self.source, "programs.S"), "w", encoding="ascii") as file:
            file.write(listing)
        archive = self.compile("programs.S", os.path.join(self.folder, "programs.o"), self.info["KERN_CFLAGS"])
        objects = [self.compiled.get(o) or self.staff_path(o) for o in self.staff.objects.values()] + [archive] + self._compile_stops("kern", "KERN_CFLAGS")
        script = self.staff_path(os.path.join(self.info["OBJ"], "kern.ld"))
        link = self.info["LD"].split() + self.info["LDFLAGS"].split() + ["-T", script, "-o", self.kernel] + objects
        self.run(link, "linking the kernel")
        if self.symbols:
            text = self.run(["sh", "tools/ksyms.sh", self.info["NM"], self.info["TC"], self.kernel], "the symbol table")
            with open(os.path.join(self.source, "ksyms.S"), "w", encoding="ascii") as file:
                file.write(text)
            self.run(link + [self.compile("ksyms.S", os.path.join(self.folder, "ksyms.o"), self.info["KERN_CFLAGS"])], "linking the kernel")


    def line_of(self, address):
        """"function() in file:line" of an address in the kernel; "" if nobody knows."""
        return self.lines_of([address]).get(address, "")

    def lines_of(self, addresses):
        """{address: "function() in file:line"} of those that are known."""
        prefix = re.sub(r"nm$", "", self.info["NM"].split()[0])
        tools = [tool for tool in (prefix + "addr2line", "llvm-addr2line", "addr2line") if shutil.which(tool)]
        found = {}
        for tool in tools[:1] if addresses else []:
            done = confine.run([tool, "-f", "-e", self.kernel] + ["0x%x" % a for a in addresses], cwd=self.source, writable=[self.folder], seconds=20)
            lines = done.stdout.splitlines()
            for address, name, place in zip(addresses, lines[::2], lines[1::2]):
                place = re.sub(r"^\./", "", place.split(" (")[0].replace(self.source + "/", "").replace(self.staff.root + "/", ""))
                if not place.startswith(("??", ":")) and not place.endswith((":0", ":?")):
                    found[address] = "%s() in %s" % (name, place)
        return found

    def with_lines(self, text):
        """A panic's words, each address of a call followed by its function and line."""
        called = {n: int(n, 16) - 1 for n in re.findall(r"^\s*#\d+ 0x([0-9a-f]{8})\b", text, re.MULTILINE)}  # it returns to the next line, maybe
        known = self.lines_of(list(called.values()))
        return re.sub(r"^(\s*#\d+ 0x([0-9a-f]{8}))\b( \(not in the kernel\))?",
                      lambda m: m.group(1) + " " + known[called[m.group(2)]] if called[m.group(2)] in known else m.group(0), text, flags=re.MULTILINE)


def remove(folder):
    """With all that is in it, though a tool that was killed just now may still have put something there."""
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):
            return
        time.sleep(0.05)


def data(text):
    """The bytes of a source that was read as text."""
    return text.encode("utf-8", "surrogateescape")


def key(replaced):
    """The same for the same replacements."""
    digest = hashlib.sha256()
    for path in sorted(replaced):
        digest.update(data("%s\0%s\0" % (path, replaced[path])))
    return digest.hexdigest()


def check_symbols(ours, staffs, source):
    """The student's object may define what staff's does, and nothing else that others can see; no section of its own kind."""
    mine, theirs = Elf(ours), Elf(staffs)

    def seen(elf):
        return {s.name for s in elf.symbols if s.is_defined and (s.is_global or s.is_weak)}
    more = seen(mine) - seen(theirs)
    if more:
        raise BuildError("%s defines %s, which is not its to define: make it static" % (source, ", ".join(sorted(more))))
    allowed = (".text", ".rodata", ".data", ".bss", ".debug", ".rel", ".symtab", ".strtab", ".shstrtab", ".comment", ".note", ".eh_frame",
               ".reginfo", ".MIPS", ".pdr", ".gnu.attributes", ".mdebug", ".group", ".srodata", ".sdata", ".sbss", ".line")
    odd = [name for name in mine.sections if name and not name.startswith(allowed) and name not in theirs.sections]
    if odd:
        raise BuildError("%s makes a section %s, which the kernel has no place for" % (source, odd[0]))
