"""What the bytes of a file are, whatever its name says."""

from __future__ import annotations

import codecs
from enum import StrEnum


class Kind(StrEnum):
    """A kind of file; the value is what a message calls it."""

    XLSX = "Excel 工作簿（.xlsx）"
    XLSM = "带宏的 Excel 工作簿（.xlsm）"
    XLSB = "二进制 Excel 工作簿（.xlsb）"
    XLS = "旧版 Excel 工作簿（.xls）"
    ODS = "OpenDocument 表格（.ods）"
    DOCX = "Word 文档（.docx）"
    DOC = "旧版 Word 文档（.doc）"
    ODT = "OpenDocument 文档（.odt）"
    PPTX = "PowerPoint 演示文稿（.pptx）"
    PPT = "旧版 PowerPoint 演示文稿（.ppt）"
    ENCRYPTED = "加了打开密码的 Office 文档"
    OLE = "旧版 Office 文档"
    ZIP = "zip 压缩包"
    PDF = "PDF 文件"
    HTML = "网页（HTML）"
    XML_WORKBOOK = "XML 表格（XML Spreadsheet 2003）"
    XML = "XML 文件"
    RTF = "RTF 文档"
    RAR = "rar 压缩包"
    SEVEN_ZIP = "7z 压缩包"
    GZIP = "gzip 压缩包"
    IMAGE = "图片"
    PROGRAM = "程序文件"
    EMPTY = "空文件"
    TEXT = "文本文件"
    UNKNOWN = "认不出的二进制文件"


_BEGINNINGS = (
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"%PDF", Kind.PDF),
    (b"{\\rtf", Kind.RTF),
    (b"Rar!", Kind.RAR),
    (b"7z\xbc\xaf\x27\x1c", Kind.SEVEN_ZIP),
    (b"\x1f\x8b", Kind.GZIP),
    (b"\x89PNG", Kind.IMAGE),
    (b"\xff\xd8\xff", Kind.IMAGE),
    (b"GIF8", Kind.IMAGE),
    (b"BM", Kind.IMAGE),
    (b"\x7fELF", Kind.PROGRAM),
    (b"MZ", Kind.PROGRAM),
    # Excel 2 to 4 wrote the stream of records bare, without a compound file around it.
    (b"\x09\x00\x04\x00", Kind.XLS),
    (b"\x09\x02\x06\x00", Kind.XLS),
    (b"\x09\x04\x06\x00", Kind.XLS),
)
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of streams in the directory of a compound file, the telling ones first.
_STREAMS = (
    ("EncryptedPackage", Kind.ENCRYPTED),
    ("WordDocument", Kind.DOC),
    ("PowerPoint Document", Kind.PPT),
    ("Workbook", Kind.XLS),
    ("Book", Kind.XLS),
)
_SAMPLE = 4096


def recognise(raw: bytes) -> Kind:
    """Return what *raw* is. Office packages are ``ZIP`` here: what they hold ``package.open_package`` says.

    >>> recognise(b"%PDF-1.7 ..."), recognise("项目名称,金额".encode("gb18030"))
    (<Kind.PDF: 'PDF 文件'>, <Kind.TEXT: '文本文件'>)
    """
    for beginning, kind in _BEGINNINGS:
        if raw.startswith(beginning):
            return kind
    if raw.startswith(_COMPOUND):
        return next((kind for name, kind in _STREAMS if name.encode("utf-16-le") + b"\0\0" in raw), Kind.OLE)
    head = raw[:_SAMPLE].removeprefix(codecs.BOM_UTF8).lstrip()
    if not head:
        return Kind.EMPTY
    if head.startswith(b"<"):
        return _markup(head)
    if b"\0" in head and not raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Kind.UNKNOWN
    return Kind.TEXT


def _markup(head: bytes) -> Kind:
    head = head.lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return Kind.XML_WORKBOOK
    if any(tag in head for tag in (b"<html", b"<table", b"<!doctype html", b"<meta")):
        return Kind.HTML
    return Kind.XML
