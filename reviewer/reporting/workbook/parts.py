"""A workbook as its parts: what is changed is kept as a tree, everything else is copied as it is."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from reviewer.reading.package import Package
from reviewer.reporting.workbook.xml import PACKAGE, STRICT, Element, child, namespace, parse, serialise

_TYPES = "[Content_Types].xml"
_STORED = (".png", ".jpg", ".jpeg", ".gif", ".emf.gz")
_DAY = (1980, 1, 1, 0, 0, 0)  # the same review gives the same bytes


class Relation(NamedTuple):
    """Another part that a part refers to; ``kind`` is the last word of its type."""

    id: str
    kind: str
    target: str


class Parts:
    """The parts of a workbook that is being changed. Raises ``InputError`` for what is damaged."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._contents: dict[str, bytes] = {}
        self._trees: dict[str, Element] = {}
        self.workbook = next(
            (found.target for found in self.relations("") if found.kind == "officeDocument"), "xl/workbook.xml"
        )

    def __iter__(self) -> Iterator[str]:
        yield from self._package
        yield from (name for name in (*self._contents, *self._trees) if name not in self._package)

    def __contains__(self, name: str) -> bool:
        return name in self._package or name in self._contents or name in self._trees

    def read(self, name: str) -> bytes:
        """Return the bytes of a part that is not kept as a tree."""
        # Not Package.read, which is for parts that become trees: a sheet never does.
        return self._contents[name] if name in self._contents else b"".join(self._package.chunks(name))

    def tree(self, name: str) -> Element:
        """Return a part as a tree; what is changed in it is changed in the workbook."""
        if name not in self._trees:
            self._trees[name] = self.look(name)
        return self._trees[name]

    def look(self, name: str, *, forgiving: bool = False) -> Element:
        """Return a part as a tree to look at; it has to be put back if it is changed."""
        if name in self._trees:
            return self._trees[name]
        raw = self._contents[name] if name in self._contents else self._package.read(name)
        try:
            return parse(raw, forgiving=forgiving)
        except SyntaxError:  # what lxml raises on what is not well-formed
            self._package.refuse(f"部件 {name} 的 XML 有错，文件已损坏。")

    def put(self, name: str, contents: bytes | Element) -> None:
        """Put a part in the place of the one of that name, if there is one."""
        if isinstance(contents, bytes):
            self._trees.pop(name, None)
            self._contents[name] = contents
        else:
            self._trees[name] = contents

    def free_name(self, pattern: str) -> str:
        """Return a name that no part has yet: *pattern* with a number for its ``{}``."""
        taken = set(self)
        number = 1
        while pattern.format(number) in taken:
            number += 1
        return pattern.format(number)

    def declare(self, name: str, content_type: str) -> None:
        """Say what kind of part *name* is."""
        types = self.tree(_TYPES)
        child(types, "Override", PartName=f"/{name}", ContentType=content_type)

    def declare_ending(self, ending: str, content_type: str) -> None:
        """Say what parts with that *ending* are."""
        types = self.tree(_TYPES)
        known = (one.get("Extension", "").lower() for one in types if one.tag.endswith("}Default"))
        if ending not in known:
            made = child(types, "Default", Extension=ending, ContentType=content_type)
            types.insert(0, made)

    def relations(self, part: str) -> list[Relation]:
        """Return what *part* refers to within the workbook; the empty name stands for the package."""
        name = _relations_of(part)
        if name not in self:
            return []
        folder = posixpath.dirname(part)
        found = []
        for one in self.look(name):
            if one.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/")
                found.append(Relation(one.get("Id", ""), one.get("Type", "").rpartition("/")[2], target))
        return found

    def relate(self, part: str, kind: str, target: str) -> str:
        """Make *part* refer to the part *target*; return the id of the relation."""
        name = _relations_of(part)
        if name not in self:
            self.put(name, parse(f'<Relationships xmlns="{PACKAGE}/relationships"/>'.encode()))
        relations = self.tree(name)
        taken = {one.get("Id") for one in relations}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        office = STRICT[namespace(self.look(self.workbook))]
        child(relations, "Relationship", Id=f"rId{number}", Type=f"{office}/{kind}", Target=f"/{target}")
        return f"rId{number}"

    def to_bytes(self) -> bytes:
        """Return the workbook."""
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(self, key=lambda name: name != _TYPES):
                entry = zipfile.ZipInfo(name, _DAY)
                entry.compress_type = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
                archive.writestr(entry, serialise(self._trees[name]) if name in self._trees else self.read(name))
        return buffer.getvalue()


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
