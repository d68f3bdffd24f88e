"""An agreement as a report for a terminal, with the origin of the labels on top: the figures are worth no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reviewer.agreement import Agreement
from reviewer.measures import Detection, Interval
from reviewer.models import Source
from reviewer.reporting.layout import clean, pad, wrap
from reviewer.reporting.words import DIMENSION_TITLES, GRADES, SEVERITY_TITLES

_FIRST = 22  # columns of the leftmost cell; the longest name of a compared rule has 20
_SOURCES: dict[Source, str] = {"both": "规则和模型都说", "rules": "只有规则说", "llm": "只有模型说"}
_COUNTS = (_FIRST, 6, 6, 6, 19, 19, 19)


def render_agreement(agreement: Agreement, *, width: int) -> str:
    """Return the report as Chinese text; prose is wrapped to *width* columns, tables are not."""
    sections = (
        _head(agreement, width),
        _detections(agreement, width),
        _scales(agreement),
        _differences(agreement, width),
    )
    return "\n".join(line for section in sections for line in [*section, ""])


def _head(agreement: Agreement, width: int) -> Iterable[str]:
    yield from wrap(agreement.provenance, width, "标注来源：", "  ")
    judges = f"，规则和模型 {clean(agreement.model)}" if agreement.model else ""
    yield f"比较：{agreement.projects} 个项目 {agreement.rows} 条指标{judges}"
    yield from wrap(
        "方括号内为 95% 区间：精确率、召回率用 Wilson 法，F1、κ 按项目自助抽样 1000 次；— 表示无法计算", width
    )
    yield from wrap(f"{'、'.join(agreement.left_out)}，以及项目、文档层面的规则（没有标注）", width, "未比较：", "  ")
    for row in agreement.missing:
        yield from wrap(clean(row), width, "表中找不到的标注行（不计入）：", "  ")
    if agreement.unjudged:
        yield from wrap(clean("、".join(agreement.unjudged)), width, "模型没能判断的项目（按规则的结果计）：", "  ")


def _detections(agreement: Agreement, width: int) -> Iterable[str]:
    yield _columns(_COUNTS, ("", "标注", "找出", "相符", "精确率", "召回率", "F1"))
    yield _columns(_COUNTS, ("空泛", *_cells(agreement.vague)))
    yield _columns(_COUNTS, ("问题合计", *_cells(agreement.defects)))
    for severity, title in SEVERITY_TITLES.items():
        found = agreement.severities[severity]
        precision = _figure(found.precision, found.precision_interval)
        yield _columns(_COUNTS, (f"  其中{title}", "", str(found.found), str(found.both), precision))
    for source, title in _SOURCES.items() if agreement.model else ():
        found = agreement.sources[source]
        precision = _figure(found.precision, found.precision_interval)
        yield _columns(_COUNTS, (f"  {title}", "", str(found.found), str(found.both), precision))
    silent = []
    for name, detection in agreement.rules.items():
        if detection.labelled or detection.found:
            yield _columns(_COUNTS, (name, *_cells(detection)))
        else:
            silent.append(name)
    if silent:
        yield from wrap("、".join(silent), width, "既未标注也未找出：", "  ")


def _scales(agreement: Agreement) -> Iterable[str]:
    widths = (_FIRST, *(6 for _ in GRADES))
    yield _columns(widths, ("等级（行标注，列找出）", *GRADES))
    for labelled in GRADES:
        yield _columns(widths, (labelled, *(str(agreement.confusion[labelled][found]) for found in GRADES)))
    yield ""
    yield "加权 κ（二次权重；1 完全一致，0 等于随机，负数比随机还差）"
    yield _columns((_FIRST, 19), ("等级", _figure(agreement.grade.value, agreement.grade.interval)))
    for dimension, agreed in agreement.smart.items():
        yield _columns((_FIRST, 19), (DIMENSION_TITLES[dimension], _figure(agreed.value, agreed.interval)))


def _differences(agreement: Agreement, width: int) -> Iterable[str]:
    yield f"不一致的指标：{len(agreement.disagreements)} 条"
    for row in agreement.disagreements:
        yield from wrap(clean(f"{row.project} {row.no}、{row.name} ⟦{row.value}⟧"), width, "  ", "    ")
        for side, verdict in (("标注", row.labelled), ("找出", row.found)):
            vague = "空泛" if verdict.vague else "不空泛"
            defects = " ".join(verdict.defects) or "无问题"
            yield from wrap(f"{verdict.grade} {vague} {defects}", width, f"    {side}：", "          ")


def _cells(detection: Detection) -> tuple[str, ...]:
    return (
        str(detection.labelled),
        str(detection.found),
        str(detection.both),
        _figure(detection.precision, detection.precision_interval),
        _figure(detection.recall, detection.recall_interval),
        _figure(detection.f1, detection.f1_interval),
    )


def _figure(value: float | None, interval: Interval | None) -> str:
    if value is None:
        return "—"
    return f"{value:.2f} [{interval[0]:.2f}, {interval[1]:.2f}]" if interval else f"{value:.2f}"


def _columns(widths: Sequence[int], cells: Sequence[str]) -> str:
    return "  ".join(pad(cell, width) for width, cell in zip(widths, cells, strict=False)).rstrip()
