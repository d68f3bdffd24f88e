"""Comments of a sheet: ours are added, those that stand there are kept, and every box is as large as its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

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
    escaped,
    find,
    namespace,
    parse,
    place,
    put_text,
    serialise,
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
# Written as text: tens of thousands of trees would take their memory all at once.
_SHAPE = (
    f'<v:shape xmlns:v="{_V}" xmlns:o="{_O}" xmlns:x="{_X}" id="_x0000_s{{id}}" type="#_x0000_t202" style="'
    'position:absolute;visibility:hidden;{size}" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:'
    'auto"><div style="text-align:left"/></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/>'
    "<x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row>"
    "<x:Column>{column}</x:Column></x:ClientData></v:shape>\n"
)
_FONT = '<rPr><sz val="9"/><color indexed="81"/><rFont val="宋体"/><charset val="134"/></rPr>'
_END_OF_LIST = re.compile(rb"</(?:[\w.-]+:)?commentList\s*>|<(?:[\w.-]+:)?commentList\s*/>")
_END_OF_DRAWING = re.compile(rb"</xml\s*>|<xml\b[^>]*/>\s*$")
_ORDER = "authors commentList extLst"
_SHAPE_ID = re.compile(r"_x0000_s(\d+)")
_REFERENCE = re.compile(r"([A-Z]+)(\d+)")

_LETTER, _LINE, _MARGIN = 6.2, 16, 14  # pixels of half a Chinese character, of a line, of both borders, at 9 points
_WIDTHS = (300, 460)
_MOST_LINES = 26
_BESIDE, _BELOW = 12, 4


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
            for one in parts.look(relation.target)
        }
        """Cells with a discussion, which Excel shows in the place of a comment."""
        self._comments = related.get("comments", "")
        self._root: Element | None = parts.look(self._comments) if self._comments in parts else None
        self._by_cell = {one.get("ref", ""): one for one in self._list()}
        self._drawing = ""
        self._shapes: dict[tuple[int, int], Element] = {}
        self._canvas: Element | None = None
        self._find_shapes()
        self._author: int | None = None
        self._number = 0
        self._changed = False
        self._made: list[str] = []
        self._drawn: list[str] = []

    def forget_ours(self) -> None:
        """Take away what an earlier review wrote."""
        for reference, comment in list(self._by_cell.items()):
            runs = self._runs(comment)
            first = next((at for at, run in enumerate(runs) if _OURS in _text_of(run)), None)
            if first is None:
                continue
            self._changed = True
            # Some programs make one run of several.
            _cut(runs[first], _text_of(runs[first]).partition(_OURS)[0])
            while runs and (len(runs) > first + 1 or not _text_of(runs[-1]).strip()):
                run = runs.pop()
                run.getparent().remove(run)
            if runs:
                _cut(runs[-1], _text_of(runs[-1]).rstrip())
                continue
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
            text = cell_text(f"{_OURS}\n{text}")
            self._made.append(self._new(reference, text))
        else:
            self._changed = True
            self._extend(comment, text)
            text = "".join(map(_text_of, self._runs(comment)))
        self._draw(row, column, *_size(text))
        return True

    def write(self) -> None:
        """Hand the comments and their boxes to the workbook."""
        if (self._made or self._changed) and self._root is not None:
            self._parts.put(self._comments, _spliced(self._root, _END_OF_LIST, self._made))
        if (self._drawn or self._changed) and self._canvas is not None:
            self._parts.put(self._drawing, _spliced(self._canvas, _END_OF_DRAWING, self._drawn))

    def _new(self, reference: str, text: str) -> str:
        main = namespace(self._sheet.root)
        if self._root is None:
            self._comments = self._parts.free_name("xl/comments{}.xml")
            self._root = parse(f'<comments xmlns="{main}"><authors/><commentList/></comments>'.encode())
            self._parts.put(self._comments, self._root)
            self._parts.declare(self._comments, _TYPE)
            self._parts.relate(self._part, "comments", self._comments)
        place(self._root, "commentList", _ORDER)
        authors = place(self._root, "authors", _ORDER)
        if self._author is None:
            names = [one.text for one in authors]
            if AUTHOR not in names:
                child(authors, "author").text = AUTHOR
                names.append(AUTHOR)
            self._author = names.index(AUTHOR)
        said = f'<t xml:space="preserve">{escape(escaped(text))}</t>'
        head = f'<comment xmlns="{main}" ref="{reference}" authorId="{self._author}">'
        return f"{head}<text><r>{_FONT}{said}</r></text></comment>"

    def _extend(self, comment: Element, text: str) -> None:
        texts = comment[0]
        for plain in texts.findall(beside(texts, "t")):  # a text without runs becomes the first of them
            child(texts, "r").append(plain)
        run = parse(f'<r xmlns="{namespace(texts)}">{_FONT}</r>'.encode())
        put_text(run, cell_text(f"\n\n{_OURS}\n{text}"))
        texts.append(run)

    def _draw(self, row: int, column: int, width: int, height: int) -> None:
        """Draw the box of a comment, or make the one that is there large enough."""
        canvas = self._canvas if self._canvas is not None else self._new_canvas()
        # Programs that read no anchor read the size.
        size = f"width:{width * 0.75:g}pt;height:{height * 0.75:g}pt"
        anchor = ", ".join(map(str, self._anchor(row, column, width, height)))
        shape = self._shapes.get((row, column))
        if shape is None:
            if not self._number:
                ids = (int(found) for shape in canvas for found in _SHAPE_ID.findall(shape.get("id", "")))
                self._number = max(ids, default=1024)
            self._number += 1
            self._drawn.append(_SHAPE.format(id=self._number, size=size, anchor=anchor, row=row, column=column))
            return
        named = (part.partition(":") for part in shape.get("style", "").split(";"))
        kept = [f"{name}:{value}" for name, _, value in named if value and name.strip() not in ("width", "height")]
        shape.set("style", ";".join([*kept, size]))
        data = shape.find(f"{{{_X}}}ClientData")
        found = data.find(f"{{{_X}}}Anchor")
        if found is None:
            found = data.makeelement(f"{{{_X}}}Anchor")
            data.insert(0, found)
        found.text = anchor

    def _anchor(self, row: int, column: int, width: int, height: int) -> list[int]:
        """Return the corners of a box beside a cell: column, pixels, row, pixels, and the same of the other corner."""
        sheet = self._sheet
        left, top = column + 1, max(row - 1, 0)
        right, across = left, width + _BESIDE
        while (size := round(sheet.width(right) * 7 + 5) if sheet.width(right) else 0) <= across:
            across, right = across - size, right + 1
        bottom, down = top, height + _BELOW
        while (size := round(sheet.height(bottom) * 4 / 3)) <= down:
            down, bottom = down - size, bottom + 1
        return [left, _BESIDE, top, _BELOW, right, across, bottom, down]

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
        self._canvas = self._parts.look(self._drawing, forgiving=True)
        for shape in self._canvas.iter(f"{{{_V}}}shape"):
            data = shape.find(f"{{{_X}}}ClientData")
            row, column = (None if data is None else data.findtext(f"{{{_X}}}{tag}") for tag in ("Row", "Column"))
            if row and column and data.get("ObjectType") == "Note":
                self._shapes[int(row), int(column)] = shape

    def _new_canvas(self) -> Element:
        self._drawing = name = self._parts.free_name("xl/drawings/vmlDrawing{}.vml")
        canvas = self._canvas = parse(_DRAWING.encode())
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


def _spliced(root: Element, end: re.Pattern[bytes], made: list[str]) -> bytes:
    """Return *root* as a part with *made* at the end of its list."""
    whole = serialise(root)
    *_, found = end.finditer(whole)
    closing = found[0] if found[0].startswith(b"</") else b"</" + re.findall(rb"[\w.:-]+", found[0])[0] + b">"
    opening = b"" if found[0].startswith(b"</") else found[0].replace(b"/>", b">")
    return b"".join((whole[: found.start()], opening, "".join(made).encode(), closing, whole[found.end() :]))


def _cut(run: Element, text: str) -> None:
    """Let a run, or a text without runs, say *text*."""
    first, *rest = run.iter(beside(run, "t"))
    first.text = text
    for one in rest:
        one.text = ""


def _text_of(run: Element) -> str:
    return "".join(one.text or "" for one in run.iter(beside(run, "t")))
