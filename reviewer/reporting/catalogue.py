"""The rules as a list, and one rule with its reason and examples, for ``reviewer rules`` and ``reviewer explain``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from reviewer.models import Indicator, Project, Severity
from reviewer.reporting.layout import Paint, clean, pad, wrap
from reviewer.reporting.prose import prose
from reviewer.reporting.words import DIMENSION_TITLES, SEVERITY_MARKS, SEVERITY_STYLES, SEVERITY_TITLES, money
from reviewer.rules.catalogue import SECTIONS, AppliesTo, Catalogue, Rule
from reviewer.rules.examples import Example, ExampleKind

_SCOPES: dict[AppliesTo, str] = {"indicator": "查每条指标", "project": "查每个项目", "document": "读取时查"}
_EXAMPLES: dict[str, tuple[ExampleKind, str]] = {"反例": ("反例", "✗"), "正例": ("正例", "✓")}
_NAME_COLUMNS = 28


def render_catalogue(
    catalogue: Catalogue, *, width: int, color: bool, changed: Mapping[str, Severity | Literal["off"]] | None = None
) -> str:
    """Return the list of rules, by what they look at; *changed* are the severities that the department set."""
    lines = list(_catalogue(catalogue, width, Paint(color)))
    if changed:
        wishes = [
            f"{catalogue.get(rule).code} {'不用' if wish == 'off' else SEVERITY_TITLES[wish]}"
            for rule, wish in changed.items()
        ]
        lines += wrap(f"reviewer.toml 里改了轻重：{'、'.join(wishes)}", width)
    return "\n".join(lines) + "\n"


def render_rule(rule: Rule, *, width: int, color: bool) -> str:
    """Return everything a rule file says about its rule. Raises ``CatalogueError`` when it is malformed."""
    return "\n".join(_rule(rule, width, Paint(color))) + "\n"


def _catalogue(catalogue: Catalogue, width: int, paint: Paint) -> Iterator[str]:
    for scope, title in _SCOPES.items():
        rules = [rule for rule in catalogue.rules if rule.applies_to == scope]
        yield paint(f"{title}（{len(rules)} 条）", "bold")
        for rule in rules:
            mark = paint(SEVERITY_MARKS[rule.severity], SEVERITY_STYLES[rule.severity])
            name = paint(pad(rule.name, _NAME_COLUMNS), "dim")
            yield from wrap(f"{name} {rule.title}", width, f"  {mark} {rule.code} ")
        yield ""
    marks = "  ".join(f"{SEVERITY_MARKS[severity]} {title}" for severity, title in SEVERITY_TITLES.items())
    yield from wrap(f"{marks} · reviewer explain V101 看一条规则 · reviewer explain score 看计分办法", width)


def _rule(rule: Rule, width: int, paint: Paint) -> Iterator[str]:
    yield from wrap(paint(rule.title, "bold"), width, f"{rule.code} ")
    dimension = f" · 影响{DIMENSION_TITLES[rule.dimension]}" if rule.dimension and rule.applies_to != "document" else ""
    severity = paint(SEVERITY_TITLES[rule.severity], SEVERITY_STYLES[rule.severity])
    yield from wrap(f"{rule.name} · {severity} · {_SCOPES[rule.applies_to]}{dimension}", width)
    for title in SECTIONS:
        yield ""
        yield paint(title, "bold")
        if title in _EXAMPLES:
            kind, mark = _EXAMPLES[title]
            for example in rule.examples(kind):
                yield from _example(example, mark, rule, width, paint)
        else:
            yield from (f"  {line}".rstrip() for line in prose(rule.section(title), width - 2, paint))
    if rule.applies_to != "document":
        steps = f'只豁免一个项目或一条指标：在 reviewer.toml 里写一节 [[suppress]]，rule = "{rule.code}"，注明原因。'
        yield from wrap(steps, width, "  ")


def _example(example: Example, mark: str, rule: Rule, width: int, paint: Paint) -> Iterator[str]:
    if example.is_source:
        # The text of a whole table: to be read in the file, with its tabs.
        yield from wrap(f"{example.why}（原文见 {rule.path.name}）", width, f"  {mark} ")
        return
    lines = [line for project in example.document().projects for line in _project(project, rule)]
    for number, line in enumerate(lines):
        yield from wrap(line, width, "    " if number else f"  {mark} ", "      ")
    if example.why:
        yield from wrap(paint(example.why, "dim"), width, "      ")


def _project(project: Project, rule: Rule) -> Iterator[str]:
    if rule.applies_to == "project":
        yield clean(f"项目“{project.name}” {money(project.amount)} · 绩效目标：{project.goal or '（空）'}")
    for indicator in project.indicators:
        yield clean(_indicator(indicator))


def _indicator(indicator: Indicator) -> str:
    cycle = f"{indicator.cycle_value}（周期）→ " if indicator.cycle_value else ""
    weight = f"（权重 {indicator.weight:g}）" if indicator.weight is not None else ""
    value = indicator.annual_value or "（空）"
    return f"{indicator.level2.removesuffix('指标')}·{indicator.name}：{cycle}{value}{weight}"
