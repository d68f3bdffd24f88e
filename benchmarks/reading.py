"""Speed and memory of reading workbooks, beside what others take: ``python benchmarks/reading.py [COUNT]``.

COUNT workbooks of one project each are read one after another on one core, each reader in a process of its own; the
best of three runs counts. ``reviewer.read`` is the whole way to a Document; its first step alone
(``read_sheets``) gives the cells as they are shown, with merged areas and hidden parts; openpyxl loads a workbook that
could be asked for as much; calamine returns bare values, without formats, hidden rows or merged areas of .ods.
Then lists of 1,000 to 20,000 rows: ``growth`` is the time per row against the shortest, 1.00x is linear.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

COUNT = 300
ROWS = (1_000, 5_000, 20_000)
REPEATS = 3
BAR = 40.0  # milliseconds a workbook that reviewer.read may take
HERE = Path(__file__).resolve().parent

READERS = {
    "reviewer.read": "import reviewer; read = reviewer.read",
    "read_sheets": """
from reviewer.reading.notes import Notes
from reviewer.reading.sheet import read_sheets
read = lambda path: read_sheets(path.read_bytes(), str(path), Notes())
""",
    "openpyxl": """
from openpyxl import load_workbook
read = lambda path: load_workbook(path, data_only=True)
""",
    "calamine": """
from python_calamine import load_workbook
def read(path):
    book = load_workbook(path)
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
""",
}

TIMED = """
import json, resource, sys
from pathlib import Path
from time import process_time
path = Path(sys.argv[1])
files = sorted(path.iterdir()) if path.is_dir() else [path]
read(Path(sys.argv[2]))  # whatever is loaded once is loaded now
seconds = []
for file in files:
    start = process_time()
    read(file)
    seconds.append(process_time() - start)
unit = 1024**2 if sys.platform == "darwin" else 1024  # ru_maxrss: bytes there, KiB elsewhere
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
print(json.dumps({"mean": 1000 * sum(seconds) / len(seconds), "worst": 1000 * max(seconds), "peak": peak}))
"""


def timed(reader: str, path: Path, small: Path) -> dict[str, float]:
    """Return what *reader* takes for the file or folder *path* after it has read *small*."""
    command = [sys.executable, "-c", READERS[reader] + TIMED, str(path), str(small)]
    return min((json.loads(subprocess.check_output(command)) for _ in range(REPEATS)), key=lambda run: run["mean"])


def make(*arguments: object) -> None:
    # In a process of its own: a child's peak memory counts from what its parent held.
    subprocess.run([sys.executable, HERE / "workbooks.py", *map(str, arguments)], check=True)


def forms(folder: Path, count: int) -> None:
    """Print one line a reader."""
    make("forms", count, folder)
    best = {reader: timed(reader, folder, folder / "0001.xlsx") for reader in READERS}
    ours = best["reviewer.read"]
    print(f"{count:>6} forms     {'ms each':>8} {'worst':>7} {'peak MB':>8}   to reviewer.read: time, memory")
    for reader, run in best.items():
        ratios = f"{run['mean'] / ours['mean']:>6.2f}x {run['peak'] / ours['peak']:>6.2f}x"
        print(f"{reader:<16} {run['mean']:>8.2f} {run['worst']:>7.2f} {run['peak']:>8.0f}   {ratios}", flush=True)
    print(f"reviewer.read takes {ours['mean'] / BAR:.0%} of the {BAR:.0f} ms it may.\n")


def lists(folder: Path, small: Path) -> None:
    """Print one line a reader and size."""
    print(f"{'rows of a list':<24} {'s':>7} {'peak MB':>8} {'growth':>7}")
    shortest: dict[str, float] = {}
    for size in ROWS:
        path = folder / f"{size}.xlsx"
        make("list", size, path)
        for reader in READERS:
            run = timed(reader, path, small)
            each = run["mean"] / size
            growth = each / shortest.setdefault(reader, each)
            print(f"{size:>6,} {reader:<17} {run['mean'] / 1000:>7.2f} {run['peak']:>8.0f} {growth:>6.2f}x", flush=True)


def main() -> None:
    """Print both tables."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as of_forms, tempfile.TemporaryDirectory() as of_lists:
        forms(Path(of_forms), count)
        lists(Path(of_lists), Path(of_forms, "0001.xlsx"))


if __name__ == "__main__":
    main()
