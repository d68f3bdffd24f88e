"""Comments of a sheet: ours are added, those that stand there are kept, and every box is as large as its text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.reading.workbooks.intake import letters
from reviewer.reporting.workbook.measure import lines_of
from reviewer.reporting.workbook.parts import Parts
from reviewer.reporting.workbook.sheet import ORDER, Worksheet, column_number
from reviewer.reporting.workbook.xml import (
    STRICT,
    Element,
    beside,
    cell_text,
    child,
    find,
    namespace,
    parse,
    place,
    put_text,
)

AUTHOR = "reviewer"
_OURS = "【审核意见】"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_V, _O, _X = (
    "urn:schemas-microsoft-com:vml",
    "urn:schemas-microsoft-com:office:office",
    "urn:schemas-microsoft-com:office:excel",
)
_VML = f'<xml xmlns:v="{_V}" xmlns:o="{_O}" xmlns:x="{_X}">'
_DRAWING = f"""{_VML}<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>
<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">
<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>"""
_SHAPE = f"""{_VML}<v:shape id="_x0000_s{{id}}" type="#_x0000_t202" style="position:absolute;visibility:hidden"
 fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>
<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>
<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor/><x:AutoFill>False</x:AutoFill>
<x:Row>{{row}}</x:Row><x:Column>{{column}}</x:Column></x:ClientData></v:shape></xml>"""
_ORDER = "authors commentList extLst"
_SHAPE_ID = re.compile(r"_x0000_s(\d+)")
_REFERENCE = re.compile(r"([A-Z]+)(\d+)")

_LETTER, _LINE, _MARGIN = 6.2, 16, 14  # pixels of half a Chinese character, of a line, of both borders, at 9 points
_WIDTHS = (300, 460)
_MOST_LINES = 26
_BESIDE = 12


class Comments:
    """The comments of the sheet in *part*; call :meth:`write` when all are added and the rows have their heights."""

    def __init__(self, parts: Parts, part: str, sheet: Worksheet) -> None:
        self._parts = parts
        self._part = part
        self._sheet = sheet
        related = {one.kind: one.target for one in parts.relations(part)}
        self.threads = {
            one.get("ref", "")
            for relation in parts.relations(part)
            if relation.kind == "threadedComment" and relation.target in parts
            for one in parts.tree(relation.target)
        }
        """Cells with a discussion, which Excel shows in the place of a comment."""
        self._comments = related.get("comments", "")
        self._root: Element | None = parts.tree(self._comments) if self._comments in parts else None
        self._by_cell = {one.get("ref", ""): one for one in self._list()}
        self._drawing = ""
        self._shapes: dict[tuple[int, int], Element] = {}
        self._canvas: Element | None = None
        self._find_shapes()
        self._changed: list[tuple[int, int]] = []

    def forget_ours(self) -> None:
        """Take away what an earlier review wrote."""
        for reference, comment in list(self._by_cell.items()):
            runs = self._runs(comment)
            first = next((at for at, run in enumerate(runs) if _text_of(run).lstrip().startswith(_OURS)), None)
            if first is None:
                continue
            for run in runs[first:]:
                run.getparent().remove(run)
            if not any(_text_of(run).strip() for run in runs[:first]):
                comment.getparent().remove(comment)
                del self._by_cell[reference]
                shape = self._shapes.pop(_position(reference), None)
                if shape is not None:
                    shape.getparent().remove(shape)

    def add(self, row: int, column: int, text: str) -> bool:
        """Add *text* to the comment of a cell; say whether that was possible."""
        reference = f"{letters(column)}{row + 1}"
        if reference in self.threads:
            return False
        comment = self._by_cell.get(reference)
        if comment is None:
            comment = self._by_cell[reference] = self._new(reference)
        texts = comment[0]
        for plain in texts.findall(beside(texts, "t")):  # a text without runs becomes the first of them
            run = child(texts, "r")
            run.append(plain)
        before = "\n\n" if len(texts) else ""
        run = child(texts, "r")
        properties = child(run, "rPr")
        for tag, value in (("sz", "9"), ("color", ""), ("rFont", "宋体"), ("charset", "134")):
            child(properties, tag, **({"val": value} if value else {"indexed": "81"}))
        put_text(run, cell_text(f"{before}{_OURS}\n{text}"))
        self._changed.append((row, column))
        return True

    def write(self) -> None:
        """Draw the boxes and hand all of it to the workbook."""
        if not self._changed:
            return
        comments: Element = find(self._root, "commentList")
        comments[:] = sorted(comments, key=lambda one: _position(one.get("ref", "")))
        canvas = self._canvas if self._canvas is not None else self._new_canvas()
        number = max((int(found) for shape in canvas for found in _SHAPE_ID.findall(shape.get("id", ""))), default=1024)
        for row, column in self._changed:
            shape = self._shapes.get((row, column))
            if shape is None:
                number += 1
                shape = parse(_SHAPE.format(id=number, row=row, column=column).encode())[0]
                canvas.append(shape)
            self._draw(shape, row, column)

    def _draw(self, shape: Element, row: int, column: int) -> None:
        text = "".join(map(_text_of, self._runs(self._by_cell[f"{letters(column)}{row + 1}"])))
        width, height = _size(text)
        anchor = self._anchor(row, column, width, height)
        kept = [
            part
            for part in shape.get("style", "").split(";")
            if part.strip() and part.partition(":")[0].strip() not in ("width", "height", "margin-left", "margin-top")
        ]
        # What reads no anchor reads these.
        sizes = [f"width:{width * 0.75:g}pt", f"height:{height * 0.75:g}pt"]
        shape.set("style", ";".join([*kept, *sizes]))
        data = shape.find(f"{{{_X}}}ClientData")
        found = data.find(f"{{{_X}}}Anchor")
        if found is None:
            found = data.makeelement(f"{{{_X}}}Anchor")
            data.insert(0, found)
        found.text = ", ".join(map(str, anchor))

    def _anchor(self, row: int, column: int, width: int, height: int) -> list[int]:
        """Return the corners of a box beside a cell: column, pixels, row, pixels, and the same of the other corner."""
        sheet = self._sheet
        top = max(row - 1, 0)
        first_row, down = top, 4
        left, _ = column + 1, 0
        right, across = left, width + _BESIDE
        while (size := round(sheet.width(right) * 7 + 5 if sheet.width(right) else 0)) <= across:
            across, right = across - size, right + 1
        bottom, rest = first_row, height + down
        while (size := round(sheet.height(bottom) * 4 / 3)) <= rest:
            rest, bottom = rest - size, bottom + 1
        return [left, _BESIDE, first_row, down, right, across, bottom, rest]

    def _new(self, reference: str) -> Element:
        if self._root is None:
            self._comments = self._parts.free_name("xl/comments{}.xml")
            main = namespace(self._sheet.root)
            self._root = parse(f'<comments xmlns="{main}"><authors/><commentList/></comments>'.encode())
            self._parts.put(self._comments, self._root)
            self._parts.declare(self._comments, _TYPE)
            self._parts.relate(self._part, "comments", self._comments)
        authors = place(self._root, "authors", _ORDER)
        names = [one.text for one in authors]
        if AUTHOR not in names:
            names.append(AUTHOR)
            child(authors, "author").text = AUTHOR
        comments = place(self._root, "commentList", _ORDER)
        comment = child(comments, "comment", ref=reference, authorId=str(names.index(AUTHOR)))
        child(comment, "text")
        return comment

    def _list(self) -> Iterator[Element]:
        comments = None if self._root is None else find(self._root, "commentList")
        if comments is not None:
            yield from comments

    def _runs(self, comment: Element) -> list[Element]:
        return list(comment[0]) if len(comment) else []

    def _find_shapes(self) -> None:
        legacy = find(self._sheet.root, "legacyDrawing")
        wanted = None if legacy is None else legacy.get(f"{{{STRICT[namespace(legacy)]}}}id")
        targets = {one.id: one.target for one in self._parts.relations(self._part)}
        self._drawing = targets.get(wanted or "", "")
        if self._drawing not in self._parts:
            return
        # Office itself writes VML that is no XML.
        self._canvas = self._parts.tree(self._drawing, forgiving=True)
        for shape in self._canvas.iter(f"{{{_V}}}shape"):
            data = shape.find(f"{{{_X}}}ClientData")
            row, column = (None if data is None else data.findtext(f"{{{_X}}}{tag}") for tag in ("Row", "Column"))
            if row and column and data.get("ObjectType") == "Note":
                self._shapes[int(row), int(column)] = shape

    def _new_canvas(self) -> Element:
        name = self._parts.free_name("xl/drawings/vmlDrawing{}.vml")
        canvas = parse(_DRAWING.encode())
        self._parts.put(name, canvas)
        self._parts.declare_ending("vml", _VML_TYPE)
        legacy = place(self._sheet.root, "legacyDrawing", ORDER)
        office = STRICT[namespace(legacy)]
        legacy.set(f"{{{office}}}id", self._parts.relate(self._part, "vmlDrawing", name))
        return canvas


def _size(text: str) -> tuple[int, int]:
    """Return width and height in pixels of a box that shows all of *text*."""
    for width in _WIDTHS:
        lines = lines_of(text, (width - _MARGIN) / _LETTER)
        if lines <= _MOST_LINES:
            break
    return width, lines * _LINE + _MARGIN


def _position(reference: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(reference)
    return (int(found[2]) - 1, column_number(found[1])) if found else (0, 0)


def _text_of(run: Element) -> str:
    return "".join(one.text or "" for one in run.iter(beside(run, "t")))
