# grading/core/classroom.py: a class: one submission after the other on all cores; stops, resumes, and never loses one. (staff's; all labs)
import contextlib
import csv
import fcntl
import json
import multiprocessing
import multiprocessing.connection
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback

from . import confine, harvest, report, run

SECONDS = 900  # for one submission


def name_of(path):
    name = os.path.basename(path.rstrip("/"))
    for ending in (".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tar", ".bundle"):
        if name.endswith(ending):
            return name[:-len(ending)]
    return name


def submissions(folder):
    """{student: path}, by name; where two would be one student's, all their paths."""
    found = {}
    for entry in sorted(os.listdir(folder)):
        if entry.startswith("."):
            continue
        path = os.path.join(folder, entry)
        if harvest.kind(path) or os.path.islink(path) or entry.endswith(".zip"):
            name = name_of(path)
            known = found.get(name, [])
            found[name] = (known if isinstance(known, list) else [known]) + [path] if known else path
    return found


def shown(text):
    """A name, or what a guest has printed, so that it can do nothing to a terminal or a table."""
    text = text.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shown_lines(text):
    return "".join(shown(line) + "\n" for line in text.split("\n"))


def cell(text):
    """For a CSV table: a spreadsheet takes what begins so for a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@")) else text


def write_atomically(path, text):
    """All of it or nothing, whatever happens meanwhile."""
    temporary = "%s.%s.%d.new" % (path, socket.gethostname(), os.getpid())
    with open(temporary, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


@contextlib.contextmanager
def workplace():
    """A folder for all that is temporary, gone afterwards; those that killed gradings have left are cleared away, too. A lock,
    which forked processes share, tells them from those in use."""
    top = tempfile.gettempdir()
    for name in os.listdir(top):
        if name.startswith("ouros-class-"):
            _clear(os.path.join(top, name))
    made = tempfile.mkdtemp(prefix=".ouros-class-")
    os.chmod(made, 0o711)
    folder = os.path.join(top, os.path.basename(made)[1:])
    with open(os.path.join(made, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.rename(made, folder)  # only now can others take it for a left one
        tempfile.tempdir = folder
        try:
            yield folder
        finally:
            tempfile.tempdir = None
            shutil.rmtree(folder, ignore_errors=True)


def _clear(folder):
    try:
        with open(os.path.join(folder, "lock"), encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass  # in use, or somebody else's


class Classroom:
    """grade_tree(tree, workers) -> (report.Summary): how one tree is graded. Results go to out/students/NAME.json and .txt."""

    def __init__(self, lab, wanted, grade_tree, out, seed):
        self.lab, self.wanted, self.grade_tree, self.out, self.seed = lab, wanted, grade_tree, out, seed
        self.folder = os.path.join(out, "students")
        os.makedirs(self.folder, exist_ok=True)

    def path(self, name, ending):
        return os.path.join(self.folder, name + ending)

    def result(self, name):
        """What is known of a student, or None."""
        try:
            with open(self.path(name, ".json"), encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError):
            return None

    def is_done(self, name):
        known = self.result(name)
        return known is not None and known.get("seed") == self.seed and known.get("lab") == self.lab.number

    def retire(self, name):
        """It is to be graded once more; until then there is no grade. The last one is kept beside."""
        if os.path.exists(self.path(name, ".json")):
            os.replace(self.path(name, ".json"), self.path(name, ".json.last"))

    def _fail(self, name, sentence):
        data = {"lab": self.lab.number, "score": 0.0, "max_score": 100.0, "seed": self.seed, "error": sentence, "tests": []}
        write_atomically(self.path(name, ".txt"), "%s: %s\n" % (shown(name), shown(sentence)))
        write_atomically(self.path(name, ".json"), json.dumps(data, indent=1, sort_keys=True) + "\n")

    def grade_one(self, name, path):
        """In a process of its own. Whatever is wrong with a submission costs only that one."""
        work = tempfile.mkdtemp(prefix="ouros-tree-")
        try:
            harvest.harvest(path, self.wanted, work)
            begin = time.monotonic()
            summary = self.grade_tree(work)
            data = summary.data()
            data["seconds"] = round(time.monotonic() - begin, 1)
            write_atomically(self.path(name, ".txt"), shown_lines(shown(name) + "\n" + summary.text().replace(" TREE=" + work, " TREE=" + path)))
            for test in data["tests"]:
                test["repeat"] = test["repeat"].replace(work, path)
            write_atomically(self.path(name, ".json"), json.dumps(data, indent=1, sort_keys=True) + "\n")
        except harvest.HarvestError as error:
            self._fail(name, str(error))
        except Exception as error:
            self._fail(name, "the grader failed on it: %s: %s" % (type(error).__name__, error))
            traceback.print_exc()
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def grade_all(self, todo, workers, stream=sys.stderr):
        """todo: {name: path}."""
        context = multiprocessing.get_context("fork")
        waiting, running, done = list(todo.items()), {}, 0
        while waiting or running:
            while waiting and len(running) < workers:
                name, path = waiting.pop(0)
                child = context.Process(target=self._child, args=(name, path))
                child.start()
                running[name] = (child, time.monotonic() + SECONDS)
            multiprocessing.connection.wait([child.sentinel for child, _ in running.values()], timeout=1)
            for name, (child, deadline) in list(running.items()):
                if child.is_alive() and time.monotonic() > deadline:
                    _end(child)
                    self._fail(name, "not graded within %d s" % SECONDS)
                if not child.is_alive():
                    child.join()
                    if not self.is_done(name):
                        self._fail(name, "the grader died on it")
                    del running[name]
                    done += 1
                    if stream:
                        stream.write("%d of %d: %s %s\n" % (done, len(todo), shown(name), (self.result(name) or {}).get("score")))
                        stream.flush()

    def _child(self, name, path):
        os.setsid()
        confine.die_with(multiprocessing.parent_process().pid)
        confine.take_another_uid()
        self.grade_one(name, path)

    def table(self, names, overrides, late):
        """Rows for the CSV: overrides {name: (points or None, note)}, late {name: days}; see policy()."""
        rows = []
        for name in names:
            known = self.result(name) or {"error": "not graded yet"}
            points = known.get("score", 0.0)
            override, note = overrides.get(shown(name), (None, ""))
            days = late.get(shown(name), 0)
            final = override if override is not None else policy(points, days)
            row = {"student": shown(name), "file": name, "score": points, "late days": days, "final": final, "note": note or known.get("error", "")}
            for exercise in self.lab.exercises:
                mine = [t for t in known.get("tests", []) if t["name"].startswith(exercise.id + "/")]
                row[exercise.id] = round(sum(t["points"] for t in mine), 1)
            rows.append(row)
        return rows

    def write_csv(self, rows):
        path = os.path.join(self.out, "grades.csv")
        with open(path + ".new", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["student", "score"] + [e.id for e in self.lab.exercises] + ["late days", "final", "note"], extrasaction="ignore")
            writer.writeheader()
            writer.writerows(dict(row, student=cell(row["student"]), note=cell(shown(row["note"]))) for row in rows)
        os.replace(path + ".new", path)


def policy(points, days):
    """Ten points of a hundred for each day that is not free."""
    return max(0.0, round(points - 10.0 * days, 1))


def read_adjustments(path):
    """({name: (points or None, note)}, {name: late days}) of a CSV table with the columns student, points, late, note."""
    overrides, late = {}, {}
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if not reader.fieldnames or "student" not in reader.fieldnames:
            raise ValueError("%s: its first line must name the columns: student,points,late,note" % path)
        for number, row in enumerate(reader, 2):
            try:
                name = (row["student"] or "").strip()
                name = name[1:] if cell(name[1:]) == name else name  # as grades.csv has it
                if name in overrides:
                    raise ValueError("%s has a line already" % name)
                points = (row.get("points") or "").strip()
                overrides[name] = (float(points) if points else None, (row.get("note") or "").strip())
                late[name] = int((row.get("late") or "0").strip() or 0)
            except ValueError as error:
                raise ValueError("%s:%d: %s" % (path, number, error)) from None
    return overrides, late


def strangers(names, overrides):
    """Who is in the table of adjustments, and handed in nothing."""
    known = {shown(name) for name in names}
    return sorted(name for name in overrides if name not in known)


def _end(child):
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        child.kill()


__all__ = ["Classroom", "submissions", "read_adjustments", "report", "run"]
