# grading/core/classroom.py: a class: one submission after the other on all cores; stops, resumes, and never loses one. (staff's; all labs)
import csv
import json
import multiprocessing
import os
import shutil
import signal
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
    """{student: path}, by name. Two that would be one student's are an error that says so."""
    found = {}
    for entry in sorted(os.listdir(folder)):
        if entry.startswith("."):
            continue
        path = os.path.join(folder, entry)
        if harvest.kind(path) or os.path.islink(path) or entry.endswith(".zip"):
            name = name_of(path)
            if name in found:
                raise ValueError("%s and %s are of one name: rename one" % (os.path.basename(found[name]), entry))
            found[name] = path
    return found


def write_atomically(path, text):
    """All of it or nothing, whatever happens meanwhile."""
    temporary = "%s.%d.new" % (path, os.getpid())
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


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
        write_atomically(self.path(name, ".txt"), "%s: %s\n" % (name, sentence))
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
            write_atomically(self.path(name, ".txt"), "%s\n%s\n" % (name, summary.text().replace(" TREE=" + work, " TREE=" + path)))
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
            time.sleep(0.05)
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
                        stream.write("%d of %d: %s %s\n" % (done, len(todo), name, (self.result(name) or {}).get("score")))
                        stream.flush()

    def _child(self, name, path):
        os.setsid()
        confine.take_another_uid()
        self.grade_one(name, path)

    def table(self, names, overrides, late):
        """Rows for the CSV: overrides {name: (points or None, note)}, late {name: days}; see policy()."""
        rows = []
        for name in names:
            known = self.result(name) or {"error": "not graded yet"}
            points = known.get("score", 0.0)
            override, note = overrides.get(name, (None, ""))
            days = late.get(name, 0)
            final = override if override is not None else policy(points, days)
            row = {"student": name, "score": points, "late days": days, "final": final, "note": note or known.get("error", "")}
            for exercise in self.lab.exercises:
                mine = [t for t in known.get("tests", []) if t["name"].startswith(exercise.id + "/")]
                row[exercise.id] = round(sum(t["points"] for t in mine), 1)
            rows.append(row)
        return rows

    def write_csv(self, rows):
        path = os.path.join(self.out, "grades.csv")
        with open(path + ".new", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["student", "score"] + [e.id for e in self.lab.exercises] + ["late days", "final", "note"])
            writer.writeheader()
            writer.writerows(rows)
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
                points = (row.get("points") or "").strip()
                overrides[name] = (float(points) if points else None, (row.get("note") or "").strip())
                late[name] = int((row.get("late") or "0").strip() or 0)
            except ValueError as error:
                raise ValueError("%s:%d: %s" % (path, number, error)) from None
    return overrides, late


def _end(child):
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        child.kill()


__all__ = ["Classroom", "submissions", "read_adjustments", "report", "run"]
