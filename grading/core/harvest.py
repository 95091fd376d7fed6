# grading/core/harvest.py: from what a student handed in, whatever it is, the few files that are judged. (staff's; all labs)
"""A folder, a tarball or a git bundle. Only the files that have regions of the lab, and the lab's named files, are taken, as
plain text of limited size; links, devices and everything else stay where they are."""
import os
import shutil
import stat
import tarfile

from . import confine

LARGEST = 1 << 20      # bytes of one file
MEMBERS = 20000        # of a tarball that are looked at


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
    base = _base(lambda path: os.path.exists(os.path.join(root, path)), [""] + [d + "/" for d in sorted(os.listdir(root)) if os.path.isdir(os.path.join(root, d))], wanted)
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


def from_tarball(path, wanted, out):
    count = 0
    try:
        with tarfile.open(path, "r:*") as archive:
            found = {}
            for i, member in enumerate(archive):
                if i >= MEMBERS:
                    raise HarvestError("the archive has more than %d entries" % MEMBERS)
                if member.isreg() and member.size <= LARGEST and not member.name.startswith(("/", "..")):
                    found[os.path.normpath(member.name)] = member
            tops = {""} | {name.split("/")[0] + "/" for name in found}
            base = _base(lambda p: os.path.normpath(p) in found, sorted(tops), wanted)
            for want in wanted:
                member = found.get(os.path.normpath(base + want))
                if member:
                    _keep(out, want, archive.extractfile(member).read(LARGEST))
                    count += 1
    except (tarfile.TarError, OSError, EOFError) as error:
        raise HarvestError("the archive can't be read: %s" % str(error).splitlines()[0]) from None
    return count


def from_bundle(path, wanted, out):
    """git runs confined, on a copy of the bundle; nothing is checked out."""
    work = os.path.join(out, ".bundle")
    os.makedirs(work)
    os.chmod(out, 0o711)
    shutil.copy(path, os.path.join(work, "bundle"))
    confine.hand_over(work)
    base = ["git", "-c", "core.hooksPath=/dev/null", "-c", "protocol.file.allow=always", "-c", "safe.directory=*"]
    done = confine.run(base + ["clone", "-q", "--bare", os.path.join(work, "bundle"), os.path.join(work, "r")], cwd=work, writable=[work], seconds=60)
    if done.returncode:
        raise HarvestError("the git bundle can't be read: %s" % (done.stdout.strip().splitlines() or ["git failed"])[-1])
    count = 0
    for want in wanted:
        shown = confine.run(base + ["--git-dir", os.path.join(work, "r"), "cat-file", "blob", "HEAD:" + want], cwd=work, writable=[work], seconds=20)
        if shown.returncode == 0 and len(shown.stdout) <= LARGEST:
            _keep(out, want, shown.stdout.encode())
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
    """Files taken from the submission at path into the folder out; HarvestError when there is none."""
    how = kind(path)
    if how is None:
        raise HarvestError("neither a folder nor a tarball (.tar, .tar.gz, .tgz, .tar.xz, .tar.bz2) nor a git bundle (.bundle)")
    count = {"folder": from_folder, "tarball": from_tarball, "bundle": from_bundle}[how](path, wanted, out)
    if not count:
        raise HarvestError("none of the files of this lab is in it")
    return count
