#!/usr/bin/env python3
# grading/test_handout.py: students' trees made of a small solution: what is in them, earlier work that is kept, patches that
# apply where students have written. Prints a line "PASS name" or "FAIL name: why" for each case.
import contextlib
import os
import subprocess
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import handout
import patch
import regions
from keep import FOLDER, REPORT

README = "# A\n\nAll of it.\n" + "".join("\n## %s\n\nText about %s.\n" % (h, h) for h in
                                         ("Two commands", "What you need", "Commands", "Layout", "Debugging", "Known limits"))
ONE = """/* kern/core/one.c (lab 1) */
/* [helpers of lab 1] Yours. */
/* [end of helpers] */

int first(int a)
{
	/* [lab 1.1, 60 points] The first. */
	int the_solution_of_first = a * 3;
	return the_solution_of_first;
	/* [end of lab 1.1] */
}

int given(int a)
{
	return a;
}

int second(int a)
{
	/* [lab 1.2, 40 points] The second. */
	int the_solution_of_second = a * 5;
	return the_solution_of_second;
	/* [end of lab 1.2] */
}
"""
TWO = """/* kern/mem/two.c (lab 2) */
int a_function_before(void)
{
	return 1;
}

void third(void)
{
	/*
	 * [lab 2.1, 50 points] The third.
	 * [until then] return;
	 */
	the_solution_of_third(0);
	/* [end of lab 2.1] */
}

void fourth(void)
{
	/* [lab 2.2, 50 points] The fourth. */
	the_solution_of_fourth(1);
	/* [end of lab 2.2] */
}

int a_function_behind(void)
{
	return 2;
}
"""
THREE = "/* kern/proc/three.c (lab 3) */\nvoid fifth(void)\n{\n\t/* [lab 3.1, 100 points] The fifth. */\n" \
    "\tthe_solution_of_fifth();\n\t/* [end of lab 3.1] */\n}\n"
PLAIN = "".join("line %d of a given file\n" % n for n in range(1, 21))
LAB = """from core.lab import Exercise, Lab
LAB = Lab(number=%d, title="%s", exercises=[Exercise("%d.1", "One", %d), Exercise("%d.2", "Other", %d)], files=%s)
"""
FILES = {
    "README.md": README, "GNUmakefile": "all:\n", ".gitignore": "/obj/\n", ".ci/run": "#!/bin/sh\n",
    "kern/core/one.c": ONE, "kern/mem/two.c": TWO, "kern/proc/three.c": THREE, "kern/plain.c": PLAIN, "tools/go.sh": "#!/bin/sh\n",
    "grading/lab1/lab.py": LAB % (1, "First steps", 1, 60, 1, 40, "[]"),
    "grading/lab2/lab.py": LAB % (2, "Tables", 2, 45, 2, 55, '["grading/lab2/sheet.txt"]'),
    "grading/lab1/README.md": "# Lab 1\n", "grading/lab2/README.md": "# Lab 2\n", "grading/lab2/figure.svg": "<svg/>\n",
    "grading/lab2/sheet.txt": "answer:\n", "grading/lab2/mutants.py": "secret\n", "grading/lab3/README.md": "# Lab 3\n",
    "grading/grade.py": "secret\n", "grading/handout/files.mk": "CFLAGS += -include inc/lab.h\n",
    "grading/handout/inc/lab.h": "#define LAB_TODO(n) lab_todo(#n)\n",
    "grading/handout/README.md": "# Lab {lab}{title}\n{text}\n{exercises}\n\n{section Commands}\n",
}


def write(root, path, text):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    regions.write(path, text)


def read(root, path):
    return regions.read(os.path.join(root, path))


def edit(root, path, old, new):
    text = read(root, path)
    assert old in text, "this test is stale: no %r in %s" % (old, path)
    write(root, path, text.replace(old, new, 1))


