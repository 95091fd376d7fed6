# grading/core/export.py: a grade as other systems want it: JUnit, Gradescope, GitHub Classroom, Autolab. (all labs)
import base64
import json
import xml.etree.ElementTree as xml

from . import score


def junit(summary):
    """JUnit's XML: a suite an exercise, a case a test, machine and mode."""
    root = xml.Element("testsuites", name="lab %d" % summary.lab.number)
    for exercise in summary.lab.exercises:
        mine = summary.of(exercise)
        suite = xml.SubElement(root, "testsuite", name="%s %s" % (exercise.id, exercise.title), tests=str(len(mine)),
                               failures=str(sum(r.status in ("fail", "does not build") for r in mine)), skipped=str(sum(r.status == "not run" for r in mine)))
        for r in mine:
            case = xml.SubElement(suite, "testcase", classname="lab%d.%s.%s.%s" % (summary.lab.number, exercise.id, r.arch, r.mode), name=r.test.name,
                                  time="%.3f" % r.seconds)
            if r.status == "not run":
                xml.SubElement(case, "skipped", message=printable(r.hint))
            elif r.status != "pass":
                failure = xml.SubElement(case, "failure", message=printable(r.hint.splitlines()[0] if r.hint else r.status))
                failure.text = printable("%s\nrepeat: %s" % (r.hint, summary.repeat(r)))
    xml.indent(root) if hasattr(xml, "indent") else None
    return '<?xml version="1.0" encoding="utf-8"?>\n' + xml.tostring(root, encoding="unicode") + "\n"


def printable(text):
    """What XML can hold."""
    return "".join(c if c in "\t\n" or 32 <= ord(c) < 0xD800 or 0xE000 <= ord(c) < 0xFFFE else "?" for c in text)


def gradescope(summary):
    """results.json of a Gradescope autograder. Staff-only tests are hidden until the grades are published."""
    tests = [{"name": t["name"], "name_format": "text", "score": t["points"], "max_score": t["max"], "status": "passed" if t["status"] == "pass" else "failed",
              "output": t["title"] + ("\n%s\nrepeat: %s" % (t["hint"], t["repeat"]) if t["status"] != "pass" else ""), "output_format": "text",
              "visibility": "after_published" if t["staff_only"] else "visible"} for t in summary.tests()]
    return json.dumps({"score": summary.points, "output": summary.text(), "output_format": "text", "stdout_visibility": "hidden", "tests": tests,
                       "extra_data": {"seed": summary.seed}}, indent=1) + "\n"


def _by_exercise(summary):
    for exercise in summary.lab.exercises:
        mine = summary.of(exercise)
        if mine:
            yield (exercise, mine) + score.of_exercise(exercise, mine, summary.archs)


def classroom(summary):
    """What GitHub Classroom's reporter reads, in base64: one test an exercise."""
    tests = []
    for exercise, mine, points, most in _by_exercise(summary):
        failed = summary.failures(exercise)
        tests.append({"name": "%s %s" % (exercise.id, exercise.title), "status": "pass" if points >= most - 1e-6 else "fail", "score": round(points, 2),
                      "message": "\n".join(r.hint for r in failed)[:2000], "test_code": summary.repeat(failed[0]) if failed else "",
                      "filename": "", "line_no": 0, "execution_time": "%.1fs" % sum(r.seconds for r in mine)})
    data = {"version": 1, "status": "pass" if summary.points >= summary.most else "fail", "max_score": summary.most, "tests": tests}
    return base64.b64encode(json.dumps(data).encode()).decode() + "\n"


def autolab(summary):
    """The last line that Autolab reads: points by problem, the exercises' numbers being the problems' names."""
    return json.dumps({"scores": {exercise.id: round(points, 2) for exercise, _, points, _ in _by_exercise(summary)}}) + "\n"


FORMATS = {"junit": junit, "gradescope": gradescope, "classroom": classroom, "autolab": autolab}
