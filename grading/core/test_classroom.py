# grading/core/test_classroom.py: tests how a class is run: killed and started again, strange names, tables, reports. (staff's; all labs)
"""What grades a tree here is a stand-in: it reads the tree's one file and gives the points that stand in it."""
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from core import classroom, confine, overview  # noqa: E402
from core.lab import Exercise, Lab  # noqa: E402

LAB = Lab(9, "For a <test>", [Exercise("9.1", "Both", 100)])
WANTED = ["kern/a.c"]
ODD = ["with space", "new\nline", "quo'te\"", ";rm -rf x", "$(id)", "=cmd|'C calc'!A1", "-n", "<b>bold&", os.fsdecode(b"latin-\xe9"), "\u00fc\u00f1\u00ef", "esc\033[31m", "%41"]
failures = []


def check(condition, what):
    if not condition:
        failures.append(what)


class Summary:
    def __init__(self, points, hint=""):
        self.points, self.hint = points, hint

    def text(self):
        return "total: %g\n%s" % (self.points, self.hint)

    def data(self):
        return {"lab": 9, "score": self.points, "max_score": 100.0, "seed": 5, "tests": [
            {"name": "9.1/t i386 alone", "points": self.points, "max": 100.0, "status": "pass" if self.points == 100 else "fail", "hint": self.hint, "repeat": "make grade"}]}


