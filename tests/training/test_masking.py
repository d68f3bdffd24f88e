"""Names that are left out, and words that only look like names."""

from __future__ import annotations

import pytest

from reviewer.models import DocumentHead, Unit
from reviewer.training.masking import Mask

HEAD = DocumentHead(department="柳川县教育局", units=[Unit(name="江南市柳川县第一中学", total=1.0)])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("柳川县教育局组织培训", "某单位组织培训"),
        ("江南市柳川县第一中学", "某单位"),
        ("推动柳川教育发展", "推动某地教育发展"),
        ("赴贵州省毕节市支教", "赴某市支教"),
        ("毕节市支教30人", "某市支教30人"),
        ("新疆学生资助", "某地学生资助"),
        ("城市道路清扫，全市覆盖", "城市道路清扫，全市覆盖"),
        ("28个行政村每村每月2场", "28个行政村每村每月2场"),
        ("市场监管、县级医院、社区卫生", "市场监管、县级医院、社区卫生"),
        ("", ""),
    ],
)
def test_text(text: str, masked: str) -> None:
    assert Mask(HEAD, []).text(text) == masked


def test_nothing_to_leave_out() -> None:
    assert Mask(DocumentHead(), []).text("放映场次≥672场") == "放映场次≥672场"
