#!/usr/bin/env python3
# grading/pack.py: packs the grader for a hosted service: Gradescope's zip, a GitHub Actions workflow. (staff's; all labs)
"""grading/pack.py gradescope --lab N --out autograder.zip     upload it as the assignment's autograder
grading/pack.py github --lab N --out grade.yml                for .github/workflows in the students' repository: their own make grade

The zip holds this tree as committed. On Gradescope the grader is confined where the container allows it, which the results say."""
import argparse
import io
import os
import subprocess
import sys
import tarfile
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from core import lab as labs  # noqa: E402

SETUP = """#!/bin/sh
# Runs once, when the image is built: the tools, and all that does not depend on a submission.
set -e
cd "${AUTOGRADER:-/autograder}/source/ouros"
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends make git python3 bubblewrap
make deps
make -s ARCH=i386 all
make -s ARCH=mips all
"""

RUN = """#!/bin/sh
# Runs for each submission: /autograder/submission is judged, /autograder/results/results.json is written.
base=${AUTOGRADER:-/autograder}
cd "$base/source/ouros" || exit 1
confined=
(cd grading && python3 -m core.confine true) >/dev/null 2>&1 || confined=--unconfined
python3 grading/grade.py --lab %(lab)d --tree "$base/submission" $confined --export "gradescope=$base/results/results.json"
if [ ! -s "$base/results/results.json" ]; then
	echo '{"score": 0, "output": "The grader itself failed; staff can see why in its log."}' >"$base/results/results.json"
fi
"""

WORKFLOW = """# Grades each push as make grade does, and shows the points in GitHub Classroom.
name: grade
on: [push, workflow_dispatch]
permissions:
  contents: read
jobs:
  grade:
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@v4
      - name: tools
        run: sudo apt-get update && make deps
      - name: lab %(lab)d
        id: lab
        run: |
          python3 grading/grade.py --lab %(lab)d --export classroom=result.b64 --export junit=result.xml
          echo "result=$(cat result.b64)" >> "$GITHUB_OUTPUT"
      - name: points
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
          LAB_RESULTS: "${{ steps.lab.outputs.result }}"
        with:
          runners: lab
"""


def committed_tree():
    """This tree as it is committed: {path: (bytes, executable)}."""
    done = subprocess.run(["git", "archive", "--format=tar", "HEAD"], cwd=labs.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        raise labs.LabError("git archive fails: %s" % done.stderr.decode().strip())
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        return {m.name: (archive.extractfile(m).read(), bool(m.mode & 0o100)) for m in archive if m.isreg()}


def _add(archive, name, data, executable):
    info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
    info.external_attr = (0o100755 if executable else 0o100644) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def gradescope(lab, out):
    with zipfile.ZipFile(out, "w") as archive:
        _add(archive, "setup.sh", SETUP, True)
        _add(archive, "run_autograder", RUN % {"lab": lab.number}, True)
        for path, (data, executable) in sorted(committed_tree().items()):
            _add(archive, "ouros/" + path, data, executable)


def github(lab, out):
    with open(out, "w", encoding="ascii") as file:
        file.write(WORKFLOW % {"lab": lab.number})


def main():
    parser = argparse.ArgumentParser(prog="grading/pack.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("service", choices=("gradescope", "github"))
    parser.add_argument("--lab", type=int, required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    try:
        {"gradescope": gradescope, "github": github}[options.service](labs.load(options.lab), options.out)
    except (OSError, labs.LabError) as error:
        print("grading/pack.py: %s" % error, file=sys.stderr)
        return 2
    print("%s: %d bytes" % (options.out, os.path.getsize(options.out)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
