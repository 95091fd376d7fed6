# grading/keep.py: make handout KEEP=dir: a student's earlier work goes into the next lab's tree; nothing of it is lost. (all labs)
"""What a student wrote between the marks takes the solution's place. For everything else, three versions are merged: as it
was handed out, as it will be handed out now, and the student's. Where that can't be done, today's stays, and the student's
lies in kept/; KEPT.txt says so."""
import os
import shutil
import subprocess
import tempfile

import regions

REPORT = "KEPT.txt"
FOLDER = "kept"
TAG = "refs/tags/handed-out"  # of a tree made with KEEP: what it would have been without, all regions blank
NEVER = ("obj/", ".git/", "grading/later/", "grading/handed-out", FOLDER + "/", REPORT)


class Work:
    """said: what was done, as lines. conflicts: path: why."""

    def __init__(self, keep, tree, base, found, lab):
        self.keep, self.tree, self.base, self.found, self.lab = keep, tree, base, found, lab
        self.said, self.conflicts = [], {}

    def student(self, path):
        return os.path.join(self.keep, path)

    def today(self, path):
        return os.path.join(self.tree, path)

    def handed_out(self, path):
        return os.path.join(self.base, path) if self.base else ""

    def conflict(self, path, why):
        """Today's file stays; the student's is put aside."""
        self.conflicts[path] = why
        copy(self.student(path), os.path.join(self.tree, FOLDER, path))

    # One file.
    def take(self, path):
        if os.path.islink(self.student(path)) or not os.path.isfile(self.student(path)):
            kind = "a symbolic link to %s" % os.readlink(self.student(path)) if os.path.islink(self.student(path)) else "no plain file"
            self.conflicts[path] = "%s: not copied" % kind
        elif path in self.found and os.path.isfile(self.today(path)):
            self.take_regions(path)
        elif not os.path.isfile(self.today(path)):
            self.take_other(path)
        else:
            self.take_plain(path)

    def take_other(self, path):
        """A file that is not handed out today."""
        if os.path.lexists(self.today(path)) or blocked(self.tree, path):
            self.conflict(path, "today, something else has this name")
        elif not os.path.isfile(self.handed_out(path)):
            copy(self.student(path), self.today(path))
            self.said.append("%s: a file of yours" % path)
        elif not same(self.student(path), self.handed_out(path)):
            self.conflict(path, "you have changed it, and it is no longer part of OurOS")

    def take_plain(self, path):
        if same(self.student(path), self.today(path)):
            return
        if not os.path.isfile(self.handed_out(path)):
            return self.conflict(path, "there are two files of this name, yours and today's")
        if same(self.student(path), self.handed_out(path)):
            return
        if same(self.today(path), self.handed_out(path)):
            copy(self.student(path), self.today(path))
            self.said.append("%s: changed by you" % path)
            return
        try:
            self.merge(path, *[regions.read(p) for p in (self.today(path), self.handed_out(path), self.student(path))])
        except OSError as wrong:
            self.conflict(path, "can't be merged: %s" % wrong)

    def take_regions(self, path):
        wanted = self.found[path]
        taken = regions.take(self.keep, wanted)
        written = {key: body for key, body in taken.bodies.items() if key not in taken.blank}
        self.tell_regions(wanted, taken, written)
        today = regions.read(self.today(path))
        today = regions.splice(today, regions.parse(path, today, strict=False), written)
        regions.write(self.today(path), today)
        if taken.complaints:
            return self.conflict(path, "; ".join(taken.complaints.values()))
        student = regions.read(self.student(path)).replace("\r\n", "\n")
        if not os.path.isfile(self.handed_out(path)):
            if student != today:
                self.conflict(path, "it is not known how it was handed out: your tree has no git history")
            return
        base = regions.read(self.handed_out(path))
        base = regions.splice(base, regions.parse(path, base, strict=False), taken.bodies)
        if student != base:
            self.merge(path, today, base, student)

    def tell_regions(self, wanted, taken, written):
        for r in wanted:
            if r.key in written:
                if not r.helpers:
                    self.said.append("%s: yours" % r.name)
            elif not r.helpers and r.lab < self.lab:
                self.said.append("%s: you had not written it: as in the solution" % r.name)

    def merge(self, path, today, base, student):
        with tempfile.TemporaryDirectory(prefix="kept-") as folder:
            names = [os.path.join(folder, name) for name in ("today", "base", "student")]
            for name, text in zip(names, (today, base, student)):
                regions.write(name, text)
            done = subprocess.run(["git", "merge-file", "-p", "-q"] + names, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            if done.returncode:
                return self.conflict(path, "you and we have changed the same lines")
            with open(self.today(path), "wb") as file:
                file.write(done.stdout)
        self.said.append("%s: changed by you, outside what you were to write" % path if path in self.found else
                         "%s: changed by you" % path)

    def report(self):
        lines = ["What became of your work. What is graded is only what stands between the marks.", ""]
        if self.conflicts:
            lines += ["To be done by you: these are as handed out today; your versions lie in %s/:" % FOLDER]
            lines += ["  %s: %s" % item for item in sorted(self.conflicts.items())] + [""]
        lines += ["Taken over:"] + ["  " + line for line in self.said or ["nothing"]]
        regions.write(os.path.join(self.tree, REPORT), regions.join_lines(lines))
        return ["%s: conflict: %s" % item for item in sorted(self.conflicts.items())] + \
            ["%d conflicts, %d things taken over: see %s" % (len(self.conflicts), len(self.said), REPORT)]


def copy(source, target):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copyfile(source, target)
    shutil.copymode(source, target)


def same(one, other):
    with open(one, "rb") as a, open(other, "rb") as b:
        return a.read() == b.read()


def blocked(tree, path):
    """Is a file in the way of path's folders?"""
    while os.path.dirname(path):
        path = os.path.dirname(path)
        if os.path.lexists(os.path.join(tree, path)) and not os.path.isdir(os.path.join(tree, path)):
            return True
    return False


def is_repository(keep, git):
    top = git(keep, "rev-parse", "--show-toplevel", check=False)
    return top is not None and os.path.realpath(top.strip("\n")) == os.path.realpath(keep)


def unpack_base(keep, git, folder):
    """How the tree was handed out, into folder. False: it has no history that tells."""
    commit = git(keep, "rev-parse", "-q", "--verify", TAG + "^{commit}", check=False)
    commit = commit or (git(keep, "rev-list", "--max-parents=0", "HEAD", check=False) or "").split("\n")[-2:-1]
    commit = commit if isinstance(commit, str) else "".join(commit)
    if not commit.strip():
        return False
    git(keep, "--work-tree=" + folder, "read-tree", commit.strip(), env={"GIT_INDEX_FILE": os.path.join(folder, ".index")})
    git(keep, "--work-tree=" + folder, "checkout-index", "-a", "-f", env={"GIT_INDEX_FILE": os.path.join(folder, ".index")})
    os.remove(os.path.join(folder, ".index"))
    return True


def student_files(keep, git):
    if is_repository(keep, git):
        listed = git(keep, "ls-files", "-c", "-o", "--exclude-standard", "-z").split("\0")
        listed = [p for p in listed if p and os.path.lexists(os.path.join(keep, p))]
    else:
        listed = [os.path.relpath(os.path.join(folder, name), keep) for folder, _, names in os.walk(keep) for name in names]
        listed = [p for p in listed if "__pycache__" not in p]
    return sorted({p for p in listed if not p.startswith(NEVER)})


def all_files(tree):
    return [os.path.relpath(os.path.join(folder, name), tree) for folder, _, names in os.walk(tree) for name in names]


def keep_work(keep, tree, found, lab, git):
    """Put the work that is in the folder keep into tree, a handout of that lab. Lines to tell the caller.

    git: handout.py's function. found: the solution's regions.
    """
    with tempfile.TemporaryDirectory(prefix="handout-") as base:
        known = is_repository(keep, git) and unpack_base(keep, git, base)
        work = Work(keep, tree, base if known else "", found, lab)
        files = student_files(keep, git)
        for path in files:
            work.take(path)
        if known:
            gone = sorted(set(all_files(base)) - set(files))
            work.said += ["%s: you had deleted it; it is there again" % p for p in gone if os.path.isfile(work.today(p))]
    return work.report()
