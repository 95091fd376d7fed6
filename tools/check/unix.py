# tools/check/unix.py: the small Unix programs of user/ do in the guests what they do on the host. (lab 3)
"""The same source files, compiled by the host's compiler with the host's C library, are the reference: each line below is
run there and typed into the shell of each machine. What is printed and the last program's status must agree. The programs
include nothing of ours: that they compile on the host shows it."""
import os
import re
import shlex
import subprocess

from guest import GuestError, tail
from host import compiler
from job import ARCHES, FAIL, PASS, ROOT, Failure, Job, Result, Variant, command, environment, need
from programs import MEMORY_MB, boot

PROMPT = r"ouros\$ "  # behind what ends without a newline, too
FOLDER = os.path.join(ROOT, "obj", "check", "unix")
PROGRAMS = ("basename bc cal cat cksum cut date echo env expand factor false fold grep head hexdump printf psum rev seq sort "
            "stopwatch tail tee time timeout tr true uniq wc xargs yes sleep").split()
LINES = r"""
echo one two three | wc
seq 1000 | wc -l
seq 1 3 | wc -lc
printf "a  b\tc\n\nd" | wc
printf "pear\napple\nfig\napple\n" | sort
printf "pear\napple\nfig\napple\n" | sort -ru
seq 1 200 | sort | tail -n 3
seq -5 5 | sort -n | head -n 3
printf "b 2\na 10\nc 1\n" | sort -n -k 2
printf "b\nA\nC\n" | sort -f
seq 3000 | rev | sort -n | head -n 20 | tail -n 2
echo Hello, World | tr a-z A-Z
echo Hello, World | tr -d "[:punct:][:upper:]"
echo "mississippi  river" | tr -s "sp "
echo "one two" | tr -cs "[:alpha:]" "\n"
seq 100 | head -n 3
seq 100 | tail -n +98
seq 100 | tail -n 2
yes | head -n 2
yes abc | head -n 1000 | cksum
printf "a\na\nb\nA\na\n" | uniq -c
printf "a\na\nb\nA\na\n" | uniq -d
printf "a\na\nb\nA\na\n" | uniq -iu
printf "\000\001\177\377 text that is longer than a row\n" | hexdump
head -n 0 | hexdump
yes 0123456 | head -n 9 | hexdump
seq -s , 1 .25 2
seq 10 -3 0
seq -f %06.2f 9 11
seq 5 1
seq x
printf "1+2*3\n(1+2)*3\n2^3^2\n7/2\n-2^2\n7%%4\n" | bc
printf "x = sqrt(2)\nx*x\nans+1\n1/0\n2+\n(1\n\n3 4\npi\ny\nsin(pi/6)+ln(e)\n" | bc
cal 2 2024
cal 9 1752
cal 2026
date -r 0
date -r 951782400 "+%F %T %j %U %V %G %a %B %e %I%p"
date -r -1 +%c
date -r 9999999999 "+%Y-%m-%d %s %k %l %y%%"
echo "the quick brown fox jumps over the lazy dog" | fold -w 10
echo "the quick brown fox jumps over the lazy dog" | fold -s -w 10
printf "short\nno newline at the end of this one" | fold -w 6
seq 3 | tee | cat
seq 2000 | tee | cksum
seq 12 | xargs
seq 12 | xargs -n 5 echo numbers
printf '"two words" and x' | xargs -n 1 echo
seq 3 | xargs -n 1 false
echo | xargs no_such_program
timeout 1 sleep 30
timeout -s 9 1 yes | tail -n 1
timeout 20 echo in time
timeout 20 false
timeout 20 no_such_program
env -i A=1 B=two
env -i A=1 env -u A B=2 env
env -i A=1 A=3 env
env no_such_program
factor 0 1 2 97 360 1001 65536 4294967295 1000036000099
factor 18446744073709551616
seq 20 40 | factor
printf "" | cksum
seq 1 5000 | cksum
echo abcdef | rev
printf "one\n\ntwo" | rev
printf "a:b:c\nd\n::e\n" | cut -d : -f 2
printf "a:b:c\nd\n::e\n" | cut -s -d : -f 1,3-
printf "1\t2\t3\n" | cut -f 3,1
echo abcdefgh | cut -c 1,3-5,8-
printf "a\tb\n1234567\tc\n12345678\td\n" | expand
printf "\ta\n" | expand -t 3
printf "%5d|%-5s|%05.1f|%x|%c|%%|%g\n" 42 ab 3.14159 255 xyz 1e100
printf "%s-%s\n" a b c
printf "%d %d %o\n" 0x10 -7 8 12x
printf "%b\n" "a\tb\101"
printf "%i\n" "'A"
seq 1 1000 | psum
seq 1 20000 | psum -t 16
printf "" | psum -t 1
echo 1 2 3 x | psum
timeout -s 2 1 stopwatch -n 1 | wc -l
timeout -s 3 1 stopwatch
stopwatch -t 1 -n 2 | cut -d : -f 1
time true
time false
seq 100 | grep "^.*7.*$"
seq 100 | grep -c 9
seq 100 | grep -v "[0-8]"
printf "Apple\nbanana\ncherry\na*b\n" | grep -in "a[np]"
printf "a*b\naab\nab\nb\n" | grep "^a*b$"
printf "a*b\naab\nab\n" | grep "a\*b"
printf "a.b\nx[]y\n" | grep "[]]"
seq 5 | grep -q 3
seq 5 | grep 9
basename /usr/lib/libc.a .a
basename ///
seq 500 | sort -r | uniq | tail -n 100 | head -n 50 | tr 0-9 a-j | fold -w 2 | sort -u | wc
wc /no/such/file
head -x
""".strip("\n").split("\n")


