# grading/core/test_ownwords.py: tests that a compiler's words show the student's text in the student's lines, and no other. (all labs)
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from core.ownwords import translate  # noqa: E402

SAID = """compiling kern/mem/pmap.c: kern/mem/pmap.c: In function 'pmap_lookup':
kern/mem/pmap.c:102:9: error: 'x' undeclared (first use in this function)
  102 |         x = 1;
      |         ^
kern/mem/pmap.c:300:1: error: expected ';' before 'secret'
  300 | secret text of staff's
      | ^~~~~~
kern/mem/pmap.c:301:1: note: secret, too
  301 | more secret text
inc/types.h:14:24: note: in expansion of macro 'MIN'
"""
SHOWN = """compiling kern/mem/pmap.c: kern/mem/pmap.c: In function 'pmap_lookup':
kern/mem/pmap.c:152:9: error: 'x' undeclared (first use in this function)
  152 |         x = 1;
      |         ^
kern/mem/pmap.c (not in what you write):1: error: expected ';' before 'secret'
inc/types.h:14:24: note: in expansion of macro 'MIN'"""
CLANG = """compiling kern/mem/pmap.c: kern/mem/pmap.c:300:5: error: no
    secret text;
    ^
kern/mem/pmap.c:103:2: error: use of undeclared identifier 'y'
        y = 2;
        ^
2 errors generated."""
CLANG_SHOWN = """compiling kern/mem/pmap.c: kern/mem/pmap.c (not in what you write): error: no
kern/mem/pmap.c:153:2: error: use of undeclared identifier 'y'
        y = 2;
        ^
2 errors generated."""


def main():
    maps, failed = {"kern/mem/pmap.c": {102: 152, 103: 153}}, 0
    for said, shown in ((SAID, SHOWN.replace("write):1:", "write):")), (CLANG, CLANG_SHOWN), ("linking the kernel: undefined reference to `f'",) * 2):
        found = translate(said, maps)
        if found != shown:
            failed += 1
            print("FAIL ownwords: %r, not %r" % (found, shown))
    if len(translate("a line\n" * 1000, maps).splitlines()) > 40:
        failed += 1
        print("FAIL ownwords: a thousand lines are shown")
    if not failed:
        print("PASS ownwords")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
