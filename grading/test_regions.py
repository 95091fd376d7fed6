#!/usr/bin/env python3
# grading/test_regions.py: marked regions: each mistake in a mark is named with its line; bodies go out, come back, and can't
# reach out of their region. Prints a line "PASS name" or "FAIL name: why" for each case.
import os
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import regions

PATH = "kern/mem/example.c"
GOOD = """/* kern/mem/example.c: for a test. (lab 2) */
/* [helpers of lab 2] Your own functions for this file. */
/* [end of helpers] */

bool one(int a)
{
	/*
	 * [lab 2.1, 3 points] Is a one?
	 * Think first.
	 * [until then] if (a)
	 * 	return false;
	 * return true;
	 */
	int answer = a == 1;
	return answer;
	/* [end of lab 2.1] */
}

void two(void)
{
	/* [lab 2.10, 1 point] Do it. */
	for (;;) {
	}
	/* [end of lab 2.10] */
}

void three(void)
{
	/* [lab 2.1, 2 points] The same from the other side. */
	two(); /* a comment's end */
	/* [end of lab 2.1] */
}
"""
BLANK = GOOD.replace("\tint answer = a == 1;\n\treturn answer;\n", "\tif (a)\n\t\treturn false;\n\treturn true;\n") \
    .replace("\tfor (;;) {\n\t}\n", "\tLAB_TODO(2.10);\n").replace("\ttwo(); /* a comment's end */\n", "\tLAB_TODO(2.1);\n")
ASSEMBLER = """/* kern/arch/mips/refill.S */
refill:
	/* [lab 2.7, 15 points] Nine instructions. */
	mfc0 $k0, CONTEXT	# don't
	eret
	/* [end of lab 2.7] */
"""

# What is put in place of what, in GOOD; what the error must say.
MISTAKES = [
    ("no end", "\t/* [end of lab 2.10] */\n", "", PATH + ":28: exercise 2.1 in kern/mem/example.c begins inside the region of "
     "exercise 2.10"),
    ("no end at all", GOOD[GOOD.index("\t/* [end of lab 2.10]"):], "}\n", PATH + ":21: the region of exercise 2.10"),
    ("no beginning", "\t/* [lab 2.10, 1 point] Do it. */\n", "", PATH + ":23: an end without a beginning"),
    ("another's end", "[end of lab 2.10]", "[end of lab 2.11]", PATH + ":24: this ends exercise 2.11, but the region of exercise 2.10"),
    ("helpers end it", "[end of lab 2.10]", "[end of helpers]", PATH + ":24: this ends helpers, but"),
    ("one points", "1 point]", "1 points]", PATH + ':21: "1 points"'),
    ("two point", "2 points]", "2 point]", PATH + ':29: "2 point"'),
    ("no points", "3 points]", "0 points]", PATH + ':7: "0 points"'),
    ("many points", "3 points]", "101 points]", PATH + ':7: "101 points"'),
    ("spelling", "[lab 2.10, 1 point]", "[lab 2.10 1 point]", PATH + ":21: this looks like a mark"),
    ("capitals", "[end of lab 2.10]", "[End of lab 2.10]", PATH + ":24: this looks like a mark"),
    ("not alone", "Do it. */", "Do it. */ two();", PATH + ":21: this looks like a mark"),
    ("not first", "[lab 2.10, 1 point] Do it.", "Do it: [lab 2.10, 1 point].", PATH + ":21: this looks like a mark"),
    ("two labs", "[lab 2.10, 1 point]", "[lab 3.1, 1 point]", PATH + ":21: exercise 3.1 in kern/mem/example.c, but this file belongs to lab 2"),
    ("exercise 0", "[lab 2.10, 1 point]", "[lab 2.0, 1 point]", PATH + ":21: exercise 2.0: labs and exercises"),
    ("empty", "\tfor (;;) {\n\t}\n", "\n", PATH + ":21: the region of exercise 2.10 in kern/mem/example.c is empty"),
    ("no words", " Do it.", "", PATH + ":21: the region of exercise 2.10 in kern/mem/example.c tells the student nothing"),
    ("not ASCII", "Do it.", "Do it \u2013 now.", PATH + ":21: a character that is not ASCII"),
    ("line ends", "int a)\n", "int a)\r\n", PATH + ":5: a line that ends with a carriage return"),
    ("full helpers", "/* [end of helpers] */", "int x;\n/* [end of helpers] */", PATH + ":2: the helpers region is the student's"),
    ("second helpers", "\nbool one", "/* [helpers of lab 2] More. */\n/* [end of helpers] */\n\nbool one", PATH + ":4: a second helpers region"),
    ("indented helpers", "/* [helpers", "\t/* [helpers", PATH + ":2: helpers stand at file scope"),
    ("open brace", "\tfor (;;) {\n\t}\n", "\tfor (;;) {\n", "a { is not closed"),
    ("half an #if", "\tfor (;;) {\n\t}\n", "#if 1\n\tfor (;;) {\n\t}\n", "an #if without its #endif"),
    ("no last line end", GOOD[-30:], GOOD[-30:-1], PATH + ":32: the last line has no end"),
]

