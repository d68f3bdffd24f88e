"""How long the program takes to start, beside merely importing what it stands on: ``python benchmarks/start.py [N]``.

The commands run in turns, N times each (20 by default), so that a busy moment of the machine hits all of them.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

PROGRAM = str(Path(sys.executable).with_name("reviewer"))
COMMANDS = {
    'python -c "import typer, pydantic"': [sys.executable, "-c", "import typer, pydantic"],
    "reviewer --version": [PROGRAM, "--version"],
    "reviewer --help": [PROGRAM, "--help"],
    "python -c pass": [sys.executable, "-c", "pass"],
}


def main() -> None:
    """Print the median of each command and its ratio to the first."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 20):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times[name].append(time.perf_counter() - start)
    base = median(next(iter(times.values())))
    for name, taken in times.items():
        print(f"{name:<36} {1000 * median(taken):>7.0f} ms  {median(taken) / base:>5.2f}x")


if __name__ == "__main__":
    main()
