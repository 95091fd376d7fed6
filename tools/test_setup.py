#!/usr/bin/env python3
# tools/test_setup.py: what make does about missing tools, tried with a PATH of our own and an apt-get that only notes its
# arguments, and "installs" by making empty commands. Prints a line "PASS name" or "FAIL name: why" for each case.
import os
import shutil
import stat
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# What the makefiles and scripts themselves call; nothing of what they look for.
BASE = ("sh awk basename cat chmod cksum cut dirname env fold grep head id mkdir mktemp od printf rm sed sort tail "
        "touch tr true uname make expr").split()
# What each package brings, for the apt-get below.
BRINGS = {
    "gcc-i686-linux-gnu": ["i686-linux-gnu-" + t for t in ("gcc", "ar", "ld", "nm", "objcopy")],
    "gcc-mipsel-linux-gnu": ["mipsel-linux-gnu-" + t for t in ("gcc", "ar", "ld", "nm", "objcopy")],
    "qemu-system-x86": ["qemu-system-i386"],
    "qemu-system-mips": ["qemu-system-mipsel"],
    "gcc": ["gcc", "cc"],
    "clang": ["clang"], "lld": ["ld.lld"], "llvm": ["llvm-ar", "llvm-nm", "llvm-objcopy"],
}
APT_GET = """#!/bin/sh
echo "$*" >>"$LOG"
[ -t 0 ] && echo "reads the terminal" >>"$LOG"
case "$* " in *" -s "*) [ -e "$LISTS" ] ; exit ;; esac
case $1 in
update) : >"$LISTS" ;;
install)
	[ -e "$LISTS" ] && [ -z "$BROKEN" ] || exit 100
	for word; do
		case $word in
%s
		esac
	done ;;
esac
"""


def executable(path, text):
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, stat.S_IRWXU)


class Computer:
    """A PATH with the base commands, what is asked for, and perhaps apt-get."""

    def __init__(self, folder, commands=(), apt=True, lists=True, user=0):
        self.bin = os.path.join(folder, "bin")
        self.log = os.path.join(folder, "log")
        self.lists = os.path.join(folder, "lists")
        os.mkdir(self.bin)
        for name in BASE:
            where = shutil.which(name)
            if where:
                os.symlink(where, os.path.join(self.bin, name))
        for name in commands:
            executable(os.path.join(self.bin, name), "#!/bin/sh\n")
        self.put("id", "#!/bin/sh\necho %d\n" % user)
        if apt:
            cases = "\n".join("\t\t%s) for t in %s; do echo '#!/bin/sh' >%s/$t; chmod +x %s/$t; done ;;" %
                              (package, " ".join(tools), self.bin, self.bin) for package, tools in BRINGS.items())
            self.put("apt-get", APT_GET % cases)
        if lists:
            open(self.lists, "w").close()

    def put(self, name, text):
        path = os.path.join(self.bin, name)
        if os.path.lexists(path):
            os.remove(path)
        executable(path, text)

    def run(self, *command, **environment):
        env = dict(PATH=self.bin, LOG=self.log, LISTS=self.lists, HOME=os.path.dirname(self.bin), **environment)
        done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, universal_newlines=True, timeout=60)
        return done.returncode, done.stdout

    def asked(self):
        """The calls of apt-get, without those that only try (-s)."""
        if not os.path.exists(self.log):
            return []
        with open(self.log) as log:
            return [line.strip() for line in log if " -s" not in line]


def expect(condition, why):
    if not condition:
        raise AssertionError(why)


def nothing_missing(folder):
    here = Computer(folder, BRINGS["gcc-i686-linux-gnu"] + ["qemu-system-i386"])
    status, output = here.run("sh", "tools/deps.sh", "compiler-i386", "qemu-i386")
    expect(status == 0 and output == "" and not here.asked(), "%d %r %r" % (status, output, here.asked()))


def installs(folder):
    here = Computer(folder)
    status, output = here.run("sh", "tools/deps.sh", "compiler-i386", "qemu-i386")
    expect(status == 0, "status %d: %s" % (status, output))
    for package in ("gcc-i686-linux-gnu", "qemu-system-x86"):
        expect("  %s: " % package in output, "does not say what %s is for: %s" % (package, output))
    expect(len(here.asked()) == 1 and here.asked()[0].startswith("install -y"), "calls: %s" % here.asked())
    expect("multilib" not in here.asked()[0], "asks for gcc-multilib")


def updates_when_lists_are_absent(folder):
    here = Computer(folder, lists=False)
    status, output = here.run("sh", "tools/deps.sh", "compiler-mips", "qemu-mips")
    calls = [call.split()[0] for call in here.asked()]
    expect(status == 0 and calls == ["update", "install"], "status %d, calls %s: %s" % (status, calls, output))


