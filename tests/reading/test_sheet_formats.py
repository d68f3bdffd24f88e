"""Number formats, as Chinese Excel shows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.reading.workbooks.codes import BUILT_IN
from reviewer.reading.workbooks.formats import around_text, general, shower

ACCOUNT = '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '
GRADES = '[Red][<60]0"不及格";[>=90]0"优";0'


@pytest.mark.parametrize(
    ("code", "value", "seen"),
    [
        # Numbers
        ("0", 0.5, "1"),
        ("0", 2.5, "3"),
        ("0.00", 1.005, "1.01"),
        ("0.0", 0.25, "0.3"),
        ("0.00", -5, "-5.00"),
        ("0.00", -0.001, "0.00"),
        ("#,##0", 1_234_567.5, "1,234,568"),
        ("#,##0", 999, "999"),
        ("00000", 42, "00042"),
        ("0,000", 5, "0,005"),
        ("#", 0, ""),
        ("0.##", 12.5, "12.5"),
        ("0.##", 12, "12"),
        ("000-00", 12_345, "123-45"),
        ("0.00%", 0.95555, "95.56%"),
        ("0%", 1e-10, "0%"),
        ("0.00E+00", 12_345, "1.23E+04"),
        ("##0.0E+0", 12_345, "12.3E+3"),
        ("0", 1e300, "1" + "0" * 300),
        ("# ?/?", 0.5, "0.5"),
        # Text within
        ('"≥"0%', 0.9, "≥90%"),
        ("≥0", 90, "≥90"),
        ('"第"0"季度"', 2, "第2季度"),
        ("[$¥-804]#,##0.00", 5, "¥5.00"),
        ('G/通用格式"人"', 12.5, "12.5人"),
        ('General"人"', -3, "-3人"),
        ('0!.0,"万"', 12_345, "1.2万"),
        ('0\\.0,"万"', 500, "0.1万"),
        ('#,##0.0,,"百万"', 12_345_678, "12.3百万"),
        # Sections
        ("0.00_);(0.00)", -3.456, "(3.46)"),
        ("0.00_);[Red]\\-0.00", -3.456, "-3.46"),
        ("General;[Red]-General", -5, "-5"),
        (ACCOUNT, 1234.5, "1,234.50"),
        (ACCOUNT, -1234.5, "-1,234.50"),
        (ACCOUNT, 0, "-"),
        ("0;0", 0, "0"),
        (";;;", 5, ""),
        ('0"个";"少"0', -3, "少3"),
        ('[>=10000]0.0,"千";0', 12_345, "12.3千"),
        ('[>=10000]0.0,"千";0', -5, "-5"),
        (GRADES, 95, "95优"),
        (GRADES, 75, "75"),
        (GRADES, 50, "50不及格"),
        ("@", 12.5, "12.5"),
        ("0.0%;@", 0.5, "50.0%"),
        # Dates and times
        ("yyyy/m/d", 45_291, "2023/12/31"),
        ('yyyy"年"m"月"d"日";@', 45_291, "2023年12月31日"),
        ('[DBNum1][$-804]yyyy"年"m"月"', 45_291, "2023年12月"),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", 45_291, "2023年12月31日"),
        ("d-mmm-yy", 45_291, "31-Dec-23"),
        ("aaaa", 45_291, "星期日"),
        ("yyyy-m-d", 1, "1900-1-1"),
        ("yyyy-m-d", 61, "1900-3-1"),
        ("yyyy-m-d", -5, "-5"),
        ("yyyy-m-d", 3_000_000, "3000000"),
        ("h:mm", 0.5, "12:00"),
        ("h:mm AM/PM", 0.75, "6:00 PM"),
        ('上午/下午h"时"mm"分"', 0, "上午12时00分"),
        ("mm:ss", 0.0105, "15:07"),
        ("[h]:mm", 1.5, "36:00"),
        ("mm:ss.0", 0.00001, "00:00.9"),
        ("yyyy-mm-dd hh:mm:ss", 45_291.99999999, "2024-01-01 00:00:00"),
    ],
)
def test_a_number_is_shown_as_its_format_says(code: str, value: float, seen: str) -> None:
    assert shower(code)(float(value)) == seen


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (-0.5, "-0.5"),
        (1e-5, "0.00001"),
        (1e15, "1000000000000000"),
        (1.5e25, "1.5E+25"),
    ],
)
def test_general(value: float, seen: str) -> None:
    assert general(value) == seen


@pytest.mark.parametrize(
    ("code", "around"),
    [('@"场"', ("", "场")), ('0;-0;0;"共"@', ("共", "")), ("General", ("", "")), ('"@"0', ("", "")), ("0", ("", ""))],
)
def test_text_in_a_format_for_text(code: str, around: tuple[str, str]) -> None:
    assert around_text(code) == around


@given(
    st.text(alphabet='0#?.,%;@"\\[]<>=-yYmMdDhHsSaAE+$_*/!场G/通用格式', max_size=30),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_any_code_shows_any_number(code: str, value: float) -> None:
    assert isinstance(shower(code)(value), str)
    assert len(around_text(code)) == 2


@pytest.mark.parametrize("code", BUILT_IN.values())
def test_every_built_in_format_shows_something(code: str) -> None:
    assert shower(code)(45_291.5)


def test_a_code_longer_than_excel_takes_is_no_format() -> None:
    assert shower("0" * 256)(5.0) == "5"