# Bodies that a student might write, and what is wrong with them (None: nothing).
BODIES = [
    ("plain", "\tdone();\n", None),
    ("not ASCII", "\t/* \u4f60\u597d */ done();\n", None),
    ("brackets in text", "\tputs(\"}})/*\"); c = '{'; d = '\\''; e = '\"'; // ) {\n", None),
    ("a whole #if", "#ifdef DEBUG\n\tx();\n#else\n\ty();\n#endif\n", None),
    ("nothing", "", None),
    ("no line end", "\tdone();", None),
    ("open comment", "\tx(); /* and\n", "a comment is not closed"),
    ("open comment behind a split", "\tx(); /\\\n* and\n", "a comment is not closed"),
    ("open string", "\tputs(\"x);\n", "a string is not closed"),
    ("closes the function", "\tx();\n}\nvoid evil(void)\n{\n", "a } without its {"),
    ("closes it by digraphs", "\tx();\n%>\nvoid evil(void)\n<%\n", "a } without its {"),
    ("open brace", "\tif (x) {\n", "a { is not closed"),
    ("crossed", "\tx(a[1)];\n", "a ) without its ("),
    ("#if", "#if 0\n\tx();\n", "an #if without its #endif"),
    ("#if by digraph", "%:if 0\n\tx();\n", "an #if without its #endif"),
    ("#endif", "#endif\n#if 1\n", "#endif without an #if"),
    ("#else", "#else\n", "#else without an #if"),
    ("backslash", "\tx(); \\\n", "its last line ends with a backslash"),
]


def errors(text, path=PATH):
    try:
        regions.parse(path, text)
    except regions.RegionError as wrong:
        return wrong.errors
    return []


def same(have, want):
    assert have == want, "it is %r, not %r" % (have, want)


def parses():
    found = regions.parse(PATH, GOOD)
    same([r.key for r in found], [("helpers 2", PATH, 1), ("2.1", PATH, 1), ("2.10", PATH, 1), ("2.1", PATH, 2)])
    same([r.points for r in found], [0, 3, 1, 2])
    same(found[1].words, ["Is a one?", "Think first."])
    same(found[1].stand_in, ["if (a)", "\treturn false;", "return true;"])
    same(regions.bodies(GOOD, found)["2.10", PATH, 1], "\tfor (;;) {\n\t}\n")
    same(list(regions.exercises({PATH: found})[2]), ["2.1", "2.10"])


def goes_and_comes_back():
    found = regions.parse(PATH, GOOD)
    blank = regions.blank(GOOD, found)
    same(blank, BLANK)
    same(regions.splice(blank, regions.parse(PATH, blank, strict=False), regions.bodies(GOOD, found)), GOOD)
    same(regions.blank(GOOD, found, {3}), GOOD)


def assembler():
    found = regions.parse("a.S", ASSEMBLER)
    blank = regions.blank(ASSEMBLER, found)
    assert "\tLAB_TODO(2.7)\n" in blank and "mfc0" not in blank, blank
    same(regions.splice(blank, regions.parse("a.S", blank), regions.bodies(ASSEMBLER, found)), ASSEMBLER)


def mistake(name, old, new, sentence):
    def test():
        assert old in GOOD, "this test is stale"
        found = errors(GOOD.replace(old, new, 1))
        assert any(sentence in e for e in found), "no error says %r, but: %s" % (sentence, found or "none")
    return name, test