def deps_no(folder):
    here = Computer(folder)
    status, output = here.run("make", "DEPS=no", "qemu", "RUN=hello")
    expect(status != 0 and not here.asked(), "status %d, calls %s" % (status, here.asked()))
    expect("apt-get install --no-install-recommends gcc-i686-linux-gnu qemu-system-x86" in output, output)


def looking_installs_nothing(folder):
    here = Computer(folder)
    for flag in ("-n", "-q", "-pq", "--dry-run"):
        here.run("make", flag, "qemu")
        expect(not here.asked(), "make %s called apt-get" % flag)


def targets_without_tools(folder):
    here = Computer(folder)
    for target in ("help", "doctor"):
        here.run("make", target)
        expect(not here.asked(), "make %s called apt-get" % target)


def doctor(folder):
    here = Computer(folder)
    status, output = here.run("make", "doctor")
    expect(status != 0 and "missing: a compiler for i386, qemu-system-i386" in output, "status %d: %s" % (status, output))
    for name in BRINGS["gcc-i686-linux-gnu"] + ["qemu-system-i386"]:
        here.put(name, "#!/bin/sh\necho version 99.1\n")
    status, output = here.run("make", "doctor")
    expect(status == 0 and "make qemu ARCH=i386 has all it needs" in output, "status %d: %s" % (status, output))
    expect(any("qemu-system-i386" in line and "newer" in line for line in output.splitlines()), "99.1 is not newer")
    status, output = here.run("make", "doctor", "ARCH=mips")
    expect(status != 0 and "missing: a compiler for mips, qemu-system-mipsel" in output, "status %d: %s" % (status, output))


def other_systems(folder):
    here = Computer(folder, apt=False)
    status, output = here.run("sh", "tools/deps.sh", "compiler-i386", "qemu-i386")
    expect(status != 0 and all(word in output for word in ("dnf", "pacman", "brew", "nix-shell")), output)


def not_root(folder):
    here = Computer(folder, user=1000)
    status, output = here.run("sh", "tools/deps.sh", "qemu-i386")
    expect(status != 0 and "no sudo" in output and not here.asked(), "without sudo: %d %s" % (status, output))
    here.put("sudo", '#!/bin/sh\necho "sudo $*" >>"$LOG"\n[ "$1" = -v ] && exit "$REFUSED"\nexec "$@"\n')
    status, output = here.run("sh", "tools/deps.sh", "qemu-i386", REFUSED="1")
    expect(status != 0 and here.asked() == ["sudo -v"], "refused: %d %s" % (status, here.asked()))
    status, output = here.run("sh", "tools/deps.sh", "qemu-i386", REFUSED="0")
    expect(status == 0 and any(c.startswith("sudo env") for c in here.asked()), "allowed: %d %s" % (status, here.asked()))


def failure_says_what_to_do(folder):
    here = Computer(folder)
    status, output = here.run("sh", "tools/deps.sh", "qemu-mips", BROKEN="yes")
    expect(status != 0 and "By hand: apt-get install" in output, "status %d: %s" % (status, output))


def toolchain_order(folder):
    here = Computer(folder)
    first = lambda arch, *names: here.run("sh", "tools/toolchain.sh", arch, *names)
    expect(first("i386") == (1, ""), "finds %s among nothing" % (first("i386"),))
    for package in ("clang", "lld"):
        for name in BRINGS[package]:
            here.put(name, "#!/bin/sh\n")
    expect(first("mips") == (1, ""), "takes half a clang")
    for name in BRINGS["llvm"]:
        here.put(name, "#!/bin/sh\n")
    expect(first("mips") == (0, "clang\n") and first("i386") == (0, "clang\n"), "clang: %s" % (first("mips"),))
    for prefix, word in (("mipsel-linux-gnu-", "cross"), ("mipsel-elf-", "elf")):
        for tool in ("gcc", "ar", "ld", "nm", "objcopy"):
            here.put(prefix + tool, "#!/bin/sh\n")
        expect(first("mips") == (0, word + "\n"), "%s: %s" % (word, first("mips")))
    expect(first("mips", "clang") == (0, "clang\n"), "a named one is not taken")


def main():
    failed = 0
    for test in (nothing_missing, installs, updates_when_lists_are_absent, deps_no, looking_installs_nothing,
                 targets_without_tools, doctor, other_systems, not_root, failure_says_what_to_do, toolchain_order):
        with tempfile.TemporaryDirectory(prefix="ouros-setup-") as folder:
            try:
                test(folder)
                print("PASS %s" % test.__name__)
            except (AssertionError, subprocess.TimeoutExpired) as why:
                failed += 1
                print("FAIL %s: %s" % (test.__name__, " ".join(str(why).split())[:400]))
    sys.exit(1 if failed else 0)


main()
