# tools/check/makefiles.py: make itself: wrong variables, statuses of make qemu RUN=, what is rebuilt when. (all labs)
import fcntl
import os
import re
import shutil
import subprocess
import tempfile
import time

import guest
from job import ARCHES, FAIL, PASS, ROOT, Failure, Job, Result, Variant, command, environment, need

RANGE = "the page tables take any 4 MB aligned address from 0xC0000000 to 0xFFC00000"
# What is given to make, and what its one sentence must say.
SENTENCES = [
    (["PT_BASE=0x80000000"], "PT_BASE=0x80000000: lies below 0xC0000000; " + RANGE),
    (["PT_BASE=0xBFC00000"], "PT_BASE=0xBFC00000: lies below 0xC0000000; " + RANGE),
    (["PT_BASE=0xC0001000"], "PT_BASE=0xC0001000: is not aligned to 4 MB (0x400000); " + RANGE),
    (["PT_BASE=0xFFFFFFFF"], "PT_BASE=0xFFFFFFFF: is not aligned to 4 MB"),
    (["PT_BASE=0x1C0000000"], "PT_BASE=0x1C0000000: has more than 32 bits"),
    (["PT_BASE=3221225472"], "PT_BASE=3221225472: is not a hexadecimal number"),
    (["PT_BASE="], "PT_BASE=: is not a hexadecimal number"),
    (["PT_BASE=0xC0000000 0xC0400000"], "is not a hexadecimal number"),
    (["PT_BASE=$(rm -rf x)"], "PT_BASE="),
    (["ARCH=arm"], "ARCH=arm: OurOS runs on ARCH=i386 (the default) and ARCH=mips"),
    (["ARCH="], "ARCH=: OurOS runs on"),
    (["ARCH=i386 mips"], "OurOS runs on"),
    (["MEM=much"], "MEM=much: RAM is given in MB, a whole number from 16 to 2048"),
    (["MEM=8"], "MEM=8: RAM is given in MB"),
    (["TIMEOUT=0"], "TIMEOUT=0: a whole number of seconds"),
    (["CPU=z80"], "CPU=z80: ARCH=i386 runs on CPU= one of"),
    (["CPU=24Kf"], "CPU=24Kf: ARCH=i386 runs on CPU= one of"),
    (["TOOLCHAIN=tcc"], "TOOLCHAIN=tcc: ARCH=i386 is built with TOOLCHAIN= one of"),
    (["TOOLCHAIN=native", "ARCH=mips"], "TOOLCHAIN=native: ARCH=mips is built with"),
    (["HAZARD=22"], "HAZARD=22: the number of the guard to take out, from 1 to 21"),
    (["HAZARD=one"], "HAZARD=one: the number of the guard"),
    (["PTBASE=0xC0000000"], "PTBASE=0xC0000000: no such variable: make help lists them"),
    (["nonsense"], 'there is no target "nonsense": make help lists them'),
    (["check", "SEED=seven"], "SEED=seven: a seed is a decimal number"),
    (["qemu", 'RUN=echo "a"'], "a double quote can't be part of it"),
]


def make(job, *arguments, cwd=ROOT, timeout=None, stdin=subprocess.DEVNULL):
    return command(job, ["make", "--no-print-directory"] + list(arguments), cwd=cwd, timeout=timeout, stdin=stdin)


def run_sentences(job):
    for arguments, sentence in SENTENCES:
        done = make(job, *arguments)
        lines = [line for line in done.output.splitlines() if sentence in line]
        name = "%s/%s" % (job.name, " ".join(arguments))
        if done.code == 0:
            yield Result(name, FAIL, "make succeeded")
        elif len(lines) != 1:
            yield Result(name, FAIL, "no line says \"%s\", but: %s" % (sentence, done.output.strip()[:200]))
        else:
            yield Result(name, PASS)


