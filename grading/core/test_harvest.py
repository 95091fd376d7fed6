# grading/core/test_harvest.py: tests that nothing but plain files of the right names comes out of what is handed in. (all labs)
import gzip
import io
import lzma
import os
import random
import re
import subprocess
import sys
import tarfile
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from core import harvest  # noqa: E402

WANTED = ["kern/mem/pmap.c", "kern/mem/frame.c"]
failures = []


def check(condition, what):
    if not condition:
        failures.append(what)


def put(folder, path, text="x"):
    os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
    with open(os.path.join(folder, path), "w", encoding="ascii") as file:
        file.write(text)


def taken(path, work):
    """{path: text} of what comes out; an error's sentence."""
    out = tempfile.mkdtemp(dir=work)
    try:
        harvest.harvest(path, WANTED, out)
    except harvest.HarvestError as error:
        return str(error)
    found = {}
    for top, _, names in os.walk(out):
        for name in names:
            with open(os.path.join(top, name), encoding="latin-1") as file:
                found[os.path.relpath(os.path.join(top, name), out)] = file.read()
    return found


def add(archive, name, text="x", **more):
    info = tarfile.TarInfo(name)
    info.size = 0 if more.get("type") else len(text)
    for key, value in more.items():
        setattr(info, key, value)
    archive.addfile(info, io.BytesIO(text.encode()))


def check_folders(work):
    for base in ("", "handed-in/"):
        tree = tempfile.mkdtemp(dir=work)
        put(tree, base + WANTED[0], "mine")
        put(tree, base + "kern/other.c")
        check(taken(tree, work) == {WANTED[0]: "mine"}, "a folder, its files in %r" % base)
    tree = tempfile.mkdtemp(dir=work)
    put(tree, WANTED[1], "mine")
    os.symlink("/etc/passwd", os.path.join(tree, WANTED[0]))
    check(taken(tree, work) == {WANTED[1]: "mine"}, "a link to a file outside is left where it is")
    tree = tempfile.mkdtemp(dir=work)
    os.symlink(os.path.join(os.path.dirname(os.path.dirname(harvest.__file__)), ".."), os.path.join(tree, "x"))
    os.symlink("x/kern", os.path.join(tree, "kern"))
    check("none of the files" in taken(tree, work), "a folder that is a link is left where it is")
    tree = tempfile.mkdtemp(dir=work)
    put(tree, WANTED[0], "x" * (harvest.LARGEST + 1))
    os.mkfifo(os.path.join(tree, "kern/mem/frame.c"))
    check("none of the files" in taken(tree, work), "what is too large, or no file, is left where it is")


