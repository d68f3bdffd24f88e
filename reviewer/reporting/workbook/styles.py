"""The styles of a workbook: those of its cells with something changed, and our own."""

from __future__ import annotations

from copy import deepcopy
from typing import NamedTuple

from reviewer.reporting.workbook.parts import Parts
from reviewer.reporting.workbook.xml import MAIN, Element, child, find, parse, place

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_ORDER = "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst"
_FONT_ORDER = "b i strike condense extend outline shadow u vertAlign sz color name family charset scheme"
_XF_ORDER = "alignment protection extLst"
_PLAIN = (
    f'<styleSheet xmlns="{MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="宋体"/><charset val="134"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class Look(NamedTuple):
    """What is changed in a style; None leaves it as it is, ``fill`` "" takes it away. ``fill`` and ``color`` are RGB.

    ``literal`` keeps what looks like a formula a text even when somebody edits the cell.
    """

    fill: str | None = None
    size: float | None = None
    bold: bool | None = None
    color: str | None = None
    horizontal: str | None = None
    vertical: str | None = None
    wrap: bool | None = None
    number: int | None = None
    bordered: bool = False
    literal: bool = False


class Styles:
    """The styles of the workbook in *parts*; equal wishes are met by one style."""

    def __init__(self, parts: Parts) -> None:
        name = next((one.target for one in parts.relations(parts.workbook) if one.kind == "styles"), "")
        if name not in parts:
            name = "xl/styles.xml"  # where some programs look without asking
            parts.put(name, parse(_PLAIN.encode()))
            parts.declare(name, _TYPE)
            parts.relate(parts.workbook, "styles", name)
        self._root = parts.tree(name)
        self._xfs = place(self._root, "cellXfs", _ORDER)
        if not len(self._xfs):
            child(self._xfs, "xf", numFmtId="0", fontId="0", fillId="0", borderId="0")
        self._made: dict[tuple[int, Look], int] = {}
        self._shared: dict[tuple[str, str], int] = {}

    def changed(self, base: int, look: Look) -> int:
        """Return the number of the style *base* with *look* changed."""
        key = (base, look)
        if key not in self._made:
            xf = deepcopy(self._xf(base))
            self._change(xf, look)
            self._xfs.append(xf)
            self._xfs.set("count", str(len(self._xfs)))
            self._made[key] = len(self._xfs) - 1
        return self._made[key]

    def wraps(self, number: int) -> bool:
        """Whether text wraps in a style."""
        alignment = find(self._xf(number), "alignment")
        return alignment is not None and alignment.get("wrapText") in ("1", "true")

    def size(self, number: int) -> float:
        """Return the size of the font of a style, in points."""
        font = self._item("fonts", self._xf(number).get("fontId"))
        size = None if font is None else find(font, "sz")
        try:
            return float(size.get("val")) if size is not None else 11.0
        except (TypeError, ValueError):
            return 11.0

    def filled_with(self, colours: frozenset[str]) -> set[int]:
        """Return the styles whose fill is one of *colours*."""
        fills = find(self._root, "fills")
        ours = {
            str(at)
            for at, fill in enumerate(fills if fills is not None else ())
            if any(one.get("rgb", "").upper().removeprefix("FF") in colours for one in fill.iter())
        }
        return {at for at, xf in enumerate(self._xfs) if xf.get("fillId") in ours}

    def _xf(self, number: int) -> Element:
        return self._xfs[number if 0 <= number < len(self._xfs) else 0]

    def _change(self, xf: Element, look: Look) -> None:
        if look.fill is not None:
            xf.set("fillId", str(self._fill(look.fill) if look.fill else 0))
            xf.set("applyFill", "1")
        if (look.size, look.bold, look.color) != (None, None, None):
            xf.set("fontId", str(self._font(xf.get("fontId"), look)))
            xf.set("applyFont", "1")
        if (look.horizontal, look.vertical, look.wrap) != (None, None, None):
            alignment = place(xf, "alignment", _XF_ORDER)
            wrap = None if look.wrap is None else str(int(look.wrap))
            wishes = {"horizontal": look.horizontal, "vertical": look.vertical, "wrapText": wrap}
            for name, value in wishes.items():
                if value is not None:
                    alignment.set(name, value)
            if look.wrap:
                for name in ("shrinkToFit", "textRotation"):
                    alignment.attrib.pop(name, None)
            xf.set("applyAlignment", "1")
        if look.number is not None:
            xf.set("numFmtId", str(look.number))
            xf.set("applyNumberFormat", "1")
        if look.bordered:
            xf.set("borderId", str(self._border()))
            xf.set("applyBorder", "1")
        if look.literal:
            xf.set("quotePrefix", "1")

    def _fill(self, rgb: str) -> int:
        pattern = f'<patternFill patternType="solid"><fgColor rgb="FF{rgb}"/><bgColor indexed="64"/></patternFill>'
        return self._share("fills", f"<fill xmlns='{{}}'>{pattern}</fill>")

    def _border(self) -> int:
        sides = "".join(
            f'<{side} style="thin"><color rgb="FFBFBFBF"/></{side}>' for side in ("left", "right", "top", "bottom")
        )
        return self._share("borders", f"<border xmlns='{{}}'>{sides}<diagonal/></border>")

    def _font(self, base: str | None, look: Look) -> int:
        found = self._item("fonts", base)
        font = deepcopy(found) if found is not None else parse(f'<font xmlns="{self._namespace}"/>'.encode())
        if look.size is not None:
            place(font, "sz", _FONT_ORDER).set("val", f"{look.size:g}")
        if look.bold is not None:
            if look.bold:
                place(font, "b", _FONT_ORDER).set("val", "1")
            elif (bold := find(font, "b")) is not None:
                font.remove(bold)
        if look.color is not None:
            color = place(font, "color", _FONT_ORDER)
            color.attrib.clear()
            color.set("rgb", f"FF{look.color}")
        return self._append("fonts", font)

    def _share(self, kind: str, pattern: str) -> int:
        key = (kind, pattern)
        if key not in self._shared:
            self._shared[key] = self._append(kind, parse(pattern.replace("{}", self._namespace).encode()))
        return self._shared[key]

    def _append(self, kind: str, made: Element) -> int:
        group = place(self._root, kind, _ORDER)
        if kind == "fills" and not len(group):  # the first two have a meaning of their own
            for pattern in ("none", "gray125"):
                child(child(group, "fill"), "patternFill", patternType=pattern)
        group.append(made)
        group.set("count", str(len(group)))
        return len(group) - 1

    def _item(self, kind: str, number: str | None) -> Element | None:
        group = find(self._root, kind)
        at = int(number) if number and number.isdigit() else 0
        return group[at] if group is not None and at < len(group) else None

    @property
    def _namespace(self) -> str:
        return str(self._root.tag[1:].partition("}")[0])
