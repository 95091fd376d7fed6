#!/usr/bin/env python3
# grading/handout.py: make handout: a student's tree out of the solution; make patch: a fix for trees handed out. (all labs)
"""What is in a student's tree for lab n: the solution's files, with the regions (regions.py) of lab n and of later labs blank;
what grading/handout/ has beside (LAB_TODO, a README); the texts of grading/lab1/ to labn/. Nothing else of grading/.

    python3 grading/handout.py handout LAB OUT [--keep DIR]
    python3 grading/handout.py patch FROM LAB OUT
    python3 grading/handout.py leaks [LAB]          where the solution's text could be read in a handout
"""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import later
import patch
import regions
from keep import TAG, keep_work

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXTRA = "grading/handout/"
LONGEST = 20  # characters of a solution's line, white space removed, that may occur elsewhere
ENDINGS = (".c", ".h", ".S", ".ld", ".mk", ".py", ".sh", ".md", ".svg", ".txt")
NOT_FOR_STUDENTS = (".ci/", "grading/", "tools/check/handouts.py", "tools/check/grading.py",
                    "tools/check/coverage.txt", "tools/check/test_coverage.py")  # the list quotes lines of the solution
GRADER = ["grading/grade.py", "grading/regions.py"] + ["grading/core/%s.py" % name for name in (
    "__init__", "api", "bochs", "build", "confine", "elf", "export", "gdb", "lab", "machine", "ownwords", "puppet", "refuse", "report", "run", "score", "walk")]


STAFF_TARGETS = ("hazards", "coverage", "bench", "matrix", "handout.*", "patch.*", "mutants.*")


class HandoutError(Exception):
    """One line, or several, for whoever called make."""


