# grading/core/test_refuse.py: tests which texts are refused before anything is built. (all labs)
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from core.refuse import reasons  # noqa: E402

GOOD_C = ["return x + 1;", "/* #define in a comment */ int a = 0;", 'printf("#include %d\\n", 5);', "// asm\nx = '\"';", "",
          "static int helper(int a) { return a ? helper(a - 1) : 0; }", "int __attribute__((unused)) a = 1;"]
BAD_C = ["#include <mem/pmap.h>", "  #  define frame_alloc(k) 0", "%:define A 1", "??=define A 1", "int a;\n#pragma weak panic", "_Pragma(\"weak panic\")",
         'asm(".incbin \\"x\\"");', "__asm__ volatile (\"nop\");", "int x __attribute__((section(\".boot\")));", "#\\\ndefine A 1", "/* */ #undef ASSERT",
         "void f(void) __attribute__((alias(\"panic\")));", "__attribute__((__constructor__)) static void f(void) {}", "#error x", "#line 1 \"x\"",
         "const char *f = __FILE__;"]
GOOD_ASM = ["\tlw $2, 0($3)\n\tnop", ".set noreorder\n1:\tb 1b\n\t nop\n.set reorder", "/* .incbin */ nop", "# a comment, which says include nothing\n\tnop"]
BAD_ASM = ['.incbin "obj/x.o"', '.include "entry.S"', "#include <lab.h>", ".macro x\n.endm", ".globl panic", ".section .programs", "nop; .pushsection .text", ".irp r, 1, 2\n.endr",
           ".set panic, 0", "#define tlbwr nop", ".equ a, 1", ".org 0x180", ".weak panic", ". incbin \"x\""]


def main():
    wrong = []
    for texts, assembler, good in ((GOOD_C, False, True), (BAD_C, False, False), (GOOD_ASM, True, True), (BAD_ASM, True, False)):
        for text in texts:
            if (not reasons(text, assembler)) != good:
                wrong.append("%r is %s: %s" % (text, "refused" if good else "not refused", reasons(text, assembler)))
    allowed = 'asm volatile("invlpg (%0)" : : "r"(va) : "memory");'
    wrong += [] if not reasons(allowed, False, allowed) else ["asm is refused where staff has it, too"]
    wrong += [] if reasons('asm(".inc" "bin \\"x\\"");', False, allowed) else ["a directive in two strings is not refused"]
    wrong += [] if reasons('asm("\\x2eincbin");', False, allowed) else ["a directive with an escape is not refused"]
    for text in wrong:
        print("FAIL refuse: " + text)
    if not wrong:
        print("PASS refuse")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
