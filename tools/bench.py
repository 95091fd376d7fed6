#!/usr/bin/env python3
"""tools/bench.py [OBJROOT [VARIANT]]: runs the program `bench` on both machines, one instruction being one tick of the
clock, prints what it measured beside the targets of tools/bench.targets, and writes OBJROOT/bench.json."""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
MACHINES = ("i386", "mips")
LINE = re.compile(r"^bench (\w+) (\d+(?:\.\d+)?)\s*$", re.M)


def targets():
    """{key: (i386, mips, at_least, text)}, in the table's order."""
    rows = {}
    with open(os.path.join(HERE, "bench.targets")) as table:
        for line in table:
            if line.startswith("#"):
                continue
            key, i386, mips, text = line.split(None, 3)
            number = lambda word: None if word == "-" else float(word)
            rows[key] = (number(i386), number(mips), text.startswith("min:"), text.strip())
    return rows


def measure(objroot, variant, arch):
    """Run bench once; {key: number}. A run that fails ends everything: half a table would look like a whole one."""
    kernel = f"{objroot}/{arch}{variant}/kernel"
    command = ["sh", f"{HERE}/qemu.sh", "-a", arch, "-k", kernel, "-i", "-t", "300", "-r", "bench"]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = run.stdout.decode("utf-8", "replace").replace("\r", "")
    if run.returncode != 0:
        sys.exit(f"{output}\nbench: the program failed on {arch}. Once more by hand: {' '.join(command)}")
    found = {key: float(number) for key, number in LINE.findall(output)}
    if not found:
        sys.exit(f"{output}\nbench: no line \"bench KEY NUMBER\" came from {arch}")
    return found


def show(number):
    return "-" if number is None else f"{number:,.10g}"


def verdict(measured, target, at_least):
    if measured is None or target is None:
        return ""
    return "ok" if (measured >= target if at_least else measured <= target) else "MISSED"


def main():
    objroot = sys.argv[1] if len(sys.argv) > 1 else "obj"
    variant = sys.argv[2] if len(sys.argv) > 2 else ""
    found = {arch: measure(objroot, variant, arch) for arch in MACHINES}
    rows = targets()
    missed = 0
    print(f"{'':<22}" + "".join(f"{arch:>10}{'target':>9}  {'':<7}" for arch in MACHINES))
    for key in list(rows) + sorted(set().union(*found.values()) - set(rows)):
        *goals, at_least, _ = rows.get(key, (None, None, False, ""))
        if not any(key in found[arch] for arch in MACHINES):
            continue
        line = f"{key:<22}"
        for arch, goal in zip(MACHINES, goals):
            word = verdict(found[arch].get(key), goal, at_least)
            missed += word == "MISSED"
            line += f"{show(found[arch].get(key)):>10}{show(goal):>9}  {word:<7}"
        print(line.rstrip())
    absent = [key for key in rows if not any(key in found[arch] for arch in MACHINES)]
    if absent:
        print(f"not measured: {', '.join(absent)}")
    print(f"{missed} targets missed" if missed else "all targets reached")
    with open(f"{objroot}/bench.json", "w") as out:
        whole = lambda n: int(n) if n == int(n) else n
        json.dump({arch: {key: whole(n) for key, n in found[arch].items()} for arch in MACHINES}, out, indent=1)
        out.write("\n")


main()