def stand_in(tree):
    with open(os.path.join(tree, WANTED[0]), encoding="utf-8") as file:
        word = file.read()
    if word == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "raise":
        raise RuntimeError("what")
    if word == "hang":
        time.sleep(1000)
    if word.startswith("slow"):
        subprocess.Popen(["sleep", "1000"], preexec_fn=lambda parent=os.getpid(): confine.die_with(parent), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(1)
        word = word[4:]
    return Summary(float(word), "=<i>said</i>\033[2J")


def hand_in(folder, name, word):
    path = os.path.join(os.fsencode(folder), os.fsencode(name), b"kern")
    os.makedirs(path)
    with open(os.path.join(path, b"a.c"), "w", encoding="utf-8") as file:
        file.write(word)


def new_room(out):
    return classroom.Classroom(LAB, WANTED, stand_in, out, 5)


def run(folder, out, workers=2):
    """As grading/class does; {student: result}."""
    room, found = new_room(out), classroom.submissions(folder)
    room.grade_all({name: path for name, path in found.items() if not room.is_done(name)}, workers, None)
    rows = room.table(list(found), {}, {})
    room.write_csv(rows)
    results = {name: room.result(name) for name in found}
    classroom.write_atomically(os.path.join(out, "index.html"), overview.page(LAB, rows, results, 5))
    return results


def check_names(work):
    folder, out = os.path.join(work, "in"), os.path.join(work, "out")
    for i, name in enumerate(ODD):
        hand_in(folder, name, str(50 + i))
    results = run(folder, out)
    check({name: r["score"] for name, r in results.items()} == {name: 50.0 + i for i, name in enumerate(ODD)}, "names of all kinds are graded: %s" % results)
    with open(os.path.join(out, "grades.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    check(len(rows) == len(ODD) and all(r["student"].isprintable() for r in rows), "the table has one line for each, whatever is in a name")
    check(not any(r["student"].startswith(("=", "+", "-", "@")) for r in rows), "no name is a formula to a spreadsheet")
    with open(os.path.join(out, "index.html"), encoding="utf-8") as file:
        page = file.read()
    check("<b>" not in page and "<i>" not in page and "\033" not in page and "&lt;b&gt;bold&amp;" in page, "names and hints are text in the page")
    root = xml.fromstring(page.replace("<!DOCTYPE html>", "").replace('<meta charset="utf-8">', ""))
    links = [a.get("href") for a in root.iter("a")]
    check(len(links) == len(ODD) and all(os.path.exists(os.path.join(os.fsencode(out), _unquoted(link))) for link in links), "each report is linked")
    text = b"".join(open(os.path.join(os.fsencode(out), _unquoted(link)), "rb").read() for link in links)
    check(b"\033" not in text and b"\\x1b" in text, "a report does nothing to a terminal")


def _unquoted(link):
    return re.sub(rb"%(..)", lambda m: bytes([int(m.group(1), 16)]), link.encode())


def check_costs_only_itself(work):
    folder, out = os.path.join(work, "in"), os.path.join(work, "out")
    for name, word in {"good": "70", "crash": "crash", "raise": "raise", "hang": "hang", "twice": "100", "zeta": "80"}.items():
        hand_in(folder, name, word)
    shutil.make_archive(os.path.join(folder, "twice"), "gztar", os.path.join(folder, "twice"))
    with open(os.path.join(folder, "later.zip"), "w", encoding="ascii") as file:
        file.write("PK")
    os.symlink("/etc", os.path.join(folder, "link"))
    seconds, classroom.SECONDS = classroom.SECONDS, 3
    errors = os.dup(2)
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the traceback that "raise" is there for
        results = run(folder, out)
    finally:
        os.dup2(errors, 2)
        classroom.SECONDS = seconds
    said = {name: r.get("error", "") for name, r in results.items()}
    check(results["good"]["score"] == 70 and results["zeta"]["score"] == 80, "the others' points are theirs: %s" % results)
    for name, word in {"crash": "died", "raise": "RuntimeError: what", "hang": "not graded within", "twice": "twice and twice.tar.gz", "later.zip": "neither", "link": "neither"}.items():
        check(word in said.get(name, "") and results[name]["score"] == 0, "%s is named for what it is: %s" % (name, said.get(name)))


def check_killed(work):
    """kill -9 in the middle of it, again and again; then once to the end."""
    folder, out = os.path.join(work, "in"), os.path.join(work, "out")
    for i in range(6):
        hand_in(folder, "s%d" % i, "slow%d" % (10 * i))
    script = "import sys; sys.path.insert(0, %r); import test_classroom; test_classroom.run(%r, %r)" % (os.path.dirname(os.path.abspath(__file__)), folder, out)
    begun = []
    for _ in range(2):
        child = subprocess.Popen([sys.executable, "-c", script])
        below = []
        while child.poll() is None and (len(graded(out)) <= len(begun[-1] if begun else ()) or len(below) < 2):
            time.sleep(0.02)
            below = descendants(child.pid)
        child.kill()
        child.wait()
        deadline = time.monotonic() + 10
        while any(alive(pid) for pid in below) and time.monotonic() < deadline:
            time.sleep(0.05)
        check(len(below) >= 2 and not any(alive(pid) for pid in below), "killed, it leaves nothing that runs")
        room = new_room(out)
        begun.append({name for name in ("s%d" % i for i in range(6)) if room.is_done(name)})
    check(0 < len(begun[0]) < len(begun[1]) < 6, "what was graded stays, and it goes on: %s" % begun)
    times = {name: os.stat(os.path.join(out, "students", name + ".json")).st_mtime_ns for name in begun[1]}
    results = run(folder, out)
    check([results["s%d" % i]["score"] for i in range(6)] == [10.0 * i for i in range(6)], "in the end all are graded: %s" % results)
    check(all(os.stat(os.path.join(out, "students", name + ".json")).st_mtime_ns == at for name, at in times.items()), "and none of them twice")
    room = new_room(out)
    room.retire("s3")
    check(not room.is_done("s3") and "not graded yet" in room.table(["s3"], {}, {})[0]["note"], "who is to be graded again has no grade until then")
    with open(room.path("s3", ".json.last"), encoding="utf-8") as file:
        check(json.load(file)["score"] == 30, "and the last grade is kept")


def graded(out):
    folder = os.path.join(out, "students")
    return [name for name in os.listdir(folder) if name.endswith(".json")] if os.path.isdir(folder) else []


def descendants(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
            mine = [int(word) for word in file.read().split()]
    except OSError:
        return []
    return mine + [below for one in mine for below in descendants(one)]


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def check_adjustments(work):
    room, path = new_room(os.path.join(work, "out")), os.path.join(work, "table.csv")

    def table(text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        try:
            return classroom.read_adjustments(path)
        except ValueError as error:
            return str(error)
    for name, score in {"anna": 90, "ben": 50, "=c": 5}.items():
        classroom.write_atomically(room.path(name, ".json"), json.dumps(dict(Summary(score).data(), lab=9)))
    overrides, late = table("student,points,late,note\nanna,,2,ill\nben,77.5,9,=by hand\n'=c,,0,\nnobody,1,,\n")
    rows = {row["student"]: row for row in room.table(["anna", "ben", "=c"], overrides, late)}
    check(rows["anna"]["final"] == 70 and rows["anna"]["score"] == 90 and rows["anna"]["note"] == "ill", "late days cost, and the score is still told")
    check(rows["ben"]["final"] == 77.5, "an override is what it says, late or not")
    check(rows["=c"]["final"] == 5, "a name as grades.csv has it is understood")
    check(classroom.strangers(["anna", "ben", "=c"], overrides) == ["nobody"], "who handed in nothing is named")
    check(classroom.policy(15, 2) == 0, "late days never cost more than there is")
    room.write_csv(list(rows.values()))
    with open(os.path.join(room.out, "grades.csv"), encoding="utf-8") as file:
        check(",'=by hand" in file.read(), "a note is no formula either")
    for text, word in {"name,points\n": "must name the columns", "student,points\nanna,many\n": ":2: ", "student,late\nanna,x\n": ":2: ", "student\nanna\nanna\n": ":3: anna has a line already"}.items():
        check(word in str(table(text)), "%r is refused: %s" % (text, table(text)))


def check_workplace(work):
    tempfile.tempdir = work
    left = os.path.join(work, "ouros-class-left")
    os.mkdir(left)
    open(os.path.join(left, "lock"), "w", encoding="ascii").close()
    with classroom.workplace() as first:
        check(not os.path.exists(left), "what a killed grading left is cleared away")
        tempfile.tempdir = work
        with classroom.workplace():
            check(os.path.exists(first), "what another one uses is not")
    check(not any(name.startswith("ouros-class") for name in os.listdir(work)), "nothing is left")


def main():
    for what in (check_names, check_costs_only_itself, check_killed, check_adjustments, check_workplace):
        with tempfile.TemporaryDirectory(prefix="ouros-test-") as work:
            what(work)
        tempfile.tempdir = None
    for what in failures:
        print("FAIL classroom: " + what.replace("\n", " "))
    if not failures:
        print("PASS classroom")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
