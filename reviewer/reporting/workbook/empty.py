"""A workbook without a sheet, to put sheets of our own into."""

from __future__ import annotations

import zipfile
from io import BytesIO

from reviewer.reading.package import open_package
from reviewer.reporting.workbook.book import Book
from reviewer.reporting.workbook.parts import Parts
from reviewer.reporting.workbook.xml import MAIN, OFFICE, PACKAGE

_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_EMPTY = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="{_RELATIONS_TYPE}"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_BOOK_TYPE}"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets/></workbook>',
}


def empty_book() -> Book:
    """Return it; it can be opened once it has a sheet."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, contents in _EMPTY.items():
            archive.writestr(name, contents)
    return Book(Parts(open_package(buffer.getvalue(), "workbook")))
