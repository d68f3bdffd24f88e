"""Speed and memory of a review, beside merely parsing the same rows: ``python benchmarks/rules.py [SIZE ...]``.

For each size it runs, in processes of their own and in turns, (a) pydantic parsing the Document and nothing else, and
(b) ``reviewer review FILE --format json --output OUT``; the best of three runs counts. A third process times parsing
and judging from within, without start-up and without writing the result.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

SIZES = (6_050, 12_100, 24_200, 48_400)
REPEATS = 3
HERE = Path(__file__).resolve().parent

PARSE = """
import sys
from pathlib import Path
from reviewer.models import Document
Document.model_validate_json(Path(sys.argv[1]).read_bytes())
"""

WITHIN = """
import json, sys
from pathlib import Path
from time import process_time
import reviewer
from reviewer.models import Document, Indicator
data = Path(sys.argv[1]).read_bytes()
small = Document.model_validate_json(data)
small.projects = small.projects[:1]
reviewer.review(small)  # rules and lexicon are loaded once
start = process_time()
document = Document.model_validate_json(data)
parsed = process_time()
reviewer.review(document)
print(json.dumps({"parse": parsed - start, "review": process_time() - parsed}))
"""


class Cost(NamedTuple):
    """What one process took: seconds of CPU and of the clock, peak memory in MB."""

    cpu: float
    wall: float
    peak: float


def cost(command: list[str]) -> Cost:
    """Run *command* to its end and return what it took; what it prints is dropped."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed with exit code {process.returncode}")
    unit = 1024**2 if sys.platform == "darwin" else 1024  # ru_maxrss: bytes there, KiB elsewhere
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss / unit)


def main() -> None:
    """Print one line a size."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    program = str(Path(sys.executable).with_name("reviewer"))
    print(f"{'':>10}  {'whole process':^46}  {'pydantic alone':^18}  {'ratio':^14}  {'within: judging':^30}")
    print(
        f"{'indicators':>10}  {'wall s':>7} {'CPU s':>7} {'peak MB':>8} {'per s of CPU':>13} {'growth':>7}"
        f"  {'CPU s':>8} {'peak MB':>9}  {'CPU':>6} {'memory':>7}  {'per s':>10} {'to parsing':>11}"
    )
    smallest = None
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            # Made in a process of its own: a child's peak memory counts from what its parent held.
            path, out = Path(folder, f"{size}.json"), Path(folder, "out.json")
            subprocess.run([sys.executable, HERE / "tables.py", str(size), path], check=True)
            parsing, reviewing = [], []
            for _ in range(REPEATS):
                parsing.append(cost([sys.executable, "-c", PARSE, str(path)]))
                reviewing.append(cost([program, "review", str(path), "--format", "json", "--output", str(out)]))
            base, best = min(parsing), min(reviewing)
            within = json.loads(subprocess.check_output([sys.executable, "-c", WITHIN, str(path)]))
            smallest = smallest or best.cpu / size
            print(
                f"{size:>10,}  {best.wall:>7.2f} {best.cpu:>7.2f} {best.peak:>8.0f} {size / best.cpu:>13,.0f}"
                f" {best.cpu / size / smallest:>6.2f}x  {base.cpu:>8.2f} {base.peak:>9.0f}"
                f"  {best.cpu / base.cpu:>5.1f}x {best.peak / base.peak:>6.1f}x"
                f"  {size / within['review']:>10,.0f} {within['review'] / within['parse']:>10.0f}x",
                flush=True,
            )
    print("growth: CPU per indicator against the first line; 1.00x is linear.")


if __name__ == "__main__":
    main()
