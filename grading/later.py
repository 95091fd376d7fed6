# grading/later.py: for `make grade` in a student's tree: later labs' parts, compiled, since tests are programs that run. (staff's; all labs)
"""A test of lab 2 is a program, and programs need what labs 3 and 4 ask for. So a handout has, compiled and without names of
lines, the objects into which text of later labs goes, but for those that the student's own files make. `make qemu` does not
use them: there, later labs stop the machine."""
import os
import shutil
import subprocess

FOLDER = "grading/later"
ARCHES = ("i386", "mips")


class LaterError(Exception):
    """Staff's tree does not build: one sentence."""


def make(root, *arguments):
    drop = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "LAB", "OUT", "KEEP", "ARCH", "PT_BASE", "V", "DEBUG", "TESTS")
    environment = {k: v for k, v in os.environ.items() if k not in drop}
    done = subprocess.run(["make", "-s", "--no-print-directory", "-j2"] + list(arguments), cwd=root, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise LaterError("make %s fails here:\n%s" % (" ".join(arguments), done.stdout[-1000:]))
    return dict(line.partition(" ")[::2] for line in done.stdout.splitlines())


def needed(path):
    """What an object is made of: the first rule of its .d file."""
    with open(path, encoding="utf-8") as file:
        rule = file.read().replace("\\\n", " ").split("\n")[0]
    return {os.path.normpath(word) for word in rule.split()[1:]}


def objects(root, found, lab, info):
    """{source: object} of those into which text of labs after this one goes, and none of the student's own."""
    later = {path for path, parts in found.items() if any(r.lab > lab for r in parts)}
    own = {path for path, parts in found.items() if any(r.lab <= lab for r in parts)}
    chosen = {}
    for source in info["KERN_SRC"].split() + info["LIB_SRC"].split():
        kernel = source in info["KERN_SRC"].split()
        made = os.path.join(info["OBJ"] if kernel else info["UOBJ"], os.path.splitext(source)[0])
        if source not in own and needed(os.path.join(root, made + ".d")) & later:
            chosen[("kern" if kernel else "user", source)] = made + ".o"
    return chosen


def add(root, found, lab, tree):
    """Put them into the handout at tree, for both machines."""
    for arch in ARCHES:
        make(root, "ARCH=" + arch, "all")
        info = make(root, "ARCH=" + arch, "grade-info")
        for (side, source), made in objects(root, found, lab, info).items():
            to = os.path.join(tree, FOLDER, arch, side, os.path.splitext(source)[0] + ".o")
            os.makedirs(os.path.dirname(to), exist_ok=True)
            shutil.copyfile(os.path.join(root, made), to)
            subprocess.run(info["OBJCOPY"].split() + ["--strip-debug", to], check=True)
    with open(os.path.join(tree, "grading", "handed-out"), "w", encoding="ascii") as file:
        file.write("%d\n" % lab)