def git(where, *arguments, check=True, data=None, env=None):
    """Runs git there, without anybody's own settings. Its output, as text."""
    settings = {name: value for name, value in os.environ.items() if name not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")}
    settings.update(GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1", **(env or {}))
    done = subprocess.run(["git", "-C", where, "-c", "core.quotePath=off", "-c", "safe.directory=*"] + list(arguments),
                          input=data, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="surrogateescape")
    if check and done.returncode:
        raise HandoutError("git %s: %s" % (arguments[0], done.stderr.strip() or "status %d" % done.returncode))
    return done.stdout if done.returncode == 0 else None


def source_files(root):
    """Paths of the solution: what git knows, and new sources that it does not know yet. Without git: all but what was built."""
    top = git(root, "rev-parse", "--show-toplevel", check=False)
    if top and os.path.realpath(top.strip()) == os.path.realpath(root):
        listed = git(root, "ls-files", "-c", "-z").split("\0")
        listed += [p for p in git(root, "ls-files", "-o", "--exclude-standard", "-z").split("\0") if p.endswith(ENDINGS)]
    else:
        listed = [os.path.relpath(os.path.join(folder, name), root)
                  for folder, _, names in os.walk(root) for name in names]
        listed = [p for p in listed if not p.startswith(("obj/", ".git/")) and "__pycache__" not in p]
    return sorted({p for p in listed if p and os.path.isfile(os.path.join(root, p)) and not os.path.islink(os.path.join(root, p))})


def labs_of(found):
    return sorted(regions.exercises(found))


def lab_of(root, lab):
    """The Lab of grading/labN/lab.py; None where there is no such file."""
    path = os.path.join(root, "grading/lab%d/lab.py" % lab)
    if not os.path.exists(path):
        return None
    names = {"__name__": "lab%d" % lab, "__file__": path}
    try:
        exec(compile(regions.read(path), path, "exec"), names)
        return names["LAB"]
    except Exception as why:
        raise HandoutError("grading/lab%d/lab.py: %s: %s" % (lab, type(why).__name__, why)) from None


def title_of(root, lab):
    known = lab_of(root, lab)
    return known.title if known else ""


def named_files(root, lab):
    """What else a student writes, beside the regions."""
    known = lab_of(root, lab)
    return known.files if known else []


def is_for_students(path, labs):
    """Of a lab's folder: its text, its tests; not the mistakes that they are tried on, nor what is called staff_something."""
    name = os.path.basename(path)
    return path.startswith(tuple(labs)) and name.endswith((".md", ".svg", ".py")) and name != "mutants.py" and not name.startswith("staff_")


def handed_out(root, lab):
    """{path in the handout: path in the solution}"""
    found = {}
    texts = ["grading/lab%d/" % n for n in range(1, lab + 1)]
    named = [path for n in range(1, lab + 1) for path in named_files(root, n)]
    for path in source_files(root):
        if path.startswith(EXTRA):
            found[path[len(EXTRA):]] = path
        elif path in named or path in GRADER or is_for_students(path, texts) or not path.startswith(NOT_FOR_STUDENTS):
            found.setdefault(path, path)
    found["grading/files.mk"] = found.pop("files.mk")
    return found


def section(text, heading):
    """A section of a Markdown text, its heading included, without blank lines at its end."""
    found = re.search(r"^## %s\n.*?(?=^## |\Z)" % re.escape(heading), text, re.MULTILINE | re.DOTALL)
    if not found:
        raise HandoutError("README.md has no section \"%s\", which grading/handout/README.md wants" % heading)
    return found.group(0).strip()


def exercise_table(root, found, lab):
    """What there is to write, as a Markdown table: as the lab says; else what the regions tell."""
    parts = regions.exercises(found)[lab]
    known = lab_of(root, lab)
    rows = [(e.id, e.title, e.points) for e in known.exercises] if known else \
        [(id, "", sum(r.points for r in some)) for id, some in parts.items()]
    lines = ["| exercise | | points | what to write is in |", "|---|---|---|---|"]
    for id, title, points in rows:
        paths = dict.fromkeys(r.path for r in parts.get(id, ()))
        lines.append("| %s | %s | %d | %s |" % (id, title, points, ", ".join("`%s`" % p for p in paths)))
    files = ["`%s`" % p for p in (known.files if known else ())]
    return "\n".join(lines + (["", "And in %s." % " and ".join(files)] if files else []))


def readme(root, found, lab):
    """The handout's own README, out of its template and the solution's."""
    whole = regions.read(os.path.join(root, "README.md"))
    text = regions.read(os.path.join(root, EXTRA, "README.md"))
    title = title_of(root, lab)
    handout = "grading/lab%d/README.md" % lab
    handout = "Begin with [its text](%s).\n" % handout if os.path.exists(os.path.join(root, handout)) else ""
    for name, value in (("lab", str(lab)), ("title", ": " + title if title else ""), ("text", handout),
                        ("exercises", exercise_table(root, found, lab))):
        text = text.replace("{%s}" % name, value)
    text = re.sub(r"^\{section ([^}]*)\}$", lambda m: section(whole, m.group(1)), text, flags=re.MULTILINE)
    return re.sub(r"^\| `make (?:%s)` .*\n" % "|".join(STAFF_TARGETS), "", text, flags=re.MULTILINE)


def write_tree(root, found, lab, out, blank_from=None):
    """The files of a handout, into the folder out. found: the solution's regions. blank_from: blank are labs from there on,
    if not from lab on."""
    blank = set(range(blank_from or lab, 1 + max(labs_of(found))))
    for path, source in handed_out(root, lab).items():
        target = os.path.join(out, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(os.path.join(root, source), target)
        shutil.copymode(os.path.join(root, source), target)
        if path in found:
            regions.write(target, regions.blank(regions.read(target), found[path], blank))
    regions.write(os.path.join(out, "README.md"), readme(root, found, lab))


# No line of the solution may be read elsewhere.
def squeeze(line):
    return "".join(line.split())


class Secret:
    """The lines that a handout must not have."""

    def __init__(self, root, found, lab):
        self.lines = {}  # first characters: [(whole line, where)]
        for path, parts in found.items():
            lines = regions.split_lines(regions.read(os.path.join(root, path)))
            for r in (r for r in parts if r.lab >= lab):
                for n in range(r.body_from, r.body_to):
                    self.add(squeeze(lines[n]), "%s:%d (exercise %s)" % (path, n + 1, r.exercise))

    def add(self, line, where):
        if len(line) > LONGEST:
            self.lines.setdefault(line[:LONGEST + 1], []).append((line, where))

    def look(self, text):
        """(line number, where in the solution) of each line of text in which a secret line stands."""
        for number, line in enumerate(text.split("\n"), 1):
            line = squeeze(line)
            for at in range(len(line) - LONGEST):
                for secret, where in self.lines.get(line[at:at + LONGEST + 1], ()):
                    if line.startswith(secret, at):
                        yield number, where


def leaks(root, found, lab, tree):
    """Sentences: which line of tree is one of the solution's. One for each line of the solution's is enough."""
    secret = Secret(root, found, lab)
    said = {}
    for folder, folders, names in sorted(os.walk(tree)):
        if ".git" in folders:
            folders.remove(".git")
        for name in sorted(names):
            path = os.path.join(folder, name)
            for number, where in secret.look(regions.read(path)):
                said.setdefault(where, "%s is also line %d of %s" % (where, number, os.path.relpath(path, tree)))
    return list(said.values())


def need_lab(found, lab, root=ROOT):
    if lab not in labs_of(found):
        raise HandoutError("LAB=%d: there is no such lab: labs with regions are %s" %
                           (lab, ", ".join(map(str, labs_of(found))) or "none yet"))


def check_out(out):
    if not out:
        raise HandoutError("OUT= is missing: a new folder, e.g. OUT=../lab1")
    if os.path.lexists(out) and not os.path.isdir(out):
        raise HandoutError("OUT=%s: this is a file: give a new folder" % out)
    if os.path.isdir(out) and os.listdir(out):
        raise HandoutError("OUT=%s: this folder is not empty: give a new one" % out)


def commit_tree(root, lab, out, base=""):
    """One commit holds all of it. Who makes it again from the same sources gets the same. base: a folder, to be found under
    keep.TAG: next time, it tells what of the student's tree is the student's."""
    head = (git(root, "rev-parse", "HEAD", check=False) or "").strip()
    date = (git(root, "log", "-1", "--format=%cI", check=False) or "").strip() or "2026-01-01T00:00:00+00:00"
    title = title_of(root, lab)
    message = "Lab %d%s\n\nAs handed out.%s\n" % (lab, ": " + title if title else "", " Made from %s." % head[:12] if head else "")
    who = {"GIT_AUTHOR_NAME": "OurOS", "GIT_AUTHOR_EMAIL": "ouros@localhost", "GIT_AUTHOR_DATE": date,
           "GIT_COMMITTER_NAME": "OurOS", "GIT_COMMITTER_EMAIL": "ouros@localhost", "GIT_COMMITTER_DATE": date}
    git(out, "init", "-q", "--template=")
    git(out, "symbolic-ref", "HEAD", "refs/heads/main")
    if base:
        git(out, "--work-tree=" + base, "add", "-A", "-f", ".")
        tree = git(out, "write-tree").strip()
        git(out, "update-ref", TAG, git(out, "commit-tree", tree, data="As handed out, nothing written.\n", env=who).strip())
    git(out, "add", "-A", "-f", ".")
    git(out, "commit", "-q", "-F", "-", data=message, env=who)


def handout(lab, out, keep=""):
    """make handout. What there is to say about it, as lines."""
    check_out(out)
    found = regions.scan(ROOT)
    need_lab(found, lab)
    if keep and not os.path.isdir(keep):
        raise HandoutError("KEEP=%s: there is no such folder: give the student's tree of an earlier lab" % keep)
    parent = os.path.dirname(os.path.abspath(out))
    if not os.path.isdir(parent):
        raise HandoutError("OUT=%s: there is no folder %s to make it in" % (out, parent))
    said = []
    with tempfile.TemporaryDirectory(prefix=".handout-", dir=parent) as temporary:
        tree = os.path.join(temporary, "tree")
        os.mkdir(tree)
        write_tree(ROOT, found, lab, tree)
        wrong = leaks(ROOT, found, lab, tree)
        if wrong:
            raise HandoutError("\n".join(wrong + ["lab %d can't be handed out: its text would have lines of the solution" % lab]))
        base = ""
        if keep:
            base = os.path.join(temporary, "base")
            write_tree(ROOT, found, lab, base, blank_from=1)
            said = keep_work(keep, tree, found, lab, git)
        if os.path.exists(os.path.join(ROOT, "tools", "make", "grade.mk")):
            later.add(ROOT, found, lab, tree)
        commit_tree(ROOT, lab, tree, base)
        os.chmod(tree, 0o755)
        if os.path.isdir(out):
            os.rmdir(out)
        os.rename(tree, out)
    return said + ["%s: lab %d, handed out" % (out, lab)]


def unpack(commit, folder):
    """The solution as it was at that commit."""
    if git(ROOT, "rev-parse", "--verify", "-q", commit + "^{commit}", check=False) is None:
        raise HandoutError("FROM=%s: git knows no such commit" % commit)
    archive = subprocess.run(["git", "-C", ROOT, "archive", commit], stdout=subprocess.PIPE, check=True).stdout
    subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)


def fix(commit, lab, out):
    """make patch: from the handout of that commit to the one that would be made now."""
    if not commit:
        raise HandoutError("FROM= is missing: the commit that the trees were handed out from (git log in one of them tells it)")
    if not out:
        raise HandoutError("OUT= is missing: the patch's file, e.g. OUT=fix.patch")
    if os.path.isdir(out):
        raise HandoutError("OUT=%s: this is a folder: give a file's name" % out)
    with tempfile.TemporaryDirectory(prefix="handout-") as temporary:
        old_root, old, new = (os.path.join(temporary, name) for name in ("source", "old", "new"))
        for folder in (old_root, old, new):
            os.mkdir(folder)
        unpack(commit, old_root)
        found = regions.scan(ROOT)
        need_lab(found, lab)
        try:
            was = regions.scan(old_root)
            write_tree(old_root, was, lab, old)
        except (regions.RegionError, HandoutError, OSError, KeyError, ValueError) as wrong:
            raise HandoutError("FROM=%s: no handout can be made of that commit: %s" % (commit, str(wrong).splitlines()[0])) from None
        write_tree(ROOT, found, lab, new)
        wrong = leaks(ROOT, found, lab, new)
        if wrong:
            raise HandoutError("\n".join(wrong))
        return patch.make(git, old, new, lab, out)


def show_leaks(lab):
    found = regions.scan(ROOT)
    count = 0
    for n in labs_of(found) if lab is None else [lab]:
        need_lab(found, n)
        with tempfile.TemporaryDirectory(prefix="handout-") as tree:
            write_tree(ROOT, found, n, tree)
            for line in leaks(ROOT, found, n, tree):
                print("lab %d: %s" % (n, line))
                count += 1
    return count


def lab_number(text):
    if not re.fullmatch(r"[1-9]\d?", text):
        raise HandoutError("LAB=%s: %s" % (text, "the number of a lab, e.g. LAB=1" if text else "is missing, e.g. LAB=1"))
    return int(text)


def main():
    options = argparse.ArgumentParser(prog="handout.py", description="Make students' trees.")
    what = options.add_subparsers(dest="what", required=True)
    one = what.add_parser("handout")
    one.add_argument("lab")
    one.add_argument("out")
    one.add_argument("--keep", default="")
    one = what.add_parser("patch")
    one.add_argument("commit")
    one.add_argument("lab")
    one.add_argument("out")
    one = what.add_parser("leaks")
    one.add_argument("lab", nargs="?")
    chosen = options.parse_args()
    try:
        if chosen.what == "leaks":
            return 1 if show_leaks(lab_number(chosen.lab) if chosen.lab else None) else 0
        if chosen.what == "handout":
            said = handout(lab_number(chosen.lab), chosen.out, chosen.keep)
        else:
            said = fix(chosen.commit, lab_number(chosen.lab), chosen.out)
    except (HandoutError, later.LaterError, regions.RegionError, patch.PatchError) as wrong:
        print(wrong, file=sys.stderr)
        return 1
    for line in said:
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
