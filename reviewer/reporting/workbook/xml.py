"""The XML of workbooks as trees that keep every name, prefix and attribute they do not understand."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped, unused-ignore]

Element = Any
"""An element of a tree; lxml brings no types."""

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STRICT = {
    "http://purl.oclc.org/ooxml/spreadsheetml/main": "http://purl.oclc.org/ooxml/officeDocument/relationships",
    MAIN: OFFICE,
}
"""The namespace of relations that goes with that of sheets: in plain files, and in "Strict Open XML"."""

MOST_CHARACTERS = 32_767
"""What a cell of Excel holds, in UTF-16 units."""

_CUT = "……（太长，后面的略去）"
_ILLEGAL = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def parse(raw: bytes, *, forgiving: bool = False) -> Element:
    """Return the root of *raw*; no entity is resolved, nothing fetched. *forgiving* mends what is not well-formed."""
    parser = etree.XMLParser(resolve_entities=False, remove_comments=True, remove_pis=True, recover=forgiving)
    return etree.fromstring(raw, parser)


def serialise(root: Element) -> bytes:
    """Return *root* as a part of a package."""
    contents: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return contents


def fragment(element: Element) -> bytes:
    """Return *element* alone, without what follows it."""
    contents: bytes = etree.tostring(element, encoding="UTF-8", xml_declaration=False, with_tail=False)
    return contents


def child(parent: Element, tag: str, **attributes: str) -> Element:
    """Append a child in the namespace of *parent*."""
    return etree.SubElement(parent, beside(parent, tag), attributes)


def beside(element: Element, tag: str) -> str:
    """Return *tag* in the namespace of *element*."""
    return f"{{{namespace(element)}}}{tag}"


def namespace(element: Element) -> str:
    """Return the namespace of *element*."""
    return str(etree.QName(element).namespace)


def find(parent: Element, tag: str) -> Element | None:
    """Return the first child of that name, in the namespace of *parent*."""
    return parent.find(beside(parent, tag))


def place(parent: Element, tag: str, order: str) -> Element:
    """Return the child of that name; if there is none, a new one at its place among the names in *order*."""
    found = find(parent, tag)
    if found is not None:
        return found
    names = order.split()
    later = {beside(parent, name) for name in names[names.index(tag) + 1 :]}
    made = etree.Element(beside(parent, tag))
    at = next((at for at, one in enumerate(parent) if one.tag in later), len(parent))
    parent.insert(at, made)
    return made


def cell_text(text: str) -> str:
    """Return *text* as a cell can hold it: without control characters, and not longer than Excel allows.

    >>> cell_text("放映\\x0b场次\\r\\n≥672场")
    '放映场次\\n≥672场'
    """
    text = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) * 2 > MOST_CHARACTERS and _units(text) > MOST_CHARACTERS:
        room = (MOST_CHARACTERS - len(_CUT)) * 2
        text = text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + _CUT
    return text


def put_text(parent: Element, text: str) -> None:
    """Append ``<t>`` with *text*, which must have gone through :func:`cell_text`."""
    made = child(parent, "t")
    made.text = escaped(text)
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def escaped(text: str) -> str:
    """Return *text* with what looks like the escape of a character written so that it is none."""
    return _LOOKS_ESCAPED.sub("_x005F_", text) if "_x" in text else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take *text*, typed in as :func:`cell_text` leaves it, for a formula.

    >>> is_formula("=1+1"), is_formula("\x1f=1+1"), is_formula("≥5天")
    (True, True, False)
    """
    return _FORMULA.match(cell_text(text)) is not None


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