# Program, typed input, status, what must be printed.
RUNS = [
    ("true", "", 0, r"^status 0$"),
    ("false", "", 1, r"^status 1$"),
    ("echo one  'two  three", "", 0, r"^one 'two three$"),
    ("sh", "hello\nexit 3\n", 3, r"hello, world: process 2 on "),
    ("sh", "\033[Ahello&\nexit 3\n", 3, r"\[2\] hello$"),
    ("sh", "echo \"a | b\"|cat | cat\ntrue | false 2>&1 | t_args exit 7\nexit\n", 7, r"a \| b$"),
    ("sh", "| cat\ncat |\n2>&1 | cat\nnosuch | cat\nexit 0\n", 0, r"ouros\$ sh: nosuch: no such program"),
    ("bad_null_read", "", 139, r"bad_null_read\] page fault: read of 0x00000000 .*; process ended$"),
    ("nosuchprogram", "", None, r"nosuchprogram"),
]


def run_statuses(arch):
    def body(job):
        need(guest.EMULATOR[arch])
        for program, typed, status, printed in RUNS:
            with tempfile.TemporaryFile() as stdin:
                stdin.write(typed.encode())
                stdin.seek(0)
                done = make(job, "qemu", "ARCH=" + arch, "RUN=" + program, "TIMEOUT=30", stdin=stdin)
            said = re.search(r"\bstatus (\d+)$", done.output, re.MULTILINE)
            why = ""
            if (done.code == 0) != (status == 0):
                why = "make's own status is %d" % done.code
            elif status is not None and (not said or int(said.group(1)) != status):
                why = "it says %s, not status %d" % (said.group(0) if said else "no status", status)
            elif not re.search(printed, done.output, re.MULTILINE):
                why = "nothing like /%s/ was printed: %s" % (printed, done.output.strip()[-300:])
            yield Result("%s/RUN=%s%s" % (job.name, program, " " + repr(typed) if typed else ""), FAIL if why else PASS, why)
        done = make(job, "qemu", "ARCH=" + arch, "RUN=spin", "TIMEOUT=2")
        late = done.code != 0 and "not finished after 2 s" in done.output
        yield Result(job.name + "/RUN=spin TIMEOUT=2", PASS if late else FAIL,
                     "" if late else "status %d, %s" % (done.code, done.output.strip()[-200:]))
    return body


def copy_tree(to):
    """The sources, and nothing that was built: what git knows, or, without git, everything but obj."""
    listed = guest.have("git") and subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True)
    names = listed.stdout.decode().split("\0") if listed and listed.returncode == 0 else None
    if not names:
        shutil.copytree(ROOT, to, ignore=shutil.ignore_patterns("obj", ".git"))
        return
    for name in filter(None, names):
        if os.path.isfile(os.path.join(ROOT, name)):
            os.makedirs(os.path.join(to, os.path.dirname(name)), exist_ok=True)
            shutil.copy2(os.path.join(ROOT, name), os.path.join(to, name))


def files_of(tree):
    return sorted(os.path.relpath(os.path.join(folder, name), tree) for folder, _, names in os.walk(tree) for name in names)


def compiled(output):
    return sorted(re.findall(r"^  CC +(\S+)(?: \(program\))?$", output, re.MULTILINE))


class Tree:
    """A copy of the sources, in a folder with a blank in its name, in which make may do as it likes."""

    def __init__(self, job, folder):
        self.job, self.path = job, os.path.join(folder, "a copy")
        copy_tree(self.path)

    def make(self, *arguments):
        """make must succeed; which files it compiled, and all it printed."""
        done = make(self.job, "CI=true", *arguments, cwd=self.path)
        if done.code:
            raise Failure("make %s: %s" % (" ".join(arguments), done.output.strip()[-300:]))
        return compiled(done.output), done.output

    def write(self, name, text):
        with open(os.path.join(self.path, name), "w", encoding="utf-8") as file:
            file.write(text)

    def sources_with(self, *headers):
        """The C files that include one of them, sorted as compiled() does; kernel and library share lib/format.c."""
        pattern = re.compile(r'^#include ["<](%s)[">]' % "|".join(headers), re.MULTILINE)
        found = []
        for name in files_of(self.path):
            if re.match(r"(kern|lib|user)/.*\.c$", name):
                with open(os.path.join(self.path, name), encoding="utf-8") as file:
                    text = file.read()
                unit_test = not name.startswith("user/") and re.search(r"^int main\(", text, re.MULTILINE)
                if pattern.search(text) and not unit_test:
                    found += [name] * (2 if name == "lib/format.c" else 1)
        return found

    def touch(self, name):
        """Newer than anything that was built."""
        when = max(os.stat(os.path.join(self.path, n)).st_mtime for n in files_of(self.path)) + 1
        time.sleep(max(0.0, when - time.time()) + 0.01)  # else what is made of it would be older, and be made once more
        os.utime(os.path.join(self.path, name), (when, when))


