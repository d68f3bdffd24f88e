"""Requests that no honest page or program sends, each by a name that says what it tries."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from tests.reading.packages import DOCUMENT_TYPE, FIRST_SHEET, content_types, parts, workbook, zipped
from tests.web.serving import FORM, Answer, Running

Attack = Callable[[Running], int]
"""Sends the request and returns the status of the answer."""

REVIEW, FILE = "/api/v1/review", "/api/v1/review/file?name="
ROOTS = (
    "/",
    "/static/",
    "/api/v1/rules/",
    "/api/v1/schema/",
    "/write/export/",
    "/runs/",
    "/upload/",
    "/results/",
    "/results/x/",
)
TRAVERSALS = (
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd",
    "..%5c..%5cwindows%5cwin.ini",
    "%252e%252e%252fetc%252fpasswd",
    "..%c0%af..%c0%afetc/passwd",
    "%00",
    "%ED%A0%80",
)
HOSTS = (
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example:80",
    "evil.example#localhost",
    "user@localhost",
    "localhost:80@evil.example",
    "0.0.0.0",
    "169.254.169.254",
    "[::ffff:127.0.0.1]",
    "127.1",
    "2130706433",
    "localhost.",
    "[::1",
    "",
)
ORIGINS = (
    "https://evil.example",
    "null",
    "http://localhost.evil.example",
    "file://",
    "chrome-extension://a",
    "http://[",
)
METHODS = ("DELETE", "PUT", "PATCH", "TRACE", "PROPFIND", "OPTIONS", "MOVE", "ＧＥＴ".encode().hex(), "get")
PLACES = ("/", "/write/check", "/write/paste", "/write/export/xlsx", "/enter", "/upload", REVIEW, FILE + "a.xlsx")
HUGE = 100 << 20
ENTITIES = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
LAUGHS = ENTITIES + "]>"
EXTERNAL = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
ROW = {"no": 1, "name": "放映场次", "annual_value": "≥672场"}


def attacks() -> dict[str, Attack]:
    """All of them by name."""
    groups = (_paths(), _senders(), _sizes(), _lines(), _documents(), _files(), _forms())
    return {name: attack for group in groups for name, attack in group}


Named = Iterator[tuple[str, Attack]]


def _ask(method: str, path: str, body: Any = None, **headers: str) -> Attack:
    return lambda server: server.ask(method, path, body() if callable(body) else body, **headers).status


def _say(*pieces: bytes, pause: float = 0.0) -> Attack:
    def attack(server: Running) -> int:
        return status_of(server.say(*pieces, pause=pause))

    return attack


def status_of(said: bytes) -> int:
    """Return the status in the first line of an answer."""
    return int(said.split(b" ", 2)[1])


def _paths() -> Named:
    for root in ROOTS:
        for path in TRAVERSALS:
            if root + path != "/write/export/%00":
                yield f"GET {root}{path}", _ask("GET", root + path)
    for path in (
        "/.git/config",
        "/.env",
        "/admin",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/server-status",
        "/api/v1",
        "//",
    ):
        yield f"GET {path}", _ask("GET", path)
    for method in METHODS:
        yield f"{method} /", _ask(method, "/")
        yield f"{method} {REVIEW}", _ask(method, REVIEW, b"{}")
    yield "an endless path", _ask("GET", "/" + "a" * 60_000)
    yield "a path of many parts", _ask("GET", "/a" * 20_000)
    yield "a rule of many letters", _ask("GET", "/api/v1/rules/" + "V" * 5_000)
    yield "an endless name of a file", _ask("POST", FILE + "a" * 5_000, b"a")
    yield "a name of a file that leads away", _ask("POST", FILE + quote("../../etc/passwd"), b"a")
    yield "a name of a file that is an address", _ask("POST", FILE + quote("http://127.0.0.1/a.xlsx"), b"a")


def _senders() -> Named:
    for host in HOSTS:
        yield f"Host {host}", _ask("GET", "/", host=host)
    for place in PLACES:
        for origin in ORIGINS[:3]:
            yield f"Origin {origin} at {place}", _ask("POST", place, b"{}", origin=origin)
        yield f"from another site at {place}", _ask("POST", place, b"{}", sec_fetch_site="cross-site")
    for origin in ORIGINS[3:]:
        yield f"Origin {origin}", _ask("POST", REVIEW, b"{}", origin=origin)


def _chunks() -> Iterator[bytes]:
    return (b"x" * 65536 for _ in range(HUGE // 65536))


def _head(path: str, *lines: str) -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: localhost", "Connection: close", *lines, "", ""]).encode()


def _sizes() -> Named:
    for place in PLACES:
        yield f"100 MB announced at {place}", _say(_head(place, f"Content-Length: {HUGE}"))
    yield (
        "100 MB in chunks",
        lambda server: status_of(
            server.say(
                _head(FILE + "a.xlsx", "Transfer-Encoding: chunked"),
                *(b"10000\r\n%b\r\n" % piece for piece in _chunks()),
            )
        ),
    )
    yield (
        "100 MB sent whatever is said",
        lambda server: status_of(server.say(_head(REVIEW, f"Content-Length: {HUGE}"), *_chunks())),
    )
    for place in (REVIEW, FILE + "a.xlsx"):
        yield f"a slow body at {place}", _say(_head(place, "Content-Length: 100"), b"{", pause=0.2)
        yield f"a slow chunk at {place}", _say(_head(place, "Transfer-Encoding: chunked"), b"5\r\n{", pause=0.2)


def _lines() -> Named:
    yield "no HTTP", _say(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100 + b"\r\n\r\n")
    yield "another version", _say(b"GET / HTTP/22\r\nHost: localhost\r\n\r\n")
    yield "no host", _say(b"GET / HTTP/1.1\r\n\r\n")
    yield "no host of old", _say(b"GET / HTTP/1.0\r\n\r\n")
    yield "two hosts", _say(b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    yield "two lengths", _say(_head(REVIEW, "Content-Length: 2", "Content-Length: 3"), b"{}")
    yield "a length below nothing", _say(_head(REVIEW, "Content-Length: -1"))
    yield "a length of many digits", _say(_head(REVIEW, "Content-Length: " + "9" * 30))
    yield "a length that is none", _say(_head(REVIEW, "Content-Length: ０"))
    yield "length and chunks", _say(_head(REVIEW, "Content-Length: 2", "Transfer-Encoding: chunked"), b"0\r\n\r\n")
    yield "an unknown coding", _say(_head(REVIEW, "Transfer-Encoding: gzip"), b"a")
    yield "a chunk of no size", _say(_head(REVIEW, "Transfer-Encoding: chunked"), b"zz\r\n")
    yield "NUL in a header", _say(_head(REVIEW, "A: \0"), b"{}")
    yield "NUL in the path", _say(b"GET /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    yield "Chinese in the path", _say("GET /规则 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    yield "a folded header", _say(b"GET / HTTP/1.1\r\n Host: localhost\r\n\r\n")
    yield "an endless header", _say(b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"a" * 200_000 + b"\r\n\r\n")
    yield "endless headers", _say(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: a\r\n" * 50_000 + b"\r\n")
    yield (
        "another server asked for",
        _say(b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
    )
    yield "a tunnel", _say(b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\nConnection: close\r\n\r\n")


def _documents() -> Named:
    texts = {
        "nothing": b"",
        "a brace": b"{",
        "an open list": b'{"projects": [',
        "a text": b'"projects"',
        "null": b"null",
        "a number": b"1e999",
        "a list": b"[]",
        "no projects": b"{}",
        "projects that are none": b'{"projects": 1}',
        "a project that is none": b'{"projects": [null]}',
        "bytes": b"\xff\xfe\x00\xd8",
        "NUL": b"\0" * 1000,
        "gzip": gzip.compress(b'{"projects": []}'),
        "lists in lists": b'{"projects": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "braces in braces": b'{"projects": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
        "lists without end": b"[" * 500_000,
        "half a surrogate as a key": b'{"\\ud800": 1}',
        "a wrong escape": b'{"projects": ["\\x"]}',
        "a bare control character": b'{"projects": [{"name": "\n", "indicators": []}',
        "two documents": b'{"projects": []}{"projects": []}',
        "a comment": b'{"projects": [] /* */}',
        "XML": LAUGHS.encode() + b"<a>&i;</a>",
        "an entity": EXTERNAL.encode() + b"<a>&a;</a>",
        "YAML": b"!!python/object/apply:os.system ['id']",
        "pickle": b"\x80\x04\x95\x17\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.",
        "many mistakes": json.dumps({"projects": [{"name": 1}] * 2_000}).encode(),
        "commas": b'{"projects": [' + b"," * 900_000 + b"]}",
    }
    for name, text in texts.items():
        yield f"JSON: {name}", _ask("POST", REVIEW, text, content_type="application/json")


def _files() -> Named:
    whole = workbook()
    laughing = parts() | {FIRST_SHEET: LAUGHS + "<worksheet>&i;</worksheet>"}
    outside = parts() | {FIRST_SHEET: EXTERNAL + "<worksheet>&a;</worksheet>"}
    word = {
        "[Content_Types].xml": content_types(DOCUMENT_TYPE, "/word/document.xml"),
        "word/document.xml": LAUGHS + "<a/>",
    }
    files: Mapping[str, bytes | Callable[[], bytes]] = {
        "empty.xlsx": b"",
        "bomb.xlsx": partial(_bomb, 200_000_000),
        "bombs.zip": lambda: zipped({f"{number}.zip": b"\0" * 10_000_000 for number in range(10)}),
        "laughs.xlsx": zipped(laughing),
        "entity.xlsx": zipped(outside),
        "laughs.docx": zipped(word),
        "laughs.ods": zipped(
            {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": LAUGHS + "<a/>"}
        ),
        "deep.xlsx": lambda: workbook("<sheetData>" + "<row>" * 100_000 + "</row>" * 100_000 + "</sheetData>"),
        "many.xlsx": lambda: zipped(parts() | {f"xl/{number}.xml": b"<a/>" for number in range(11_000)}),
        "up.xlsx": zipped({"../../../../tmp/out.xml": b"<a/>"}),
        "half.xlsx": whole[: len(whole) // 2],
        "nothing.xlsx": whole,
        "renamed.docx": whole,
        "renamed.pdf": whole,
        "text.xlsx": "指标".encode(),
        "ole.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 5_000,
        "short.pdf": b"%PDF-1.7\n",
        "loop.pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
        "stream.pdf": lambda: (
            b"%PDF-1.7\n1 0 obj<</Filter/FlateDecode/Length 99>>stream\n" + zlib.compress(b"\0" * 50_000_000)
        ),
        "program.exe": b"MZ" + b"\0" * 500,
        "elf.xlsx": b"\x7fELF" + b"\0" * 500,
        "picture.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        "page.html": b"<script>alert(1)</script>",
        "archive.rar": b"Rar!\x1a\x07\x01\x00",
        "archive.gz": gzip.compress(b"\0" * 10_000_000),
        "lines.txt": b"\n" * 5_000_000,
        "tabs.csv": b"\t" * 5_000_000,
        "quotes.csv": b'"' * 2_000_001,
        "one.txt": "第".encode() * 1_000_000,
        "deep.json": b"[" * 5_000_000,
    }
    for name, body in files.items():
        yield f"file: {name}", _ask("POST", FILE + name, body)


def _bomb(size: int) -> bytes:
    return zipped(parts() | {FIRST_SHEET: b"<worksheet>" + b" " * size + b"</worksheet>"})


def _forms() -> Named:
    cell = {"class": "产出指标/数量指标", "name": "场次", "cycle_value": "", "annual_value": "1场"}
    bodies: Mapping[str, list[tuple[str, str]]] = {
        "unequal columns": [("name", "a"), ("name", "b"), ("annual_value", "1")],
        "too many rows": [pair for _ in range(201) for pair in cell.items()],
        "too many fields": [("a", "b")] * 5_000,
        "a row below nothing": [*cell.items(), ("remove", "-1")],
        "a row of many digits": [*cell.items(), ("remove", "9" * 5_000)],
        "a row in other digits": [*cell.items(), ("remove", "１")],
        "a rewrite of nothing": [*cell.items(), ("take", "x")],
    }
    for name, fields in bodies.items():
        yield f"form: {name}", _form("/", urlencode(fields))
    yield "form: not one", _form("/", b"\xff" * 1000, "multipart/form-data")
    yield "form: a broken part", _form("/", b"--a\r\nContent-Disposition: \r\n\r\nx", "multipart/form-data; boundary=a")
    part = b'--a\r\nContent-Disposition: form-data; name="project"; filename="../../x"\r\n\r\nx\r\n--a--\r\n'
    yield "form: a file for a text", _form("/", part, "multipart/form-data; boundary=a")
    yield "form: a paper of another kind", _form("/write/export/exe", urlencode(cell))
    yield "form: a paper of nothing", _form("/write/export/xlsx", b"")
    yield "form: nothing pasted", _form("/write/paste", b"", "text/plain")
    for name, raw in {"bomb.xlsx": _bomb(200_000_000), "a.pdf": b"%PDF-1.7", "../../x.xls": b"\xd0\xcf"}.items():
        yield f"upload: {name}", partial(_status_of_upload, name=name, raw=raw)
    for csrf in ("", "x", "%ED%A0%80", "0" * 64, "0" * 5_000, "%00"):
        yield f"form: seal {csrf[:9]}", _ask("POST", "/", f"csrf={csrf}", content_type=FORM)


def _form(path: str, body: bytes | str, kind: str = FORM) -> Attack:
    """Return a form that a page of ours might have sent, but for what is in it."""
    return lambda server: server.post(path, body, content_type=kind, x_reviewer_csrf=server.csrf()).status


def _status_of_upload(server: Running, name: str, raw: bytes) -> int:
    return uploaded(server, name, raw).status


def uploaded(server: Running, name: str, raw: bytes) -> Answer:
    """Upload a file as the page does."""
    part = "--a\r\nContent-Disposition: form-data; name="
    fields = f'{part}"csrf"\r\n\r\n{server.csrf()}\r\n{part}"file"; filename="{name}"\r\n\r\n'
    body = fields.encode() + raw + b"\r\n--a--\r\n"
    return server.post("/upload", body, content_type="multipart/form-data; boundary=a")
