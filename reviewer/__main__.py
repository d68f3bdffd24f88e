"""``python -m reviewer`` is the same program as ``reviewer``."""

import sys

from reviewer.cli import main

# A worker process imports this module under another name, and must not become the program once more.
if __name__ == "__main__":
    sys.exit(main())