def second_check(job, tree):
    """While one make check runs in a tree (here: its lock is held), another waits; why it does not."""
    os.makedirs(os.path.join(tree.path, "obj/check"), exist_ok=True)
    with open(os.path.join(tree.path, "obj/check/lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        child = guest.spawn(["make", "check", "TEST=host/inc/test_selfmap"], cwd=tree.path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            env=environment())
        try:
            first = child.stdout.readline().decode()
            fcntl.flock(lock, fcntl.LOCK_UN)
            rest = child.communicate(timeout=job.left())[0].decode()
        except subprocess.TimeoutExpired:
            raise Failure("a second make check waits for ever") from None
        finally:
            guest.end(child)
    job.log(first + rest)
    return "" if first.startswith("waiting: ") and ", 0 failed" in rest and child.returncode == 0 else (first + rest).strip()[-300:]


NEW_PROGRAM = """#include <stdio.h>
int main(void) { puts("a new program"); return 7; }
"""


def run_tree(arch):
    def body(job):
        need(guest.EMULATOR[arch])
        result = lambda name, why: Result("%s/%s" % (job.name, name), FAIL if why else PASS, why)
        with tempfile.TemporaryDirectory(prefix="ouros-check-") as folder:
            tree = Tree(job, folder)
            before = files_of(tree.path)
            built = tree.make("-j2", "ARCH=" + arch)[0]
            yield result("builds without a warning, in a folder with a blank", "" if len(built) > 50 else "only %s" % built)
            again, output = tree.make("ARCH=" + arch)
            yield result("the second make does nothing", output.strip() if "Nothing to be done" not in output else "")
            tree.touch("user/hello.c")
            again = tree.make("ARCH=" + arch, "V=0")[0]
            yield result("one program changed, V=0", "" if again == ["user/hello.c"] else "compiled %s" % again)
            tree.touch("inc/format.h")
            tree.touch("user/pager.h")
            again = tree.make("-j2", "ARCH=" + arch)[0]
            yield result("headers changed", "" if again == tree.sources_with("format.h", "pager.h") else "compiled %s" % again)
            tree.write("user/brandnew.c", NEW_PROGRAM)
            done = make(job, "CI=true", "ARCH=" + arch, "qemu", "RUN=brandnew", "TIMEOUT=30", cwd=tree.path)
            fine = "a new program\n" in done.output and "status 7" in done.output
            yield result("a new file is a new program", "" if fine else done.output.strip()[-300:])
            os.remove(os.path.join(tree.path, "user/brandnew.c"))
            done = make(job, "CI=true", "ARCH=" + arch, "qemu", "RUN=brandnew", "TIMEOUT=30", cwd=tree.path)
            gone = done.code != 0 and "a new program" not in done.output
            yield result("a file that is gone is no program", "" if gone else done.output.strip()[-300:])
            for name in ["user/two words.c", "user/it's.c", "user/a:b.c", "user/$x.c"]:
                tree.write(name, NEW_PROGRAM)
                done = make(job, "ARCH=" + arch, cwd=tree.path)
                os.remove(os.path.join(tree.path, name))
                refused = done.code != 0 and name + ": rename it: the name of a program has only" in done.output
                yield result("a file called %s" % name, "" if refused else done.output.strip()[-300:])
            if arch == ARCHES[0]:
                yield result("a second make check waits for the first", second_check(job, tree))
            tree.make("clean")
            left = sorted(set(files_of(tree.path)) ^ set(before))
            yield result("make clean leaves the sources alone", "differs: %s" % left[:5] if left else "")
    return body


def jobs():
    found = [Job("make-sentences", run_sentences, 120, [Variant("i386")], [" ".join(a) for a, _ in SENTENCES], makes=True)]
    for arch in ARCHES:
        found.append(Job("make-run-" + arch, run_statuses(arch), 120, [Variant(arch)], makes=True))
        found.append(Job("make-tree-" + arch, run_tree(arch), 240))
    return found
