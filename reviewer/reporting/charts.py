"""Charts of the HTML reports as inline SVG: bars and a heat map that need no script and bring no font or colour.

Everything is placed in per cent of the width and in pixels of height, without a view box, so that the text keeps its
size on a phone and on paper. Colours come from the style sheet through classes (``charts.css``: ``tone-red``,
``heat-1`` …), which is how one drawing serves light, dark and print. Each chart says all its figures once more in its
description, for those who cannot see it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

from markupsafe import Markup

from reviewer.models import DIMENSIONS, Dimension, Finding, Grade, ProjectReview, Severity
from reviewer.reporting.layout import Style, clean
from reviewer.reporting.words import (
    DIMENSION_TITLES,
    GRADE_STYLES,
    GRADES,
    SEVERITY_STYLES,
    SEVERITY_TITLES,
    money,
    rule_title,
)

_MOST_DEFECTS = 10
_MOST_PROJECTS = 60
_ROW = 40
_BAR = 12
_CELL = 28
_NARROWEST_LABEL = 0.07  # share of the width that a Chinese character still fits into on a phone


class Part(NamedTuple):
    """A piece of a bar: how long, in which colour, and what it is called."""

    value: float
    tone: Style
    label: str


class Bar(NamedTuple):
    """A bar of several parts, with its name and its figure in words."""

    label: str
    figure: str
    parts: Sequence[Part]


class Heat(NamedTuple):
    """A row of a heat map: values of 1–5, or None where there is nothing to show."""

    label: str
    values: Sequence[float | None]


def grades_chart(key: str, counts: Mapping[str, Mapping[Grade, int]]) -> Markup:
    """Draw how the things named by the keys of *counts*, such as 项目 and 指标, divide into grades.

    *key* is the id of the chart in its page.

    >>> "差 2" in grades_chart("grades", {"项目": {"优": 1, "差": 2}})
    True
    """
    bars = [
        Bar(
            label,
            "　".join(f"{grade} {of[grade]}" for grade in GRADES if of.get(grade)),
            [Part(of.get(grade, 0), GRADE_STYLES[grade], grade) for grade in GRADES],
        )
        for label, of in counts.items()
    ]
    return bar_chart(key, "等级分布", bars)


def money_chart(key: str, amounts: Mapping[Grade, float], projects: Mapping[Grade, int]) -> Markup:
    """Draw the money (万元) and the number of *projects* of each grade.

    >>> "70.47 万元" in money_chart("money", {"差": 70.47}, {"差": 1})
    True
    """
    bars = [
        Bar(
            f"{grade}　{projects.get(grade, 0)} 个项目",
            money(amounts.get(grade, 0.0)),
            [Part(max(0.0, amounts.get(grade, 0.0)), GRADE_STYLES[grade], "")],
        )
        for grade in GRADES
    ]
    return bar_chart(key, "各等级项目涉及金额", bars, whole=sum(bar.parts[0].value for bar in bars))


def defects_chart(key: str, findings: Iterable[Finding]) -> Markup:
    """Draw which rules found how much, the most frequent first; what a department lets stand is left out."""
    kinds: dict[str, Counter[Severity]] = {}
    for finding in findings:
        if finding.suppressed is None:
            kinds.setdefault(finding.rule, Counter())[finding.severity] += 1
    return kinds_chart(key, kinds)


def kinds_chart(key: str, kinds: Mapping[str, Counter[Severity]], title: str = "问题种类（处）") -> Markup:
    """Draw how much each rule, by its name, found of which severity, the most frequent first.

    >>> "V101" in kinds_chart("kinds", {"vague-plan-reference": Counter(error=3)})
    True
    """
    ranked = sorted(kinds.items(), key=lambda kind: (-kind[1].total(), rule_title(kind[0])))
    bars = [_defect_bar(rule_title(name), counts) for name, counts in ranked[:_MOST_DEFECTS]]
    longest = max((sum(part.value for part in bar.parts) for bar in bars), default=0)
    if rest := ranked[_MOST_DEFECTS:]:
        # Their sum may be the longest of all, and none of them is: told, not drawn.
        several = _defect_bar(f"其余 {len(rest)} 类", sum((counts for _, counts in rest), Counter()))
        bars.append(several._replace(parts=()))
    return bar_chart(key, title, bars, whole=longest)


def _defect_bar(label: str, counts: Counter[Severity]) -> Bar:
    severities = [severity for severity in SEVERITY_TITLES if counts[severity]]
    return Bar(
        label,
        "　".join(f"{SEVERITY_TITLES[severity]} {counts[severity]}" for severity in severities),
        [Part(counts[severity], SEVERITY_STYLES[severity], "") for severity in severities],
    )


def stakes_chart(key: str, title: str, stakes: Sequence[tuple[str, str, Mapping[Grade, float]]]) -> Markup:
    """Draw how the money (万元) of each of several, such as units, divides into grades: name, figure, amounts.

    A bar is as long as its money is of the greatest.

    >>> "水务局" in stakes_chart("units", "各单位金额", [("水务局", "70 万元", {"差": 70.0})])
    True
    """
    bars = [
        Bar(name, figure, [Part(max(0.0, amounts.get(grade, 0.0)), GRADE_STYLES[grade], grade) for grade in GRADES])
        for name, figure, amounts in stakes
    ]
    return bar_chart(key, title, bars, whole=max((sum(part.value for part in bar.parts) for bar in bars), default=0.0))


def means_chart(key: str, title: str, rows: Sequence[tuple[str, Mapping[Dimension, float | None]]]) -> Markup:
    """Draw the means of the SMART dimensions of each of several, such as units or classes, as a heat map.

    >>> "2.5" in means_chart("units", "各单位", [("水务局", {"measurable": 2.5})])
    True
    """
    return heat_map(
        key,
        title,
        list(zip("SMART", DIMENSION_TITLES.values(), strict=True)),
        [Heat(name, [means.get(dimension) for dimension in DIMENSIONS]) for name, means in rows],
    )


def smart_chart(key: str, projects: Sequence[ProjectReview]) -> Markup:
    """Draw the mean SMART scores of the first of *projects*, which come worst first."""
    rows = [
        (project.name or "（没有项目名称）", {dimension: _mean(project, dimension) for dimension in DIMENSIONS})
        for project in projects[:_MOST_PROJECTS]
    ]
    more = len(projects) - len(rows)
    title = "各项目的五项平均分（1 至 5）" + (f"，得分最低的 {len(rows)} 个，另有 {more} 个没有画" if more else "")
    return means_chart(key, title, rows)


def _mean(project: ProjectReview, dimension: Dimension) -> float | None:
    scores = [getattr(indicator.smart, dimension) for indicator in project.indicators]
    return fmean(scores) if scores else None


def bar_chart(key: str, title: str, bars: Sequence[Bar], whole: float | None = None) -> Markup:
    """Draw *bars* one below the other, each under its name and figure; one as long as *whole* fills the width.

    Without *whole* every bar fills it.
    """
    drawn: list[Markup] = []
    for number, bar in enumerate(bars):
        top = number * _ROW
        drawn.append(
            Markup(
                '<text x="0" y="{}">{}</text><text class="figure" x="100%" y="{}" text-anchor="end">{}</text>'
            ).format(top + 14, clean(bar.label), top + 14, clean(bar.figure))
        )
        drawn.append(Markup('<rect class="track" x="0" y="{}" width="100%" height="{}"/>').format(top + 20, _BAR))
        drawn += _parts(bar, top + 20, sum(part.value for part in bar.parts) if whole is None else whole)
    said = "；".join(f"{bar.label}：{bar.figure or '没有'}" for bar in bars)
    return _figure(key, title, said, drawn, len(bars) * _ROW)


def _parts(bar: Bar, top: int, whole: float) -> Iterator[Markup]:
    start = 0.0
    for part in bar.parts:
        share = part.value / whole if whole else 0.0
        if share <= 0:
            continue
        yield Markup('<rect class="tone-{}" x="{:.2f}%" y="{}" width="{:.2f}%" height="{}"/>').format(
            part.tone, start * 100, top, share * 100, _BAR
        )
        if part.label and share >= _NARROWEST_LABEL:
            yield Markup('<text class="on-tone" x="{:.2f}%" y="{}" text-anchor="middle">{}</text>').format(
                (start + share / 2) * 100, top + 10, part.label
            )
        start += share


def heat_map(key: str, title: str, columns: Sequence[tuple[str, str]], rows: Sequence[Heat]) -> Markup:
    """Draw a table of values of 1–5, the lower the stronger in colour; a name too long for its place is cut.

    A column has a letter and a name, which gives way on a phone.

    >>> "甲&lt;b&gt;" in heat_map("smart", "图", [("S", "明确性")], [Heat("甲<b>", [2.5])])
    True
    """
    names = 40
    width = (100 - names) / max(1, len(columns))
    drawn = [
        Markup('<text class="figure" x="{:.2f}%" y="15" text-anchor="middle">{}<tspan> {}</tspan></text>').format(
            names + width * (number + 0.5), letter, name
        )
        for number, (letter, name) in enumerate(columns)
    ]
    for number, row in enumerate(rows):
        top = 24 + number * _CELL
        label = clean(row.label)
        # Only HTML cuts a text with an ellipsis where its room, which depends on the screen, ends.
        drawn.append(
            Markup(
                '<foreignObject x="0" y="{}" width="{}%" height="{}"><div class="name" title="{label}">{label}</div>'
                "</foreignObject>"
            ).format(top, names - 1, _CELL, label=label)
        )
        for at, value in enumerate(row.values):
            drawn.append(_cell(names + width * at, top, width, value))
    said = "；".join(f"{row.label}：{_listed([name for _, name in columns], row.values)}" for row in rows)
    return _figure(key, title, said, drawn, 24 + len(rows) * _CELL if rows else 0)


def _cell(left: float, top: int, width: float, value: float | None) -> Markup:
    # Rounded down as all scores are: 4.9 is not all in order.
    heat = "none" if value is None else int(value)
    return Markup(
        '<g class="heat-{}"><rect x="{:.2f}%" y="{}" width="{:.2f}%" height="{}"/>'
        '<text x="{:.2f}%" y="{}" text-anchor="middle">{}</text></g>'
    ).format(heat, left, top + 1, width - 0.4, _CELL - 2, left + width / 2, top + 19, _figure_of(value))


def _listed(columns: Sequence[str], values: Sequence[float | None]) -> str:
    return "、".join(f"{column} {_figure_of(value)}" for column, value in zip(columns, values, strict=True))


def _figure_of(value: float | None) -> str:
    return "—" if value is None else f"{int(value * 10 + 1e-6) / 10:.1f}"


def _figure(key: str, title: str, said: str, drawn: Sequence[Markup], height: int) -> Markup:
    if not height:
        return Markup('<figure class="chart"><figcaption>{}</figcaption><p>没有可画的内容。</p></figure>').format(title)
    return Markup(
        '<figure class="chart"><figcaption>{title}</figcaption>'
        '<svg id="{key}" role="img" aria-labelledby="{key}-title {key}-desc" width="100%" height="{height}">'
        '<title id="{key}-title">{title}</title><desc id="{key}-desc">{said}。</desc>{drawn}</svg></figure>'
    ).format(key=key, title=title, height=height, said=clean(said), drawn=Markup("").join(drawn))