def trees(student_text):
    folder = tempfile.TemporaryDirectory()
    for name, text in (("staff", GOOD), ("student", student_text)):
        path = os.path.join(folder.name, name, PATH)
        os.makedirs(os.path.dirname(path))
        if text is not None:
            regions.write(path, text)
    return folder


def take(student_text):
    with trees(student_text) as folder:
        staff = os.path.join(folder, "staff")
        taken = regions.splice_tree(staff, os.path.join(folder, "student"))
        return taken, regions.read(os.path.join(staff, PATH))


def body(name, text, wrong):
    def test():
        same(regions.unbalanced(text, PATH)[:1], [wrong] if wrong else [])
        taken, spliced = take(BLANK.replace("\tLAB_TODO(2.10);\n", text))
        key = ("2.10", PATH, 1)
        if wrong and not text.endswith("*/\n"):
            assert key not in taken.bodies, "it was taken all the same"
            assert "\tfor (;;) {\n\t}\n" in spliced, spliced
        elif text.endswith("\n"):
            same(taken.bodies.get(key), text)
            same(spliced.count(text or "Do it. */\n\t/* [end"), 1)
    return "a body: " + name, test


def takes_only_bodies():
    mine = "\treturn mine(a);\n"
    student = BLANK.replace("\tif (a)\n\t\treturn false;\n\treturn true;\n", mine).replace("void three", "void evil") \
        .replace("Do it.", "Changed.").replace("/* [end of helpers] */", "static bool mine(int a) { return a; }\n/* [end of helpers] */")
    taken, spliced = take(student)
    same(taken.complaints, {})
    assert mine in spliced and "static bool mine" in spliced and "evil" not in spliced and "Changed" not in spliced, spliced
    same(taken.blank, {("2.10", PATH, 1), ("2.1", PATH, 2)})


def windows_line_ends():
    taken, spliced = take(GOOD.replace("answer", "result").replace("\n", "\r\n"))
    same(taken.complaints, {})
    same(spliced, GOOD.replace("answer", "result"))


def damaged():
    cases = [
        (BLANK.replace("\t/* [end of lab 2.10] */\n", ""), "2.10", "begins inside the region of exercise 2.10"),
        (BLANK.replace("\t/* [lab 2.10, 1 point] Do it. */\n", ""), "2.10", "damaged or gone: 0 of 1 are there"),
        (BLANK + "/* [lab 2.10, 1 point] Do it. */\n/* [end of lab 2.10] */\n", "2.10", "there 2 times, not once"),
        (None, "2.10", "kern/mem/example.c is missing"),
    ]
    for text, exercise, sentence in cases:
        taken, spliced = take(text)
        why = taken.complaints.get((exercise, PATH, 1), "")
        assert sentence in why, "%r says nothing of %r" % (why, sentence)
        assert (exercise, PATH, 1) not in taken.bodies
    taken, _ = take(BLANK.replace("\t/* [lab 2.10, 1 point] Do it. */\n", ""))
    assert ("2.1", PATH, 1) in taken.bodies, "one damaged mark costs the other exercise, too"


def not_a_file():
    with trees(BLANK) as folder:
        path = os.path.join(folder, "student", PATH)
        os.remove(path)
        os.symlink("/etc/passwd", path)
        taken = regions.take(os.path.join(folder, "student"), regions.parse(PATH, GOOD))
        assert "not a plain file" in taken.complaints["2.10", PATH, 1], taken.complaints
        same(taken.bodies, {})


def main():
    cases = [(f.__name__.replace("_", " "), f) for f in
             (parses, goes_and_comes_back, assembler, takes_only_bodies, windows_line_ends, damaged, not_a_file)]
    cases += [mistake(*m) for m in MISTAKES] + [body(*b) for b in BODIES]
    failed = 0
    for name, test in cases:
        try:
            test()
            print("PASS " + name)
        except Exception as why:
            failed += 1
            text = str(why) if isinstance(why, AssertionError) else "%s: %s: %s" % (
                type(why).__name__, why, traceback.format_exc().splitlines()[-3].strip())
            print("FAIL %s: %s" % (name, text.replace("\n", "\\n")))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
