# grading/lab3/mutants.py: mistakes that students make in lab 3; each must be caught by a test that says what is wrong. (lab 3; staff's)
from core.lab import Mutant

PROC, THREAD, PROCESS = "kern/proc/proc.c", "kern/proc/thread.c", "kern/proc/process.c"
ELF, LOAD, COPY, SYSCALL, SCHED, TRAP = ("kern/proc/%s.c" % n for n in ("elf", "load", "copy", "syscall", "sched", "trap"))
PC_ENTRY, PC_TRAP = "kern/arch/i386/entry.S", "kern/arch/i386/trap.c"
MIPS_ENTRY, MIPS_TRAP = "kern/arch/mips/entry.S", "kern/arch/mips/trap.c"
PC, MIPS = ("i386",), ("mips",)

MUTANTS = [
    # 3.1
    Mutant("lowest-free-number", "3.1", THREAD, "	do\n		last_id = ", "	last_id = 0;\n	do\n		last_id = ",
           why="the lowest free number is taken: a pid kept from before now names a stranger", hint=r"numbers.*used again"),
    Mutant("slot-not-asked", "3.1", THREAD, "	while (slots[last_id % THREAD_MAX] || (also && !also(last_id)));",
           "	while (slots[last_id % THREAD_MAX]);",
           why="the table of threads has room, that of processes has not been asked: one overwrites another", hint=r"same place.*also"),
    Mutant("numbers-run-on", "3.1", THREAD, "last_id < ID_LIMIT ? last_id + 1 : 1;", "last_id + 1;",
           why="numbers never begin anew, and become negative one day", hint=r"after the last number"),
    Mutant("slot-is-enough", "3.1", PROC, "	return p && p->pid == pid ? p : NULL;", "	return p;",
           why="whoever stands in the slot is taken for the one with the number", hint=r"compare numbers"),
    Mutant("zombies-of-the-dead", "3.1", PROC, "		next = child->sibling;\n		proc_free(child);\n	}", "		next = child->sibling;\n	}",
           why="ended children of an ended process stay for ever", hint=r"nobody can wait for it"),
    Mutant("orphan-keeps-parent", "3.1", PROC, "		child->parent = NULL;\n", "",
           why="an orphan's parent pointer dangles", hint=r"orphan|[Oo]rphan"),
    Mutant("newest-zombie-first", "3.1", PROC, "	list_add(&parent->ended_children, p);\n	signal_child",
           "	LIST_INSERT(&parent->ended_children.first, p, sibling, back);\n	if (!p->sibling)\n		parent->ended_children.end = &p->sibling;\n	signal_child",
           why="a stack of zombies in place of a queue", hint=r"first ended first"),
    Mutant("status-cut", "3.1", PROC, "	p->status = status;", "	p->status = status & 0xff;",
           why="only the low byte is kept: exit statuses are lost, signals are not", hint=r"has status 0x"),
    Mutant("any-child-will-do", "3.1", PROC, "find_child(p, &p->ended_children, pid, true);\n	if (child && child->ended) {",
           "find_child(p, &p->ended_children, -1, true);\n	if (child && child->ended) {",
           why="wait(pid) buries the first that has ended", hint=r"must ask for the pid"),
    Mutant("no-echild", "3.1", PROC, "		return -ECHILD;\n	child = options", "		return 0;\n	child = options",
           why="who has no children waits for ever", hint=r"ECHILD"),
    Mutant("buried-before-checked", "3.1", PROCESS, "	if (t->call.args[1] && (*result = copy_prepare(t->call.args[1], sizeof(status))))\n		return true;\n", "",
           why="the child is buried, then the pointer turns out to be bad", hint=r"status pointer to nowhere|status is lost"),
    Mutant("wnohang-hangs", "3.1", PROCESS, "	return *result != 0 || (t->call.args[2] & WNOHANG);", "	return *result != 0;",
           why="WNOHANG is ignored", hint=r"WNOHANG|did not end"),
]
