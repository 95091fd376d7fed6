# grading/core/overview.py: a class' results as one HTML page: histogram, pass rates, what fails most. (staff's; all labs)
import collections
import html
import os
import urllib.parse

from . import classroom

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>%(title)s</title><style>
body { font: 15px/1.45 sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em; color: #222; background: #fff }
table { border-collapse: collapse; margin: 1em 0 } td, th { padding: .2em .7em; border-bottom: 1px solid #ddd; text-align: left; vertical-align: top }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums } .bar { display: inline-block; height: .8em; background: #47a } .bad { color: #b22 }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } td, th { border-color: #444 } .bad { color: #f77 } }
</style></head><body><h1>%(title)s</h1><p>%(summary)s</p>
<h2>Points</h2>%(histogram)s<h2>Exercises</h2>%(exercises)s<h2>What fails most</h2>%(failures)s<h2>Students</h2>%(students)s
</body></html>
"""


def _table(heads, rows):
    """rows: cells; a number is set to the right, a tuple is (text, already HTML)."""
    def cell(tag, value):
        if isinstance(value, tuple):
            return "<%s>%s</%s>" % (tag, value[0], tag)
        if isinstance(value, (int, float)):
            return '<%s class="n">%g</%s>' % (tag, value, tag)
        return "<%s>%s</%s>" % (tag, html.escape(classroom.shown(str(value))), tag)
    head = "".join(cell("th", h) for h in heads)
    return "<table><tr>%s</tr>%s</table>" % (head, "".join("<tr>%s</tr>" % "".join(cell("td", c) for c in row) for row in rows))


def _bar(share):
    return ('<span class="bar" style="width:%dpx"></span>' % round(240 * share),)


def page(lab, rows, results, seed):
    """rows: Classroom.table; results: {student: data}."""
    count = len(rows) or 1
    bins = collections.Counter(min(int(row["final"] // 10), 9) for row in rows)
    most = max(bins.values(), default=1)
    histogram = _table(["Points", "Students", ""], [["%d to %d" % (10 * b, 10 * b + (10 if b == 9 else 9)), bins[b], _bar(bins[b] / most)] for b in range(9, -1, -1)])
    full = collections.Counter(e.id for row in rows for e in lab.exercises if row[e.id] >= e.points - 0.05)
    exercises = _table(["Exercise", "", "Mean", "of", "Full marks", ""], [
        [e.id, e.title, round(sum(row[e.id] for row in rows) / count, 1), e.points, full[e.id], _bar(full[e.id] / count)] for e in lab.exercises])
    failed, words = collections.Counter(), {}
    for data in results.values():
        for name in {t["name"].rsplit(" ", 1)[0] for t in data.get("tests", []) if t["status"] in ("fail", "does not build")}:
            failed[name] += 1
        for t in data.get("tests", []):
            if t["status"] == "fail":
                words.setdefault(t["name"].rsplit(" ", 1)[0], t["hint"].splitlines()[0] if t["hint"] else "")
    failures = _table(["Test", "Students", "For example"], [[name, n, words.get(name, "does not build")] for name, n in failed.most_common(20)])
    students = _table(["Student", "Points", "Late days", "Final", "Note"], [
        [('<a href="students/%s.txt">%s</a>' % (urllib.parse.quote(os.fsencode(row["file"])), html.escape(row["student"])),), row["score"], row["late days"], row["final"], row["note"]] for row in rows])
    finals = sorted(row["final"] for row in rows) or [0]
    summary = "%d submissions, mean %.1f, median %.1f of 100; seed %d" % (len(rows), sum(finals) / len(finals), finals[len(finals) // 2], seed)
    return PAGE % {"title": html.escape("Lab %d: %s" % (lab.number, lab.title)), "summary": summary, "histogram": histogram,
                   "exercises": exercises, "failures": failures, "students": students}
