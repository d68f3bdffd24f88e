"""PDF files: what stands in ruled cells and around them, and files that are pictures, broken or made to do harm."""

from __future__ import annotations

import subprocess
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

import reviewer
from reviewer.errors import InputError
from reviewer.reading import pdf
from reviewer.reading.grid import Grid
from reviewer.reading.notes import Notes
from reviewer.reading.pdf import read_pdf
from reviewer.reading.pdf.letters import plain
from reviewer.reading.pdf.safety import OUT_OF_TIME

MEMORY = 512 * 1024**2
SECONDS = 60
FONT = "STSong-Light"
FILES = Path(__file__).parent / "files"


def page(draw: Callable[[Canvas], None], **options: Any) -> bytes:
    """Return a PDF of the pages that *draw* draws, in points from the lower left."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, **options)
    canvas.setFont(FONT, 10)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def read(raw: bytes) -> tuple[Grid, Notes]:
    notes = Notes()
    [grid] = read_pdf(raw, "表.pdf", notes)
    return grid, notes


def texts(grid: Grid) -> list[list[str | None]]:
    return [[cell and cell.text for cell in row.cells] for row in grid.rows]


def boxes(canvas: Canvas, *lines: tuple[float, float, float, float]) -> None:
    for line in lines:
        canvas.rect(*line)


def two_rows(canvas: Canvas) -> None:
    """A cell over two rows on the left, two cells on the right."""
    boxes(canvas, (50, 700, 100, 60), (150, 730, 200, 30), (150, 700, 200, 30))
    canvas.drawString(60, 725, "产出指标")
    canvas.drawString(160, 740, "放映场次")
    canvas.drawString(160, 710, "≥672场")
    canvas.drawString(50, 780, "绩效目标表")


def test_a_cell_over_two_rows_is_one_cell() -> None:
    grid, _ = read(page(two_rows))
    assert texts(grid) == [["绩效目标表"], ["产出指标", "放映场次"], ["产出指标", "≥672场"]]
    assert grid.rows[1].cells[0] is grid.rows[2].cells[0]
    assert [row.table for row in grid.rows] == [0, 1, 1]
    assert {cell.where for row in grid.rows for _, cell in row.distinct()} == {"page 1"}


def test_lines_that_only_broke_for_want_of_room_are_joined() -> None:
    def draw(canvas: Canvas) -> None:
        boxes(canvas, (50, 600, 85, 100), (160, 600, 200, 100), (135, 600, 25, 100))
        for at, line in enumerate(("受理加装申请件", "数（全年）")):
            canvas.drawString(55, 680 - 14 * at, line)
        for at, line in enumerate(("1.放映672场；", "2.覆盖28个村。")):
            canvas.drawString(165, 680 - 14 * at, line)

    grid, _ = read(page(draw))
    assert texts(grid) == [["受理加装申请件数（全年）", None, "1.放映672场；\n2.覆盖28个村。"]]


def test_text_that_runs_over_its_cell_stays_with_its_beginning() -> None:
    def draw(canvas: Canvas) -> None:
        boxes(canvas, (50, 700, 60, 30), (110, 700, 100, 30))
        canvas.drawString(55, 710, "服务对象满意度指标")

    grid, _ = read(page(draw))
    assert texts(grid) == [["服务对象满意度指标", None]]


def test_text_too_high_for_its_cell_stays_together() -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(3):
            boxes(canvas, (50, 700 - 14 * row, 60, 14), (110, 700 - 14 * row, 100, 14))
        canvas.drawString(55, 704, "产出指标")
        canvas.drawString(55, 676, "满意度")
        canvas.drawString(115, 696, "二级指标")  # both lines are cut by the lines of the second row
        canvas.drawString(115, 683, "三级指标")

    grid, _ = read(page(draw))
    assert texts(grid) == [["产出指标", None], [None, "二级指标\n三级指标"], ["满意度", None]]


def test_a_merged_cell_that_says_its_text_on_both_pages_is_one() -> None:
    def draw(canvas: Canvas) -> None:
        boxes(canvas, (50, 640, 60, 60), (110, 670, 100, 30), (110, 640, 100, 30))
        canvas.drawString(55, 665, "电影放映")
        canvas.drawString(115, 680, "放映场次")
        canvas.drawString(115, 650, "放映村数")
        canvas.showPage()
        canvas.setFont(FONT, 10)
        boxes(
            canvas, (50, 640, 60, 60), (110, 670, 100, 30), (110, 640, 100, 30), (50, 600, 60, 40), (110, 600, 100, 40)
        )
        canvas.drawString(55, 665, "电影放映")
        canvas.drawString(115, 680, "合格率")
        canvas.drawString(115, 650, "满意度")
        canvas.drawString(55, 610, "电影放映")

    grid, _ = read(page(draw))
    first = [row.cells[0] for row in grid.rows]
    assert [row[1] for row in texts(grid)] == ["放映场次", "放映村数", "合格率", "满意度", None]
    assert {cell and cell.text for cell in first} == {"电影放映"}
    assert [cell is first[0] for cell in first] == [True, True, True, True, False]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_pages_may_lie_on_their_side(degrees: int) -> None:
    turned = page(two_rows).replace(b"/Rotate 0", b"/Rotate %d" % degrees)
    assert turned != WHOLE
    assert sorted(map(str, texts(read(turned)[0]))) == sorted(map(str, texts(read(WHOLE)[0])))


def test_white_lines_part_no_rows() -> None:
    def draw(canvas: Canvas) -> None:
        boxes(canvas, (50, 640, 100, 60), (150, 640, 100, 60))
        canvas.setStrokeColorRGB(1, 1, 1)
        canvas.line(51, 670, 249, 670)
        canvas.drawString(55, 680, "放映672场；")
        canvas.drawString(55, 650, "覆盖28个村。")
        canvas.drawString(155, 665, "县电影队")

    assert texts(read(page(draw))[0]) == [["放映672场；\n覆盖28个村。", "县电影队"]]


def test_a_value_is_not_broken_from_its_comparator() -> None:
    def draw(canvas: Canvas) -> None:
        boxes(canvas, (50, 640, 60, 60), (110, 640, 100, 60))
        canvas.drawString(55, 680, "学会率：")
        canvas.drawString(55, 666, "≥85%")

    assert texts(read(page(draw))[0]) == [["学会率：≥85%", None]]


@pytest.mark.parametrize("name", ["browser", "office"])
def test_what_programs_print_reads_like_what_they_printed(name: str) -> None:
    document = reviewer.read(FILES / f"{name}.pdf")
    assert [project.name for project in document.projects] == ["电影放映", "设备更新"][: 1 + (name == "office")]
    [(amount, goal, rows), *_] = [(each.amount, each.goal, each.indicators) for each in document.projects]
    assert (amount, goal) == (70.47, "28个村每月放映2场。")
    assert [(row.level1, row.level2, row.name, row.annual_value) for row in rows] == [
        ("产出指标", "数量指标", "放映场次", "≥672场"),
        ("产出指标", "数量指标", "放映村数", "28个"),
        ("产出指标", "时效指标", "每月放映时间", "月底前"),
        ("满意度指标", "服务对象满意度指标", "村民满意度", "≥90%"),
    ]


def test_a_page_of_an_office_reads_like_its_workbook() -> None:
    printed, workbook = (reviewer.read(FILES / f"office{ending}") for ending in (".pdf", ".xlsx"))
    where = {"projects": {"__all__": {"indicators": {"__all__": {"where"}}}}}
    assert printed.model_dump(exclude=where) == workbook.model_dump(exclude=where)


def test_a_table_that_goes_on_keeps_its_number() -> None:
    def draw(canvas: Canvas) -> None:
        two_rows(canvas)
        canvas.showPage()
        canvas.setFont(FONT, 10)
        boxes(canvas, (50, 700, 100, 30), (150, 700, 200, 30))
        canvas.drawString(160, 710, "≥90%")
        boxes(canvas, (50, 500, 50, 30), (100, 500, 50, 30), (150, 500, 50, 30))
        canvas.drawString(55, 510, "另一张")

    grid, _ = read(page(draw))
    assert [row.table for row in grid.rows] == [0, 1, 1, 1, 2]
    assert grid.rows[3].cells[1] is not None
    assert grid.rows[3].cells[1].where == "page 2"


def test_what_is_far_apart_on_a_line_is_parted() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "填报单位：县电影队")
        canvas.drawString(400, 700, "金额单位：万元")
        canvas.drawString(50, 650, "绩")
        canvas.drawString(66, 650, "效")

    grid, _ = read(page(draw))
    assert texts(grid) == [["填报单位：县电影队  金额单位：万元"], ["绩效"]]


def test_radicals_become_characters_and_are_said() -> None:
    assert [plain(letter) for letter in "⽬⻚⼀⾦ﬁ％目"] == ["目", "页", "一", "金", "fi", "％", "目"]


def test_the_printed_text_format_reads_like_the_text(tmp_path: Path) -> None:
    rows = ["项目名称    总计    绩效目标", "电影放映    70.47    28个行政村每个村、每个月有2场放映。", "绩效指标"]
    rows += ["1、1-产出指标；11-数量指标；放映场次；实施周期指标值：≥672场；年度指标值：≥672场。"]

    def draw(canvas: Canvas) -> None:
        for at, line in enumerate(rows):
            for column, piece in enumerate(line.split("    ")):
                canvas.drawString(40 + 120 * column, 700 - 20 * at, piece)

    path = tmp_path / "表.pdf"
    path.write_bytes(page(draw))
    [project] = reviewer.read(path).projects
    assert (project.name, project.amount) == ("电影放映", 70.47)
    assert [row.annual_value for row in project.indicators] == ["≥672场"]


# Files nobody can read ------------------------------------------------------------------------------------------------


def picture(canvas: Canvas) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    canvas.drawImage(ImageReader(Image.new("L", (40, 40), 128)), 50, 50, 400, 600)


def test_a_scan_says_what_to_do() -> None:
    with pytest.raises(InputError, match=r"没有文字层.*OCR"):
        read(page(picture))


def test_a_page_that_is_a_picture_is_said() -> None:
    def draw(canvas: Canvas) -> None:
        two_rows(canvas)
        canvas.showPage()
        picture(canvas)

    _, notes = read(page(draw))
    assert ["第 2 页只有图片" in note.message for note in notes.in_order()] == [True]


def test_a_password_is_said() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    with pytest.raises(InputError, match="打开密码"):
        read(page(two_rows, encrypt=StandardEncryption("secret", "owner")))


def test_what_only_forbids_changes_is_read() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(50, 700, "12.5")

    grid, _ = read(page(draw, encrypt=StandardEncryption("", "owner", canModify=0)))
    assert texts(grid) == [["12.5"]]


def test_a_font_that_names_no_letters_is_said() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    # The names of the font are encrypted as well, and with them what its codes mean.
    with pytest.raises(InputError, match="字体没有带文字编码"):
        read(page(two_rows, encrypt=StandardEncryption("", "owner", canModify=0)))


def test_scripts_are_not_run(tmp_path: Path) -> None:
    raw = page(two_rows)
    script = b"/OpenAction << /S /JavaScript /JS (app.launchURL\\('http://127.0.0.1'\\)) >> /Type /Catalog"
    grid, _ = read(raw.replace(b"/Type /Catalog", script, 1))
    assert texts(grid)[0] == ["绩效目标表"]


WHOLE = page(two_rows)


@pytest.mark.parametrize(
    "raw",
    [
        WHOLE[:200],
        WHOLE[: len(WHOLE) // 2],
        b"%PDF-1.7\n",
        b"%PDF-1.7\n" + bytes(range(256)) * 40,
        WHOLE.replace(b"/Kids", b"/Kid_"),
        WHOLE.replace(b"/MediaBox", b"/MediaBoy"),
        WHOLE.replace(b"/Count 1", b"/Count 99999999"),
    ],
    ids=["beginning", "half", "only a header", "noise", "no pages", "no size", "claims pages"],
)
def test_broken_files_are_read_or_refused(raw: bytes) -> None:
    try:
        rows = read(raw)[0].rows
    except InputError as error:
        rows = [str(error)]  # whatever the fault, never another error
    assert rows


def minimal(*objects: bytes) -> bytes:
    """Return a PDF of *objects*, numbered from 1, without a table of where they stand: readers look for them."""
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, text) for number, text in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer << /Root 1 0 R >>\n%%EOF\n"


def stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), more, data)


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 600 800] >>"
ONE = b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << >> >>"
FLATE = b"/Filter /FlateDecode"


def bomb() -> bytes:
    return minimal(CATALOG, PAGES, ONE, stream(zlib.compress(b"\0" * 560_000_000, 1), FLATE))


def bomb_in_bomb() -> bytes:
    inner = zlib.compress(zlib.compress(b"\0" * 560_000_000, 1), 9)
    return minimal(CATALOG, PAGES, ONE, stream(inner, b"/Filter [/FlateDecode /FlateDecode]"))


def forms_in_forms() -> bytes:
    call = b" ".join(b"/F Do" for _ in range(10))
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F %d 0 R >> >>"
    last = stream(b"0 0 m 9 9 l S ", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")
    page = b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>"
    forms = [stream(call, head % (number + 1)) for number in range(5, 15)]
    return minimal(CATALOG, PAGES, page, stream(call), *forms, last)


def circle() -> bytes:
    return minimal(CATALOG, b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 /MediaBox [0 0 9 9] >>", ONE, stream(b""))


def drawn() -> bytes:
    lines = b"".join(b"%d 0 m %d 9 l S\n" % (at % 600, at % 600) for at in range(250_000))
    return minimal(CATALOG, PAGES, ONE, stream(zlib.compress(lines), FLATE))


def run_lengths() -> bytes:
    """140 times the same byte in two, packed again."""
    return minimal(CATALOG, PAGES, ONE, stream(zlib.compress(b"\x81\0" * 5_000_000), b"/Filter [/FlateDecode /RL]"))


def many_widths() -> bytes:
    page = ONE.replace(b"<< >>", b"<< /Font << /F 5 0 R >> >>")
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [6 0 R] >>"
    system = b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
    inner = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /W [0 2000000000 500] %s >>" % system
    return minimal(CATALOG, PAGES, page, stream(b"BT /F 10 Tf (ab) Tj ET"), font, inner)


def references() -> bytes:
    """The list of pages is what refers to itself."""
    return minimal(CATALOG, b"<< /Type /Pages /Kids 3 0 R /Count 1 >>", b"4 0 R", b"3 0 R")


def many_pages() -> bytes:
    kids = b" ".join([b"3 0 R"] * 3_000)
    pages = b"<< /Type /Pages /Kids [%s] /Count 3000 /MediaBox [0 0 600 800] >>" % kids
    return minimal(CATALOG, pages, ONE, stream(b""))


@pytest.mark.parametrize("make", [bomb, bomb_in_bomb, forms_in_forms, circle, drawn, many_pages])
def test_memory_and_time_are_bounded(make: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / "表.pdf"
    path.write_bytes(make())
    code = (
        "import resource, sys; from reviewer.errors import InputError; from reviewer.reading import read\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))\n"
        "try: read(sys.argv[1])\n"
        "except InputError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, encoding="utf-8", timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert path.name in done.stdout


@pytest.mark.parametrize("make", [run_lengths, many_widths])
def test_memory_is_bounded_without_help_from_outside(make: Callable[[], bytes]) -> None:
    with pytest.raises(InputError, match=r"表\.pdf：读取它要用的内存多得不正常。"):
        read(make())


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "FILE_SECONDS", 1.0)
    with pytest.raises(InputError, match="用了 1 秒还没有读完"):
        read(references())


def test_a_page_that_takes_too_long_ends_the_worker() -> None:
    code = "from reviewer.reading.pdf import worker; worker.PAGE_SECONDS = 1.0; worker.main()"
    done = subprocess.run(
        [sys.executable, "-c", code], input=references(), capture_output=True, timeout=SECONDS, check=False
    )
    assert done.returncode == OUT_OF_TIME
    assert b"Timeout" in done.stderr


def test_modules_in_the_folder_of_the_user_are_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(9)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path] + [str(Path(reviewer.__file__).parents[1])])
    assert texts(read(WHOLE)[0])[0] == ["绩效目标表"]
