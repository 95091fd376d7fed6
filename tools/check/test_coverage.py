# tools/check/test_coverage.py: tests of coverage.py: what it may claim of a line, and of a reason. (all labs)
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import coverage
from coverage import IDLE, RAN, UNKNOWN

I386 = """
80100000 <f>:
80100000:	push   %ebp
80100001:	call   80200000 <__sanitizer_cov_trace_pc>
80100006:	test   %eax,%eax
80100008:	je     80100020 <f+0x20>
8010000a:	mov    $0xffffffea,%ebx
8010000f:	jmp    80100030 <f+0x30>
80100011:	lea    0x0(%esi,%eiz,1),%esi
80100020:	call   80200000 <__sanitizer_cov_trace_pc>
80100025:	inc    %eax
80100026:	jne    80100026 <f+0x26>
80100028:	dec    %eax
80100029:	cmp    $0x1,%eax
8010002b:	je     80100036 <f+0x36>
80100030:	ret
80100031:	call   80200000 <__sanitizer_cov_trace_pc>
80100036:	mov    $0x1,%eax
8010003b:	call   80200000 <__sanitizer_cov_trace_pc>
80100040:	call   80300000 <panic>
80100045:	call   80200000 <__sanitizer_cov_trace_pc>
8010004a:	inc    %eax
"""
MIPS = """
80100000 <g>:
80100000:      	jal	1049568 <__sanitizer_cov_trace_pc>
80100004:      	addiu	$4, $zero, 1 <h.c+0x80000001>
80100008:      	bnez	$1, 12 <g+0x18>
8010000c:      	nop <h.c+0x80000000>
80100010:      	jal	1049568 <__sanitizer_cov_trace_pc>
80100014:      	nop <h.c+0x80000000>
80100018:      	jr	$ra
8010001c:      	addiu	$sp, $sp, 32 <h.c+0x80000020>
"""
# machine, where a call of the recorder has returned to, {address: what must be known of it}
CASES = {
    "what is before the call in its block is run with it": (I386, {0x80100006}, {0x80100000: RAN, 0x80100006: RAN}),
    "a block without a call is open, if others lead on": (I386, {0x80100006}, {0x8010000a: UNKNOWN, 0x80100020: IDLE}),
    "nothing is run in a function that was not called": (I386, set(), {0x80100000: IDLE, 0x8010000a: IDLE, 0x80100028: IDLE}),
    "a loop of one block goes on below": (I386, {0x80100006, 0x80100025}, {0x80100026: RAN, 0x80100028: RAN}),
    "what two ways lead to is open": (I386, {0x80100006, 0x80100025}, {0x80100030: UNKNOWN}),
    "who does not come back leads nowhere": (I386, {0x80100006, 0x80100025, 0x80100040}, {0x80100040: RAN, 0x8010004a: IDLE}),
    "its only way on was not gone": (I386, {0x80100006, 0x80100025}, {0x80100036: IDLE}),
    "filling is no code": (I386, set(), {0x80100011: None}),
    "a delay slot belongs to its jump": (MIPS, {0x80100008}, {0x80100004: RAN, 0x8010000c: RAN, 0x80100010: IDLE, 0x80100014: IDLE}),
    "a branch over a block leaves what follows open": (MIPS, {0x80100008}, {0x80100018: UNKNOWN, 0x8010001c: UNKNOWN}),
    "a block that was run leads to the next": (MIPS, {0x80100008, 0x80100018}, {0x80100018: RAN}),
}
SOURCE = """/* a file */
static int one(int n)
{
	if (n)
		return -1;
	return 0;
}

static __attribute__((noreturn)) void two(void)
{
	stop();
}
"""
FILE = "kern/mem/example.c"
failures = 0


def check(name, what, wanted):
    global failures
    if what == wanted:
        print("PASS " + name)
    else:
        failures += 1
        print("FAIL %s: %s, not %s" % (name, what, wanted))


def check_states():
    for name, (text, returned, wanted) in CASES.items():
        (start, function, lines), = coverage.functions(text)
        known = coverage.function_states(start, function, lines, "mips" if text is MIPS else "i386", returned.__contains__)
        check(name, {at: known.get(at) for at in wanted}, wanted)


def judged(entry, lines, machine="i386"):
    """What is said of one entry of coverage.txt."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("# comment\nbecause\n\t%s\n" % entry)
        file.flush()
        reason, = coverage.reasons(file.name)
    return coverage.wrong(reason, machine, {(FILE, n): state for n, state in lines.items()})


def check_reasons(folder):
    coverage.ROOT = folder
    os.makedirs(os.path.join(folder, "kern/mem"))
    with open(os.path.join(folder, FILE), "w", encoding="utf-8") as file:
        file.write(SOURCE)
    check("lines that count", [n for n in range(1, 20) if coverage.counts(FILE, n)], [4, 5, 6, 11])
    missing = {4: RAN, 5: IDLE, 6: RAN, 11: IDLE}
    text = "both %s one: return -1;" % FILE
    check("a reason that is right", judged(text, missing), None)
    check("a line that is run now", judged(text, {5: RAN}), "it is run on i386")
    check("run on this machine, the reason is another's", judged("mips %s one: return -1;" % FILE, {5: RAN}), None)
    check("a line that is gone", judged("both %s one: return -2;" % FILE, missing), "there is no such line")
    check("a line of another function", judged("both %s two: return -1;" % FILE, missing), "there is no such line")
    check("a function of which a part is run", judged("both %s one" % FILE, missing), "it is run on i386")
    check("a function with attributes", judged("both %s two" % FILE, missing), None)
    check("sometimes run", judged("sometimes %s one: return -1;" % FILE, {5: RAN}), None)
    check("a file that is gone", judged("sometimes kern/mem/gone.c one: return -1;", missing), "there is no such line")
    try:
        judged("i386 what is this", missing)
        check("an entry that is none", "accepted", "refused")
    except SystemExit:
        check("an entry that is none", "refused", "refused")


check_states()
with tempfile.TemporaryDirectory(prefix="ouros-check-") as folder:
    check_reasons(folder)
sys.exit(1 if failures else 0)
