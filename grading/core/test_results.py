# grading/core/test_results.py: tests how results become points, and what other systems are given. (all labs)
import base64
import json
import os
import sys
import types
import xml.etree.ElementTree as xml

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from core import api, bochs, export, report, run, score  # noqa: E402
from core.lab import Exercise, Lab, LabError  # noqa: E402
from core.run import Result  # noqa: E402

LAB = Lab(9, "For a test", [Exercise("9.1", "Both", 60), Exercise("9.2", "One machine's", 40, archs=("mips",))])
ARCHS = ("i386", "mips")
failures = []


def check(condition, what):
    if not condition:
        failures.append(what)


def a_test(exercise, name, points=1, refusal=False, staff=False):
    return types.SimpleNamespace(exercise=exercise, name=name, title="title of " + name, points=points, refusal=refusal, staff=staff)


def results(status):
    """status(exercise, test's name, arch, mode) of each test."""
    tests = [a_test("9.1", "works", 3), a_test("9.1", "refuses", 1, refusal=True), a_test("9.2", "hidden", 2, staff=True)]
    found = []
    for t in tests:
        for arch in LAB.exercise(t.exercise).archs:
            for mode in ("alone", "whole"):
                found.append(Result(t, arch, mode, status(t.exercise, t.name, arch, mode), "<hint> & \x01 of " + t.name, 0.5))
    return found


def points(status, archs=ARCHS):
    return score.total(LAB, results(status), archs)


def summary(status):
    submission = types.SimpleNamespace(complaints={}, blank=set(), tree=".")
    return report.Summary(LAB, submission, results(status), ARCHS, 5, types.SimpleNamespace(tree="."))


def check_points():
    check(points(lambda e, t, a, m: "pass") == (100.0, 100.0), "all pass: 100 of 100")
    check(points(lambda e, t, a, m: "fail") == (0.0, 100.0), "nothing passes: 0")
    check(points(lambda e, t, a, m: "pass" if t == "refuses" else "fail")[0] == 0, "a refusal alone pays nothing")
    check(points(lambda e, t, a, m: "pass" if t != "refuses" else "fail")[0] == 85, "a refusal has its weight beside what works")
    check(points(lambda e, t, a, m: "pass" if m == "alone" else "fail")[0] == 70, "alone is 70%")
    check(points(lambda e, t, a, m: "pass" if m == "whole" else "fail")[0] == 30, "in the whole tree 30%")
    check(points(lambda e, t, a, m: "pass" if a == "i386" else "fail")[0] == 30, "a machine is half of what both have")
    check(points(lambda e, t, a, m: "pass" if a == "mips" else "fail")[0] == 70, "and all of what only it has")
    check(points(lambda e, t, a, m: "pass", ("i386",)) == (30.0, 30.0), "one machine graded: its part is the most")
    check(points(lambda e, t, a, m: "not run")[0] == 0, "not run is no pass")
    try:
        Lab(9, "x", [Exercise("9.1", "x", 99)])
        check(False, "a lab with 99 points is accepted")
    except LabError:
        pass


def check_formats():
    bad = summary(lambda e, t, a, m: "fail" if t == "works" else "not run" if t == "hidden" else "pass")
    data = bad.data()
    check(set(data) >= {"score", "max_score", "seed", "tests"} and data["seed"] == 5, "JSON has its fields")
    check(abs(sum(t["points"] for t in data["tests"]) - data["score"]) < 0.1, "points of the tests sum to the score")
    check(abs(sum(t["max"] for t in data["tests"]) - data["max_score"]) < 0.1, "and their most to the most")
    check(all(set(t) >= {"name", "points", "max", "status", "hint", "repeat"} for t in data["tests"]), "a test has its fields")
    check("make grade LAB=9 TEST=9.1/works ARCH=i386 SEED=5" in [t["repeat"] for t in data["tests"]], "the command that repeats a test")
    root = xml.fromstring(export.junit(bad).encode())
    check(len(root.findall(".//testcase")) == 10 and len(root.findall(".//failure")) == 4 and len(root.findall(".//skipped")) == 2, "JUnit counts")
    scope = json.loads(export.gradescope(bad))
    check({t["visibility"] for t in scope["tests"]} == {"visible", "after_published"}, "Gradescope hides staff's tests")
    check(scope["score"] == data["score"] and all("score" in t and "max_score" in t for t in scope["tests"]), "Gradescope's points")
    room = json.loads(base64.b64decode(export.classroom(bad)))
    check(room["version"] == 1 and room["status"] == "fail" and room["max_score"] == 100 and len(room["tests"]) == 2, "GitHub Classroom's fields")
    check(json.loads(export.autolab(bad)) == {"scores": {"9.1": 0.0, "9.2": 0.0}}, "Autolab's line")
    good = summary(lambda e, t, a, m: "pass")
    check(json.loads(base64.b64decode(export.classroom(good)))["status"] == "pass", "all pass: GitHub Classroom's pass")
    check("total: 100 / 100   seed 5" in good.text() and "\033" not in good.text() and "\033" in bad.text(True), "the text, with colours on a terminal only")


def in_bochs(function, not_in_bochs=""):
    session = types.SimpleNamespace(build=types.SimpleNamespace(arch="i386", staff=types.SimpleNamespace(slot=0x300)), close=lambda: None)
    return run.in_bochs(session, types.SimpleNamespace(exercise="9.1", name="t", alone=False, function=function, not_in_bochs=not_in_bochs), 1)


def raises(error):
    def function(t):
        raise error
    return function


def check_bochs():
    check(in_bochs(lambda t: None) == ("pass", "", "pass"), "Bochs agrees")
    status, hint, there = in_bochs(raises(api.Broken("a stale entry")))
    check((status, there) == ("fail", "fail") and hint.startswith("only Bochs shows it") and "a stale entry (see 9.1)" in hint, "Bochs alone shows it: it fails, and says so")
    check(in_bochs(raises(bochs.NotHere("it types"))) == ("pass", "", "it types"), "what Bochs can't do is QEMU's verdict, and named")
    check(in_bochs(raises(AssertionError()), "it is slow") == ("pass", "", "it is slow"), "what a test says of itself is not tried")
    check(run.naming("first\nsecond", "9.1") == "first (see 9.1)\nsecond" and run.naming("see 9.1", "9.1") == "see 9.1", "a hint names its exercise, once")
    found = summary(lambda e, t, a, m: "fail" if (t, a) == ("works", "i386") else "pass")
    for r in found.results:
        r.bochs = {"works": "fail", "refuses": "it types"}[r.test.name] if r.arch == "i386" else None
    text = found.text()
    check("Bochs, too: 0 tests passed, 1 failed\n     9.1/refuses was run in QEMU only: it types" in text, "the text names what Bochs was not asked")
    check("TEST=9.1/works ARCH=i386 SEED=5 EMU=both" in text, "the command that repeats it asks Bochs, too")
    check([t["bochs"] for t in found.tests() if "bochs" in t] == ["fail", "it types"] * 2, "JSON has what Bochs said of each test")


def main():
    check_points()
    check_formats()
    check_bochs()
    for what in failures:
        print("FAIL results: " + what)
    if not failures:
        print("PASS results")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