def compile_programs(job):
    """Each program for the host. Its warnings count, too."""
    need(compiler())
    os.makedirs(FOLDER, exist_ok=True)
    for name in PROGRAMS:
        source = os.path.join("user", name + ".c")
        with open(os.path.join(ROOT, source), encoding="utf-8") as file:
            if re.search(r'#include\s*(<ouros.h>|")', file.read()):
                raise Failure("%s includes what only OurOS has" % source)
        done = command(job, [compiler(), "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror",
                             source, "-o", os.path.join(FOLDER, name), "-lm", "-lpthread"])
        if done.code:
            raise Failure("%s does not compile on the host: %s" % (source, done.output.strip()[:300]))


def stages(line):
    """[[word]]: a line's programs. The shell of OurOS knows quotes and bars; a backslash is nothing special to it."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|")
    lexer.whitespace_split = True
    lexer.escape = ""
    found = [[]]
    for word in lexer:
        if word == "|":
            found.append([])
        else:
            found[-1].append(word)
    return found


def on_host(job, line):
    """(what it prints, its status)"""
    env = {"PATH": FOLDER, "TZ": "UTC", "LC_ALL": "C"}
    children, source = [], subprocess.DEVNULL
    for words in stages(line):
        child = subprocess.Popen(words, executable=os.path.join(FOLDER, words[0]), stdin=source, stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, env=env)
        if source != subprocess.DEVNULL:
            source.close()
        source = child.stdout
        children.append(child)
    output = source.read().decode("latin-1")
    source.close()
    for child in children:
        child.wait()
    return output, children[-1].returncode


def in_guest(job, guest, line):
    """The same; stderr goes to the console, too, so that lines from there are taken out by their beginnings."""
    begin = guest.console.position
    guest.send(line + "\n")
    guest.expect(PROMPT, min(40, job.left()))
    text = guest.text[begin:guest.console.position]
    text = re.sub(r"ouros\$ \Z", "", text)
    first, _, text = text.partition("\n")
    status = 0
    ended = re.search(r"^%s: status (\d+)\n\Z" % re.escape(stages(line)[-1][0]), text, re.MULTILINE)
    if ended:
        status = int(ended.group(1))
        text = text[:ended.start()]
    for words in stages(line):
        for name in set(word for word in words if re.fullmatch(r"[a-z_]+", word)):
            text = re.sub(r"^%s: .*\n" % name, "", text, flags=re.MULTILINE)
    return re.sub(r"^(real|user|sys) [0-9.]+\n", "", text, flags=re.MULTILINE), status


def run(job):
    compile_programs(job)
    results = []
    with boot(job, cmdline="panic=off run=sh", mem=MEMORY_MB) as guest:
        try:
            guest.expect(PROMPT, 30)
            for line in LINES:
                want, got = on_host(job, line), in_guest(job, guest, line)
                same = want[1] == got[1] and want[0] == got[0]
                why = "" if same else "%s: printed %r, status %d; on the host %r, status %d" % (
                    line, got[0][-300:], got[1], want[0][-300:], want[1])
                results.append(Result("%s/%s" % (job.name, line), PASS if same else FAIL, why))
        except GuestError as why:
            raise GuestError("at %s: %s" % (LINES[len(results)], why)) from None
        finally:
            job.log(guest.text)
    return results


def jobs():
    return [Job("unix-" + arch, run, 200, [Variant(arch)]) for arch in ARCHES]
