# grading/lab4/mutants.py: mistakes that students make in lab 4, each of which the tests must notice. (lab 4)
from core.lab import Mutant

FORK, FAULT = "kern/mem/fork.c", "kern/mem/fault.c"
PAGER, UPCALL, UFORK = "kern/proc/pager.c", "kern/proc/upcall.c", "lib/ufork.c"
MESSAGE, PORT, CARRY, FUTEX = "kern/proc/message.c", "kern/proc/port.c", "kern/proc/carry.c", "kern/proc/futex.c"

MUTANTS = [
    # 4.1
    Mutant("child-write-left", "4.1", FORK, "\te = pte_cow(e);\n\texchange(from, e);\n\treturn e;", "\texchange(from, pte_cow(e));\n\treturn e;",
           why="the child gets the entry as it was, write bit and all", hint=r"child's entry still has its write bit.*4\.1"),
    Mutant("parent-write-left", "4.1", FORK, "\texchange(from, e);\n", "",
           why="only the child's entry becomes copy-on-write", hint=r"parent's entry still has its write bit.*4\.1"),
    Mutant("parent-not-flushed", "4.1", FORK, "\tmmu_flush_all(); /* the parent's pages can't be written any more */\n", "",
           why="the parent's TLB has its pages writable still; i386 forgives it, for opening the window loads CR3", archs=("mips",),
           hint=r"parent's store went into the frame.*flush"),
    Mutant("owners-not-counted", "4.1", FORK, "\tif (!pte_hold(e))\n\t\treturn 0;\n", "",
           why="the frame is freed when one of the two ends", hint=r"record counts 1.*4\.1"),
    Mutant("shared-becomes-copied", "4.1", FORK, "(pte_prot(e) & (PROT_WRITE | PTE_SHARED)) != PROT_WRITE", "!(pte_prot(e) & PROT_WRITE)",
           why="shared memory is no more shared after fork", hint=r"a shared page: .*4\.1"),
    Mutant("read-only-becomes-copied", "4.1", FORK, "if (!pte_present(e) || (pte_prot(e) & (PROT_WRITE | PTE_SHARED)) != PROT_WRITE)", "if (!pte_present(e) || (pte_prot(e) & PTE_SHARED))",
           why="a read-only page becomes writable at the first store", hint=r"a read-only page: .*4\.1"),
    Mutant("last-page-missed", "4.1", FORK, "left > 0 && i <= high", "left > 0 && i < high",
           why="high is the last entry's index, not one past it", hint=r"4\.1"),
    Mutant("demand-skipped", "4.1", FORK, "if (pte_empty(theirs[i]))", "if (!pte_present(theirs[i]))",
           why="absent entries say something, too", hint=r"4\.1"),
    Mutant("used-not-kept", "4.1", FORK, "\t\tto->used = used - left;\n", "",
           why="exit finds nothing in the child's tables", hint=r"record counts 0.*4\.1|frames are lost"),
    Mutant("bounds-not-kept", "4.1", FORK, "\t\tto->low = low;\n\t\tto->high = high;\n", "",
           why="the child's child finds nothing in the table", hint=r"low, high"),
    Mutant("all-entries-looked-at", "4.1", FORK, "for (unsigned i = low; left > 0 && i <= high; i++) {", "for (unsigned i = 0; i < ENTRIES; i++) {",
           why="a sparse table costs as much as a full one", hint=r"costs fork as much as.*4\.1"),
    Mutant("no-memory-is-well", "4.1", FORK, "return done ? PMAP_OK : PMAP_ENOMEM;", "return done || *next > 0 ? PMAP_OK : PMAP_ENOMEM;",
           why="the child runs with a part of its memory", hint=r"4\.1"),
    Mutant("window-left-open", "4.1", FORK, "\tpmap_close_alt();\n", "",
           why="the next one to open it meets this one", hint=r"panicked|4\.1"),
    Mutant("next-forgotten", "4.1", FORK, "\t*next = next_there(parent, *next);\n", "\t*next = next_there(parent, 0);\n",
           why="each stretch begins at the bottom again", hint=r""),
]
