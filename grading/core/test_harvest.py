# grading/core/test_harvest.py: tests that nothing but plain files of the right names comes out of what is handed in. (all labs)
import io
import os
import sys
import tarfile
import tempfile

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
    check("neither" in taken(os.path.join(work, "x.zip"), work), "other archives are named as what they are")


def main():
    with tempfile.TemporaryDirectory() as work:
        check_folders(work)
        check_tarballs(work)
    for what in failures:
        print("FAIL harvest: " + what)
    if not failures:
        print("PASS harvest")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
