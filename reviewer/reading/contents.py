"""What a file is called and what it is: the contents decide how it is read, and a name that lies is refused."""

from __future__ import annotations

from reviewer.errors import InputError
from reviewer.reading.notes import Notes
from reviewer.reading.signature import Kind, recognise

WORKBOOKS = {Kind.XLSX: ".xlsx", Kind.XLSM: ".xlsm", Kind.XLS: ".xls", Kind.ODS: ".ods"}
_DOCUMENTS = {Kind.DOCX: ".docx", Kind.PDF: ".pdf"}
_ENDINGS = WORKBOOKS | _DOCUMENTS
_SHEET_ENDINGS = frozenset({*WORKBOOKS.values(), ".et", ".xltx", ".xlt"})
_AS_SHEET = "请用 Excel 或 WPS 打开，另存为 .xlsx 再读。"
_AS_WORD = "请用 Word 或 WPS 打开，另存为 .docx 再读。"
_UNPACK = "请先解压，再读其中的文件。"
_ADVICE = {
    Kind.DOC: _AS_WORD,
    Kind.ODT: _AS_WORD,
    Kind.RTF: _AS_WORD,
    Kind.PPT: "请把其中的表格复制到 Word 或 Excel，另存为 .docx 或 .xlsx 再读。",
    Kind.PPTX: "请把其中的表格复制到 Word 或 Excel，另存为 .docx 或 .xlsx 再读。",
    Kind.XLSB: _AS_SHEET,
    Kind.XML_WORKBOOK: _AS_SHEET,
    Kind.HTML: _AS_SHEET,
    Kind.ENCRYPTED: "请用 Office 或 WPS 打开，去掉打开密码，另存后再读。",
    Kind.OLE: "请用原来的程序打开，另存为 .xlsx 或 .docx 再读。",
    Kind.ZIP: _UNPACK,
    Kind.RAR: _UNPACK,
    Kind.SEVEN_ZIP: _UNPACK,
    Kind.GZIP: _UNPACK,
    Kind.IMAGE: "图片里没有文字可读。请要原来的电子文件，或用识别软件转成 .docx 或 .xlsx 再读。",
}
_READABLE = "能读的有：.xlsx、.xlsm、.xls、.et、.ods、.docx、.pdf、.csv、.tsv、.txt、.json。"
_TEXTS = frozenset({Kind.TEXT, Kind.EMPTY, Kind.XML})


def kind_of(raw: bytes, ending: str, where: str, notes: Notes) -> Kind:
    """Return what *raw* is; *ending* is what its name says (``.xlsx``), *where* the path for messages.

    One workbook under another's name is read all the same, and said. Raises ``InputError`` when the name lies, or when
    nobody could read a table from it.

    >>> kind_of(b"%PDF-1.7", ".xlsx", "表.xlsx", Notes())
    Traceback (most recent call last):
    reviewer.errors.InputError: 表.xlsx：扩展名是 .xlsx，内容却是PDF 文件。 请把扩展名改成 .pdf 再读。
    """
    kind = recognise(raw)
    if kind is Kind.ZIP:
        from reviewer.reading.package import open_package

        kind = open_package(raw, where).kind
    textual = ending not in _ENDINGS.values() and ending not in _SHEET_ENDINGS
    if kind in _TEXTS or (kind is Kind.UNKNOWN and textual):
        if not textual and kind is not Kind.EMPTY:
            hint = "请把扩展名改成 .txt（文本）或 .csv（逗号或制表符分隔的表格）再读。"
            raise InputError(f"扩展名是 {ending}，内容却是{Kind.TEXT}。", where=where, hint=hint)
        return Kind.TEXT
    proper = _ENDINGS.get(kind)
    if proper is None:
        raise InputError(f"这是{kind}，读不出表格。", where=where, hint=_ADVICE.get(kind, _READABLE))
    if ending == proper or (kind is Kind.XLS and ending == ".et"):
        return kind
    if kind in WORKBOOKS and ending in _SHEET_ENDINGS:
        notes.add("D009", f"扩展名是 {ending}，内容是{kind}，按内容读取。", severity="hint")
        return kind
    named = f"扩展名是 {ending}，内容却是{kind}。" if ending else f"文件没有扩展名，内容是{kind}。"
    raise InputError(named, where=where, hint=f"请把扩展名改成 {proper} 再读。")
