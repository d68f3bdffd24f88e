"""Where the package's readable data lies: rules, lexicon, library, samples and prompts.

In a checkout they are the top-level folders ``data/`` and ``prompts/``; in an installed wheel they travel inside
the package. Everything asks here, so no other module knows the difference.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent


def resource_dir(kind: Literal["data", "prompts"]) -> Path:
    """Return the folder that holds *kind*, in a checkout or in an installed wheel.

    Raises ``FileNotFoundError`` when the installation is damaged and neither place exists.

    >>> (resource_dir("data") / "samples" / "huangpu-2023.txt").is_file()
    True
    """
    installed = _PACKAGE / f"_{kind}"
    if installed.is_dir():
        return installed
    checkout = _PACKAGE.parent / kind
    if checkout.is_dir() and (_PACKAGE.parent / "pyproject.toml").is_file():
        return checkout
    raise FileNotFoundError(f"安装不完整：找不到 {kind} 目录（{installed}）。请重新安装 reviewer。")
