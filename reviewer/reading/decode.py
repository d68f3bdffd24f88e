"""Bytes of a file → text, or an ``InputError`` that says what the file is instead."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from reviewer.errors import InputError
from reviewer.reading.notes import Notes

MAX_BYTES = 64 * 1024 * 1024

_SIGNATURES = (
    (b"PK\x03\x04", "Office 文档或压缩包"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文档"),
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"\x7fELF", "程序文件"),
    (b"\x1f\x8b", "压缩包"),
)
_AS_TEXT = "请打开它，把表格内容另存为 UTF-8 文本（.txt）再读。"
_SAMPLE = 65_536
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")


def load(path: Path) -> bytes:
    """Return the bytes of a regular file of at most 64 MiB."""
    where = str(path)
    try:
        if path.is_dir():
            raise InputError("这是一个文件夹。", where=where, hint="请给出其中一个文件；整个文件夹用 reviewer review。")
        if not path.exists():
            raise InputError("没有这个文件。", where=where, hint="请检查路径和文件名。")
        if not path.is_file():
            raise InputError("这不是普通文件。", where=where, hint="请给出一个普通文件。")
        size = path.stat().st_size
        if size > MAX_BYTES:
            found = f"文件有 {size / 1024 / 1024:.1f} MiB，超过 64 MiB 的上限。"
            raise InputError(found, where=where, hint="请按单位分成几个文件。")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise InputError("打不开文件。", where=where, hint="请检查路径和读取权限。") from error


def decode(raw: bytes, where: str, notes: Notes) -> str:
    """Return the text of *raw*: UTF-8, UTF-16 or GB18030; takes note when it was not clean UTF-8.

    Raises ``InputError`` that says what the file is when it is no text.
    """
    if not raw.strip():
        raise InputError("文件是空的。", where=where, hint="请检查导出是否完成。")
    for signature, kind in _SIGNATURES:
        if raw.startswith(signature):
            raise InputError(f"这是{kind}，不是文本。", where=where, hint=_AS_TEXT)
    text = _text(raw, where, notes)
    if "\0" in text:
        raise InputError("文件里有空字节（NUL），不是文本。", where=where, hint=_AS_TEXT)
    if len(_CONTROL.findall(text[:_SAMPLE])) * 50 > len(text[:_SAMPLE]):
        raise InputError("这是二进制文件，不是文本。", where=where, hint=_AS_TEXT)
    if not text.strip():
        raise InputError("文件里只有空白。", where=where, hint="请检查导出是否完成。")
    return text


def _text(raw: bytes, where: str, notes: Notes) -> str:
    if (utf16 := _utf16(raw)) is not None:
        notes.add("D007", "文件不是 UTF-8，按 UTF-16 读取，文字没有改动。", severity="hint")
        return utf16
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        mended = raw.decode("utf-8-sig", errors="replace")
    # GB18030 accepts nearly any bytes: a UTF-8 file with a few broken ones must not be turned into other characters.
    broken = mended.count("\ufffd")
    if broken * 20 <= len(mended) - len(mended.encode("ascii", errors="ignore")):
        notes.add("D007", f"文件是 UTF-8，但有 {broken} 处字节损坏，读成了“\ufffd”，原来的字无法恢复。")
        return mended
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError as error:
        hint = "请用编辑软件另存为 UTF-8。"
        raise InputError("认不出文字编码（不是 UTF-8，也不是 GB18030）。", where=where, hint=hint) from error
    notes.add("D007", "文件不是 UTF-8，按 GB18030 读取，文字没有改动。", severity="hint")
    return text


def _utf16(raw: bytes) -> str | None:
    """Return the text when *raw* is UTF-16: marked as such, or readable as a declaration."""
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not marked and b"\0" not in raw[:_SAMPLE]:
        return None
    for encoding in ("utf-16",) if marked else ("utf-16-le", "utf-16-be"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if marked or "项目" in text:
            return text
    return None