def commit(root, message="x"):
    handout.git(root, "add", "-A")
    handout.git(root, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-q", "-m", message)
    return handout.git(root, "rev-parse", "HEAD").strip()


@contextlib.contextmanager
def solution():
    """A solution of its own for the time of a test; the folder around it."""
    was = handout.ROOT
    with tempfile.TemporaryDirectory(prefix="handout-test-") as folder:
        handout.ROOT = root = os.path.join(folder, "solution")
        for path, text in FILES.items():
            write(root, path, text)
        os.chmod(os.path.join(root, "tools/go.sh"), 0o755)
        handout.git(root, "init", "-q")
        commit(root)
        try:
            yield folder
        finally:
            handout.ROOT = was


def make(folder, name, lab, keep=""):
    out = os.path.join(folder, name)
    said = handout.handout(lab, out, keep)
    return out, said


def same(have, want):
    assert have == want, "it is %r, not %r" % (have, want)


def files(root):
    return sorted(handout.git(root, "ls-files").split())


def refused(call, *sentence):
    try:
        call()
    except (handout.HandoutError, patch.PatchError) as why:
        lines = str(why).split("\n")
        assert len(lines) == 1 or len(sentence) > 1, "more than one line: %s" % why
        for part in sentence:
            assert part in str(why), "%r says nothing of %r" % (str(why), part)
    else:
        raise AssertionError("it was not refused")


def what_is_in_it():
    with solution() as folder:
        out, _ = make(folder, "two", 2)
        same(files(out), sorted([".gitignore", "GNUmakefile", "README.md", "grading/files.mk", "grading/grade.py", "grading/lab1/README.md",
             "grading/lab1/lab.py", "grading/lab2/lab.py", "grading/lab2/README.md", "grading/lab2/figure.svg", "grading/lab2/sheet.txt", "inc/lab.h", "kern/core/one.c",
             "kern/mem/two.c", "kern/plain.c", "kern/proc/three.c", "tools/go.sh"]))
        same(read(out, "kern/core/one.c"), ONE)
        assert "\treturn;\n" in read(out, "kern/mem/two.c") and "\tLAB_TODO(2.2);\n" in read(out, "kern/mem/two.c")
        assert "\tLAB_TODO(3.1);\n" in read(out, "kern/proc/three.c"), "a later lab is not blank"
        text = read(out, "README.md")
        for part in ("# Lab 2: Tables", "| 2.1 | One | 45 | `kern/mem/two.c` |", "And in `grading/lab2/sheet.txt`.", "Text about Commands.", "grading/lab2/README.md"):
            assert part in text, "no %r in README.md" % part
        assert "All of it" not in text
        assert os.access(os.path.join(out, "tools/go.sh"), os.X_OK), "a script lost its mode"


def one_commit():
    with solution() as folder:
        out, _ = make(folder, "two", 2)
        same(handout.git(out, "rev-list", "--all").count("\n"), 1)
        same(handout.git(out, "status", "--porcelain"), "")
        same(handout.git(out, "log", "--format=%s").strip(), "Lab 2: Tables")
        again, _ = make(folder, "again", 2)
        same(handout.git(out, "rev-parse", "HEAD"), handout.git(again, "rev-parse", "HEAD"))


def no_solution_text_in_objects():
    with solution() as folder:
        for lab, secret in ((1, "the_solution_of_first"), (2, "the_solution_of_third"), (3, "the_solution_of_fifth")):
            out, _ = make(folder, "lab%d" % lab, lab)
            text = handout.git(out, "cat-file", "--batch-all-objects", "--batch")
            assert secret not in text, "%s is in a git object" % secret
            assert "kern/core/one.c" in text or "one.c" in text, "the objects were not read"


def leaks_are_refused():
    with solution() as folder:
        write(handout.ROOT, "user/leak.c", "int x;\n  if (x) the_solution_of_fourth  (1);\n")
        refused(lambda: make(folder, "two", 2), "kern/mem/two.c:20 (exercise 2.2) is also line 2 of user/leak.c", "can't be handed out")
        assert not os.path.exists(os.path.join(folder, "two")), "it was made all the same"
        make(folder, "three", 3)


def dirty_solution():
    with solution() as folder:
        edit(handout.ROOT, "kern/plain.c", "line 3 ", "row 3 ")
        write(handout.ROOT, "kern/new.c", "int new;\n")
        write(handout.ROOT, "kern/two.c.orig", "int old;\n")
        os.remove(os.path.join(handout.ROOT, ".gitignore"))
        out, _ = make(folder, "one", 1)
        assert "row 3 " in read(out, "kern/plain.c")
        assert "kern/new.c" in files(out) and "kern/two.c.orig" not in files(out) and ".gitignore" not in files(out)


def refusals():
    with solution() as folder:
        full = os.path.join(folder, "full")
        write(full, "x", "")
        refused(lambda: handout.handout(1, full), "full: this folder is not empty: give a new one")
        refused(lambda: handout.handout(1, os.path.join(full, "x")), "this is a file")
        refused(lambda: handout.handout(1, ""), "OUT= is missing")
        refused(lambda: handout.handout(1, os.path.join(folder, "a/b")), "there is no folder")
        refused(lambda: handout.handout(7, os.path.join(folder, "new")), "LAB=7: there is no such lab: labs with regions are 1, 2, 3")
        refused(lambda: handout.handout(1, os.path.join(folder, "new"), os.path.join(folder, "none")), "there is no such folder")
        refused(lambda: handout.lab_number("two"), "LAB=two")
        refused(lambda: handout.lab_number(""), "LAB= is missing"[:4], "is missing")
        refused(lambda: handout.fix("nosuch", 1, os.path.join(folder, "p")), "FROM=nosuch: git knows no such commit")
        refused(lambda: handout.fix("HEAD", 1, os.path.join(folder, "p")), "has not changed since")
        os.mkdir(os.path.join(folder, "empty"))
        make(folder, "empty", 1)


MINE = "\tint mine = a + a + a;\n\treturn mine;\n"


def student(folder):
    """Lab 1, of which the first exercise is written, with a helper, and other changes."""
    out, _ = make(folder, "student", 1)
    edit(out, "kern/core/one.c", "\tLAB_TODO(1.1);\n", MINE)
    edit(out, "kern/core/one.c", "/* [end of helpers] */", "static int help(void) { return 0; }\n/* [end of helpers] */")
    write(out, "user/mine.c", "int main(void) { return 0; }\n")
    edit(out, "kern/plain.c", "line 2 ", "my line 2 ")
    write(out, "obj/i386/x.o", "built")
    return out


def kept():
    with solution() as folder:
        work = student(folder)
        edit(handout.ROOT, "kern/plain.c", "line 18 ", "better line 18 ")
        out, said = make(folder, "next", 2, work)
        text = read(out, "kern/core/one.c")
        assert MINE in text and "static int help" in text, text
        assert "the_solution_of_second" in text, "what was not written is not the solution's: %s" % text
        assert "LAB_TODO(2.2)" in read(out, "kern/mem/two.c")
        assert "my line 2 " in read(out, "kern/plain.c") and "better line 18 " in read(out, "kern/plain.c")
        assert "user/mine.c" in files(out) and not [p for p in files(out) if p.startswith("obj/")]
        assert "0 conflicts" in said[-2], said
        assert "exercise 1.2 in kern/core/one.c: you had not written it" in read(out, REPORT)
        same(handout.git(out, "rev-list", "HEAD").count("\n"), 1)


def kept_twice():
    """What is the student's is still known in the tree made out of a tree made with KEEP."""
    with solution() as folder:
        out, _ = make(folder, "next", 2, student(folder))
        edit(out, "kern/mem/two.c", "\tLAB_TODO(2.2);\n", "\tmy_fourth();\n")
        commit(out)
        edit(handout.ROOT, "kern/plain.c", "line 18 ", "better line 18 ")
        last, said = make(folder, "last", 3, out)
        assert MINE in read(last, "kern/core/one.c") and "my_fourth" in read(last, "kern/mem/two.c")
        assert "the_solution_of_third" in read(last, "kern/mem/two.c")
        assert "my line 2 " in read(last, "kern/plain.c") and "better line 18 " in read(last, "kern/plain.c")
        assert "0 conflicts" in said[-2], said
        text = handout.git(out, "cat-file", "--batch-all-objects", "--batch")
        assert "the_solution_of_fourth" not in text, "a git object has the solution"


def conflicts():
    with solution() as folder:
        work = student(folder)
        edit(work, "kern/core/one.c", "\treturn a;\n", "\treturn a + 1;\n")
        edit(work, "GNUmakefile", "all:", "mine:")
        write(work, "kern/new.c", "int mine;\n")
        edit(work, "kern/mem/two.c", "\t/* [end of lab 2.2] */\n", "")
        os.symlink("/etc/passwd", os.path.join(work, "user/link.c"))
        edit(handout.ROOT, "kern/core/one.c", "\treturn a;\n", "\treturn a + 2;\n")
        edit(handout.ROOT, "GNUmakefile", "all:", "everything:")
        write(handout.ROOT, "kern/new.c", "int theirs;\n")
        out, said = make(folder, "next", 2, work)
        text = "\n".join(said)
        for path in ("GNUmakefile", "kern/core/one.c", "kern/new.c", "kern/mem/two.c"):
            assert path + ": conflict: " in text, "no word of %s: %s" % (path, text)
            same(read(out, os.path.join(FOLDER, path)), read(work, path))
            assert path in read(out, REPORT)
        assert "user/link.c: conflict: a symbolic link to /etc/passwd: not copied" in text, text
        assert "everything:" in read(out, "GNUmakefile") and "theirs" in read(out, "kern/new.c")
        assert "return a + 2" in read(out, "kern/core/one.c") and MINE in read(out, "kern/core/one.c")


def kept_without_history():
    with solution() as folder:
        work = student(folder)
        subprocess.run(["rm", "-rf", os.path.join(work, ".git")], check=True)
        out, said = make(folder, "next", 2, work)
        assert MINE in read(out, "kern/core/one.c") and "user/mine.c" in files(out)
        same(read(out, os.path.join(FOLDER, "kern/plain.c")), read(work, "kern/plain.c"))
        assert "kern/plain.c: conflict: " in "\n".join(said)


def change_solution(root):
    """A fix close to regions, inside their comments, and far from them; a file more, a file less."""
    edit(root, "kern/mem/two.c", "void fourth(void)\n{\n", "void fourth(void)\n{\n\tnow_first();\n\n")
    edit(root, "kern/mem/two.c", "The third.", "The third, better.")
    edit(root, "kern/mem/two.c", "[end of lab 2.2] */\n}", "[end of lab 2.2] */\n\tnow_last();\n}")
    edit(root, "kern/mem/two.c", "\treturn 2;\n", "\treturn 3;\n")
    edit(root, "kern/core/one.c", "\treturn a;\n", "\treturn a + 9;\n")
    edit(root, "kern/plain.c", "line 18 ", "better line 18 ")
    write(root, "kern/added.c", "int added;\n")
    os.remove(os.path.join(root, "tools/go.sh"))


LONG = "".join("\tmy_own_line_%d();\n" % n for n in range(30))


def fill(tree):
    edit(tree, "kern/mem/two.c", "\treturn;\n", LONG)
    edit(tree, "kern/mem/two.c", "\tLAB_TODO(2.2);\n", LONG)


def patched():
    with solution() as folder:
        start = handout.git(handout.ROOT, "rev-parse", "HEAD").strip()
        out, _ = make(folder, "student", 2)
        untouched, _ = make(folder, "untouched", 2)
        fill(out)
        commit(out)
        change_solution(handout.ROOT)
        fresh, _ = make(folder, "fresh", 2)
        path = os.path.join(folder, "fix.patch")
        handout.fix(start, 2, path)
        assert "my_own" not in read(folder, "fix.patch") and "LAB_TODO" not in read(folder, "fix.patch"), read(folder, "fix.patch")
        for tree in (untouched, out):
            handout.git(tree, "-c", "user.name=A", "-c", "user.email=a@b", "am", "-q", path)
        same(handout.git(untouched, "rev-parse", "HEAD^{tree}"), handout.git(fresh, "rev-parse", "HEAD^{tree}"))
        fill(fresh)
        handout.git(fresh, "add", "-A")
        same(handout.git(out, "rev-parse", "HEAD^{tree}"), handout.git(fresh, "write-tree"))


def patched_kept_tree():
    """One who has an own solution of an earlier lab takes the same patch; a fix of that solution is in a patch by itself."""
    with solution() as folder:
        start = handout.git(handout.ROOT, "rev-parse", "HEAD").strip()
        out, _ = make(folder, "next", 2, student(folder))
        plain, _ = make(folder, "plain", 2)
        fill(out)
        change_solution(handout.ROOT)
        edit(handout.ROOT, "kern/core/one.c", "a * 3", "a + a + a")
        fresh, _ = make(folder, "fresh", 2)
        path = os.path.join(folder, "fix.patch")
        handout.fix(start, 2, path)
        handout.git(out, "apply", path)
        text = read(out, "kern/core/one.c")
        assert MINE in text and "return a + 9" in text, text
        assert "now_first" in read(out, "kern/mem/two.c") and LONG in read(out, "kern/mem/two.c")
        for name in (path, path + ".solved"):
            handout.git(plain, "-c", "user.name=A", "-c", "user.email=a@b", "am", "-q", name)
        same(handout.git(plain, "rev-parse", "HEAD^{tree}"), handout.git(fresh, "rev-parse", "HEAD^{tree}"))


def patch_finds_its_place():
    """Regions look alike, and what students write moves all lines below: a change must not land at the wrong one."""
    with solution() as folder:
        part = "void same_%d(void)\n{\n\t/* [lab 2.2, 1 point] Alike. */\n\tthe_solution_of_this_one();\n\t/* [end of lab 2.2] */\n}\n\n"
        parts = [part % n for n in range(12)]
        write(handout.ROOT, "kern/mem/alike.c", "".join(parts))
        start = commit(handout.ROOT)
        out, _ = make(folder, "student", 2)
        text = read(out, "kern/mem/alike.c")
        write(out, "kern/mem/alike.c", text.replace("\tLAB_TODO(2.2);\n", LONG))
        parts[3] = parts[3].replace("2.2] */\n}", "2.2] */\n\tnow_last();\n}")
        write(handout.ROOT, "kern/mem/alike.c", "".join(parts))
        path = os.path.join(folder, "fix.patch")
        handout.fix(start, 2, path)
        handout.git(out, "apply", path)
        text = read(out, "kern/mem/alike.c")
        at = text.index("now_last")
        assert text.index("same_3") < at < text.index("same_4"), "it landed elsewhere"


CASES = (what_is_in_it, one_commit, no_solution_text_in_objects, leaks_are_refused, dirty_solution, refusals, kept, kept_twice,
         conflicts, kept_without_history, patched, patched_kept_tree, patch_finds_its_place)


def main():
    failed = 0
    for test in CASES:
        name = test.__name__.replace("_", " ")
        try:
            test()
            print("PASS " + name)
        except Exception as why:
            failed += 1
            text = str(why) if isinstance(why, AssertionError) else "%s: %s: %s" % (
                type(why).__name__, why, " ".join(traceback.format_exc().splitlines()[-5:-1]))
            print("FAIL %s: %s" % (name, text.replace("\n", "\\n")))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
