"""Workbooks written by hand, part by part: what no office program would write, or none on this machine does."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.sax.saxutils import quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
DOCUMENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
FIRST_SHEET = "xl/worksheets/sheet1.xml"


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """Return a zip of *parts*."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def content_types(main: str, part: str = "/xl/workbook.xml") -> str:
    """Return ``[Content_Types].xml`` for a package whose main *part* is of the type *main*."""
    override = f'<Override PartName="{part}" ContentType="{main}"/>'
    return f'<Types xmlns="{PACKAGE}/content-types">{override}</Types>'


def parts(sheet: str = "<sheetData/>", *, name: str = "表", **others: str) -> dict[str, str | bytes]:
    """Return the parts of a workbook with one sheet, whose XML within its root is *sheet*.

    *others* are the inner XML of ``strings`` and ``styles``.
    """
    relations = {
        "r1": ("worksheet", "worksheets/sheet1.xml"),
        "r2": ("sharedStrings", "sharedStrings.xml"),
        "r3": ("styles", "/xl/styles.xml"),
    }
    listed = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for key, (kind, target) in relations.items()
    )
    main = f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    return {
        "[Content_Types].xml": content_types(WORKBOOK_TYPE),
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{main}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        f'<sheet name={quoteattr(name)} sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{others.get("strings", "")}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{others.get("styles", "")}</styleSheet>',
        FIRST_SHEET: f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
    }


def workbook(sheet: str = "<sheetData/>", *, name: str = "表", **others: str) -> bytes:
    """Return the workbook that :func:`parts` describes."""
    return zipped(parts(sheet, name=name, **others))