def check_tarballs(work):
    path = os.path.join(work, "one.tar.gz")
    with tarfile.open(path, "w:gz") as archive:
        add(archive, "../../" + WANTED[0], "outside")
        add(archive, "lab/" + WANTED[0], "mine")
        add(archive, "lab/" + WANTED[1], type=tarfile.SYMTYPE, linkname="/etc/passwd")
        add(archive, "/" + WANTED[1], "absolute")
    check(taken(path, work) == {WANTED[0]: "mine"}, "a tarball: only its own plain files")
    with open(path, "rb") as file:
        data = file.read()
    torn = os.path.join(work, "torn.tgz")
    with open(torn, "wb") as file:
        file.write(data[:len(data) // 2])
    check(isinstance(taken(torn, work), str), "a torn tarball is an error")
    many = os.path.join(work, "many.tar")
    with tarfile.open(many, "w") as archive:
        for i in range(harvest.MEMBERS + 1):
            add(archive, "f%d" % i, "")
    check("more than" in taken(many, work), "a tarball with too many entries is an error")
    hostile_tarballs(work)
    check("neither" in taken(os.path.join(work, "x.zip"), work), "other archives are named as what they are")


def hostile_tarballs(work):
    path = os.path.join(work, "hostile.tar")
    with tarfile.open(path, "w") as archive:
        add(archive, WANTED[0], "mine")
        add(archive, "x/../../" + WANTED[1], "outside")
        add(archive, WANTED[1], type=tarfile.LNKTYPE, linkname="/etc/passwd")
        add(archive, "../" + WANTED[1], type=tarfile.LNKTYPE, linkname=WANTED[0])
        add(archive, "kern/disk", type=tarfile.BLKTYPE, devmajor=8)
        add(archive, "kern/null", type=tarfile.CHRTYPE, devmajor=1, devminor=3)
        add(archive, "kern/fifo", type=tarfile.FIFOTYPE)
    check(taken(path, work) == {WANTED[0]: "mine"}, "hard links, devices and paths that lead out are left where they are: %s" % taken(path, work))
    for name, size in (("bomb.tar.gz", 10 << 30), ("sparse.tar.xz", 10 << 30)):
        bomb(os.path.join(work, name), size)
        begin = time.monotonic()
        said = taken(os.path.join(work, name), work)
        check("unpacks to more than" in said and time.monotonic() - begin < 60, "%s is stopped: %s" % (name, said))
    endless = os.path.join(work, "endless.tgz")
    with gzip.open(endless, "wb", 1) as file:  # a header whose own text has no end
        info = tarfile.TarInfo("x")
        info.type, info.size = tarfile.XHDTYPE, 8 << 30
        file.write(info.tobuf(tarfile.GNU_FORMAT))
        for _ in range(1 + (harvest.UNPACKED >> 20)):
            file.write(bytes(1 << 20))
    check("unpacks to more than" in taken(endless, work), "so is a header without end")
    for begin, word in ((b"PK\x03\x04", "zip archive"), (b"<!DOCTYPE html>", "can't be read"), (b"", "none of the files|can't be read"), (b"\x1f\x8b\x08\0", "can't be read"),
                        (b"BZh9", "can't be read"), (b"\xfd7zXZ\0", "can't be read")):
        wrong = os.path.join(work, "wrong.tar.gz")
        with open(wrong, "wb") as file:
            file.write(begin + (bytes(range(256)) * 40 if begin else b""))
        said = taken(wrong, work)
        check(isinstance(said, str) and re.search(word, said), "what is no tarball is named: %r: %s" % (begin, said))
    noise = random.Random(1)
    with open(os.path.join(work, "one.tar.gz"), "rb") as file:
        good = gzip.decompress(file.read())
    for _ in range(200):
        bad = bytearray(good)
        for _ in range(noise.randrange(1, 30)):
            bad[noise.randrange(len(bad))] = noise.randrange(256)
        with open(os.path.join(work, "noise.tar"), "wb") as file:
            file.write(bad)
        taken(os.path.join(work, "noise.tar"), work)  # says something, or takes what it wants


def bomb(path, size):
    """A tarball of one file of so many zeros, of which only the beginning is written: far more than may be unpacked."""
    with {"gz": gzip, "xz": lzma}[path[-2:]].open(path, "wb") as file:
        info = tarfile.TarInfo("kern/bomb")
        info.size = 1000
        file.write(info.tobuf() + bytes(1024))
        info = tarfile.TarInfo("kern/zeros" if path.endswith("gz") else WANTED[0])
        info.size = size
        file.write(info.tobuf())


def check_bundles(work):
    """Where git is confined or not: nothing of what is in it is run."""
    tree, path = os.path.join(work, "repository"), os.path.join(work, "x.bundle")
    put(tree, WANTED[0], "mine")
    put(tree, ".gitattributes", "* filter=evil diff=evil\n")
    put(tree, ".gitmodules", "[submodule \"s\"]\n\tpath = s\n\turl = ext::sh -c 'touch %s/ran'\n\tupdate = !touch %s/ran\n" % (work, work))
    os.symlink("/etc/passwd", os.path.join(tree, WANTED[1]))
    hook = os.path.join(tree, ".git", "hooks", "post-checkout")
    git(tree, "init", "-q", "-b", "work")
    put(tree, ".git/hooks/post-checkout", "#!/bin/sh\ntouch %s/ran\n" % work)
    os.chmod(hook, 0o755)
    git(tree, "add", ".gitattributes", ".gitmodules", "kern")
    git(tree, "commit", "-q", "-m", "x")
    git(tree, "bundle", "create", "-q", path, "HEAD", "work")
    check(taken(path, work) == {WANTED[0]: "mine"} and not os.path.exists(work + "/ran"), "a bundle: its plain files, and nothing is run: %s" % taken(path, work))
    git(tree, "bundle", "create", "-q", path, "work")
    check(taken(path, work) == {WANTED[0]: "mine"}, "a bundle of one branch needs no HEAD: %s" % taken(path, work))
    git(tree, "branch", "other")
    git(tree, "bundle", "create", "-q", path, "work", "other")
    check("several branches" in taken(path, work), "of two, it does not choose: %s" % taken(path, work))
    with open(path, "r+b") as file:
        file.truncate(os.path.getsize(path) // 2)
    check("can't be read" in taken(path, work), "a torn bundle is an error")
    with open(path, "wb") as file:
        file.truncate(harvest.UNPACKED + 1)
    check("more than" in taken(path, work), "a huge one is not even copied")


def git(where, *words):
    subprocess.run(["git", "-C", where, "-c", "user.name=x", "-c", "user.email=x"] + list(words), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"})


def check_large(work):
    """100,000 files, in the root and below."""
    tree = os.path.join(work, "large")
    put(tree, WANTED[0], "mine")
    for i in range(500):
        os.mkdir(os.path.join(tree, "d%d" % i))
    for i in range(100000):
        os.close(os.open(os.path.join(tree, "f%d" % i if i % 2 else "d%d/%d" % (i % 500, i)), os.O_CREAT | os.O_WRONLY))
    begin = time.monotonic()
    check(taken(tree, work) == {WANTED[0]: "mine"} and time.monotonic() - begin < 20, "a tree of 100,000 files is looked at only where it must be")


def main():
    with tempfile.TemporaryDirectory() as work:
        check_folders(work)
        check_tarballs(work)
        check_bundles(work)
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as work:
        check_large(work)
    for what in failures:
        print("FAIL harvest: " + what)
    if not failures:
        print("PASS harvest")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
