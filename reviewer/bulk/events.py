"""What a bulk run tells whoever watches it, while it runs."""

from __future__ import annotations

from typing import Protocol

from reviewer.bulk.store import FileRow, ProjectRow
from reviewer.models import Usage


class Events(Protocol):
    """Hears of everything as it happens, in the thread that runs the run; what it does must be quick."""

    def found(self, files: int) -> None:
        """*files* inputs are known so far; more may come."""

    def kept(self, projects: int, left: int) -> None:
        """An input is as it was: *projects* of it were finished earlier, and so many are *left*."""

    def file(self, row: FileRow) -> None:
        """An input was read anew, or could not be read."""

    def project(self, row: ProjectRow) -> None:
        """A project was judged, or could not be judged."""

    def usage(self, usage: Usage) -> None:
        """What the model took in this run so far."""

    def note(self, text: str) -> None:
        """Something that the user should hear at once, in Chinese."""


class Silence:
    """Events that nobody hears.

    >>> Silence().note("表.txt：内容变了，重新审核。")
    """

    def found(self, files: int) -> None:
        """Say nothing."""

    def kept(self, projects: int, left: int) -> None:
        """Say nothing."""

    def file(self, row: FileRow) -> None:
        """Say nothing."""

    def project(self, row: ProjectRow) -> None:
        """Say nothing."""

    def usage(self, usage: Usage) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""
