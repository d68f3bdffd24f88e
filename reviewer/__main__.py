"""``python -m reviewer`` is the same program as ``reviewer``."""

import sys

from reviewer.cli import main

sys.exit(main())
