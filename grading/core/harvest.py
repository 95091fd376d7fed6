# grading/core/harvest.py: from what a student handed in, whatever it is, the few files that are judged. (staff's; all labs)
"""A folder, a tarball or a git bundle. Only the files that have regions of the lab, and the lab's named files, are taken, as
plain text of limited size; links, devices and everything else stay where they are."""
import bz2
import gzip
import lzma
import os
import shutil
import stat
import tarfile
import zlib

from . import confine

LARGEST = 1 << 20      # bytes of one file
MEMBERS = 20000        # of a tarball that are looked at
UNPACKED = 256 << 20   # bytes of a tarball, unpacked, and of a bundle
FOLDERS = 100          # of a submission that may be the one with everything in it


class HarvestError(Exception):
    """Nothing can be taken: one sentence for the report."""


def wanted_files(lab, regions):
    """Paths that are taken for this lab."""
    return sorted({path for path, rs in regions.items() if any(r.lab == lab.number for r in rs)} | set(lab.files) | {"grading/student.txt"})


def _keep(out, path, data):
    to = os.path.join(out, path)
    os.makedirs(os.path.dirname(to), exist_ok=True)
    with open(to, "wb") as file:
        file.write(data)


def from_folder(folder, wanted, out):
    root = os.path.realpath(folder)
    inner = [entry.name + "/" for entry in os.scandir(root) if entry.is_dir(follow_symlinks=False)]
    base = _base(lambda path: os.path.exists(os.path.join(root, path)), [""] + sorted(inner)[:FOLDERS], wanted)
    count = 0
    for path in wanted:
        at = os.path.join(root, base + path)
        real = os.path.realpath(at)
        try:
            mode = os.lstat(at).st_mode
        except OSError:
            continue
        if not stat.S_ISREG(mode) or not real.startswith(root + os.sep):
            continue  # a link, or reached through one
        with open(at, "rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) <= LARGEST:
            _keep(out, path, data)
            count += 1
    return count


def _base(exists, candidates, wanted):
    """Archives often have one folder around everything."""
    best = max(candidates, key=lambda c: sum(exists(c + p) for p in wanted))
    return best


class Limited:
    """A stream that gives up where an archive unpacks to more than it may."""

    def __init__(self, stream):
        self._stream, self._left = stream, UNPACKED

    def read(self, size):
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise HarvestError("the archive unpacks to more than %d MB" % (UNPACKED >> 20))
        return data


def unpacked(file):
    """The stream of what is in it, by its first bytes; whatever it is called."""
    magic = file.read(6)
    file.seek(0)
    if magic.startswith(b"PK"):
        raise HarvestError("it is a zip archive, whatever its name says: hand in a folder, a tarball or a git bundle")
    for begin, module in ((b"\x1f\x8b", gzip), (b"BZh", bz2), (b"\xfd7zXZ\0", lzma)):
        if magic.startswith(begin):
            return module.open(file)
    return file


def from_tarball(path, wanted, out):
    """Read once, from its beginning to its end; nothing of it is unpacked into files but what is wanted."""
    found, endings = {}, tuple(wanted)
    try:
        with open(path, "rb") as file, tarfile.open(fileobj=Limited(unpacked(file)), mode="r|") as archive:
            for i, member in enumerate(archive):
                if i >= MEMBERS:
                    raise HarvestError("the archive has more than %d entries" % MEMBERS)
                if member.offset_data + member.size > UNPACKED:
                    raise HarvestError("the archive unpacks to more than %d MB" % (UNPACKED >> 20))
                name = os.path.normpath(member.name)
                if member.isreg() and member.size <= LARGEST and not name.startswith(("/", "..")) and name.endswith(endings):
                    found[name] = archive.extractfile(member).read(LARGEST)
                archive.members = []  # it would keep them all
    except (tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError, ValueError, OverflowError) as error:
        raise HarvestError("the archive can't be read: %s" % (str(error).splitlines() or ["it ends too early"])[0]) from None
    base = _base(lambda name: os.path.normpath(name) in found, sorted({""} | {name.split("/")[0] + "/" for name in found}), wanted)
    here = {want: found[os.path.normpath(base + want)] for want in wanted if os.path.normpath(base + want) in found}
    for want, data in here.items():
        _keep(out, want, data)
    return len(here)


def from_bundle(path, wanted, out):
    """git runs confined, on a copy of the bundle; nothing is checked out, so neither hooks nor filters nor submodules have a say."""
    if os.path.getsize(path) > UNPACKED:
        raise HarvestError("the git bundle has more than %d MB" % (UNPACKED >> 20))
    work = os.path.join(out, ".bundle")
    os.makedirs(work)
    os.chmod(out, 0o711)
    shutil.copy(path, os.path.join(work, "bundle"))
    confine.hand_over(work)
    try:
        return _from_copy(work, wanted, out)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _from_copy(work, wanted, out):
    bare = os.path.join(work, "r")

    def git(*words):
        settings = ["-c", "core.hooksPath=/dev/null", "-c", "protocol.file.allow=always", "-c", "safe.directory=*"]
        return confine.run(["git"] + settings + list(words), cwd=work, writable=[work], seconds=60)
    done = git("clone", "-q", "--bare", os.path.join(work, "bundle"), bare)
    if done.returncode:
        raise HarvestError("the git bundle can't be read: %s" % (done.stdout.strip().splitlines() or ["git failed"])[-1])
    heads = git("--git-dir", bare, "for-each-ref", "--format=%(refname)", "refs/heads").stdout.split()
    if git("--git-dir", bare, "rev-parse", "-q", "--verify", "HEAD^{commit}").returncode == 0:
        heads = ["HEAD"]
    if len(heads) != 1:
        raise HarvestError("the git bundle has %s: git bundle create FILE HEAD makes one with what is handed in" % (
            "several branches (%s), and no HEAD" % " ".join(heads[:5]) if heads else "no commit"))
    count = 0
    for line in git("--git-dir", bare, "ls-tree", "-l", "-z", heads[0], "--", *wanted).stdout.split("\0"):
        about, _, name = line.partition("\t")  # mode, type, object, size
        mode, _, blob, size = (about.split() + [""] * 4)[:4]
        if name in wanted and mode in ("100644", "100755") and int(size) < LARGEST:
            _keep(out, name, git("--git-dir", bare, "cat-file", "blob", blob).stdout.encode())
            count += 1
    return count


def kind(path):
    """"folder", "tarball", "bundle", or None: nothing that could be a submission."""
    if os.path.islink(path):
        return None
    if os.path.isdir(path):
        return "folder"
    if path.endswith((".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")):
        return "tarball"
    return "bundle" if path.endswith(".bundle") else None


def harvest(path, wanted, out):
    """Files taken from the submission at path into the folder out; HarvestError when there is none. A list of paths: handed in twice."""
    if isinstance(path, list):
        raise HarvestError("handed in more than once, as %s: leave one in the folder" % " and ".join(os.path.basename(p) for p in path))
    how = kind(path)
    if how is None:
        raise HarvestError("neither a folder nor a tarball (.tar, .tar.gz, .tgz, .tar.xz, .tar.bz2) nor a git bundle (.bundle)")
    try:
        count = {"folder": from_folder, "tarball": from_tarball, "bundle": from_bundle}[how](path, wanted, out)
    except OSError as error:
        raise HarvestError("it can't be read: %s" % error) from None
    if not count:
        raise HarvestError("none of the files of this lab is in it")
    return count
