"""Questions with options: which words are at fault, which rule is broken, which class, in which order.

Each is made from what the engine says about the row, so that exactly one answer is right; a row that the engine does
not decide makes no question. Wrong options are drawn by the contents of the question, so that it stays the same
question whatever the seed; the seed only puts them in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from random import Random

from reviewer.language.classes import Kind as ClassKind
from reviewer.language.classes import normalise_class
from reviewer.models import Document, Finding, Indicator, IndicatorReview, ProjectReview
from reviewer.rules.catalogue import Rule, load_catalogue
from reviewer.training.engine import alone, codes_of, examined, fits, judged, sound, undecided
from reviewer.training.material import Specimen
from reviewer.training.models import LETTERS, Exercise, Kind

_OPTIONS = 4
_FEWEST = 3
# What is at fault here is how two places agree, so no single place is the wrong one.
_BETWEEN_PLACES = frozenset({"C401", "C402", "M202", "M204", "M206", "R501"})
_CLASSES = tuple(
    normalise_class("", kind.value).level2
    for kind in (
        ClassKind.QUANTITY,
        ClassKind.QUALITY,
        ClassKind.TIMELINESS,
        ClassKind.ECONOMIC_COST,
        ClassKind.ECONOMIC,
        ClassKind.SOCIAL,
        ClassKind.ECOLOGICAL,
        ClassKind.SATISFACTION,
    )
)
_PIECE = re.compile(r"[^，。；：、,;:()（）“”\s]{2,}")
_LEAST_APART = 5.0  # points of the score between neighbours, so that the order is no matter of taste


def shuffled(options: Iterable[str], seed: int, about: str) -> list[str]:
    """Return *options* in the order that *seed* gives the question *about*."""
    order = sorted(options)
    Random(f"{seed}:{about}").shuffle(order)
    return order


def rule_name(rule: Rule) -> str:
    """Return a rule as an option names it.

    >>> rule_name(load_catalogue().get("V101"))
    'V101 只指向计划、合同或要求'
    """
    return f"{rule.code} {rule.title}"


def find(specimen: Specimen, seed: int) -> Exercise | None:
    """Which words are at fault: one quote of the engine among words that it leaves alone."""
    rule, row = specimen.rule, specimen.row
    if rule is None or row is None or rule.code in _BETWEEN_PLACES or not specimen.bad:
        return None
    findings = judged(row, specimen.project, specimen.year).findings
    faulty = next((finding for finding in findings if finding.code == rule.code and finding.quote.strip()), None)
    if faulty is None:
        return None
    wrong = _innocent(row, findings, faulty)
    if len(wrong) < _FEWEST - 1:
        return None
    options = shuffled([faulty.quote, *wrong[: _OPTIONS - 1]], seed, faulty.quote + row.name)
    return Exercise(
        Kind.FIND,
        rule.code,
        "下面哪几个字写得有毛病？",
        specimen.document,
        "row",
        tuple(options),
        LETTERS[options.index(faulty.quote)],
        f"{faulty.message}（{rule_name(rule)}）",
        rule.basis,
        specimen.source,
    )


def _innocent(row: Indicator, findings: Sequence[Finding], faulty: Finding) -> list[str]:
    """Words of the row that no finding touches, from the same field first."""
    fields = {"annual_value": row.annual_value, "name": row.name, "cycle_value": row.cycle_value, "level2": row.level2}
    quotes = [finding.quote for finding in findings]
    pieces: list[str] = []
    for field in sorted(fields, key=lambda field: field != faulty.field):
        text = fields[field] or ""
        spans = sorted((finding.start, finding.end) for finding in findings if finding.field == field)
        at = 0
        for start, end in [*spans, (len(text), len(text))]:
            pieces += _PIECE.findall(text[at : max(at, start)])
            at = max(at, end)
    return [
        piece
        for piece in dict.fromkeys(pieces)
        if not any(piece in quote or quote in piece for quote in quotes if quote)
    ]


def rule(specimen: Specimen, seed: int) -> Exercise | None:
    """Which rule is broken: the only one of the options that fires."""
    broken = specimen.rule
    if broken is None or not specimen.bad or broken.severity == "hint":
        return None
    if specimen.text:
        noticed = specimen.document.diagnostics
        fired, open_questions = {found.code for found in noticed}, set[str]()
        message = next((found.message for found in noticed if found.code == broken.code), "")
    else:
        projects = examined(specimen.document)
        fired, open_questions = codes_of(projects), undecided(projects)
        message = next((found.message for found in _all(projects) if found.code == broken.code), "")
    if broken.code not in fired:
        return None
    about = "file" if specimen.text else "row" if specimen.row else "project"
    if about == "project" and len(specimen.document.projects) > 1:
        about = "document"
    others = [one for one in load_catalogue().rules if one.code not in fired | open_questions and _near(one, broken)]
    wrong = sorted(Random(specimen.source).sample(others, len(others)), key=lambda one: one.code[0] != broken.code[0])
    options = shuffled([rule_name(one) for one in [broken, *wrong[: _OPTIONS - 1]]], seed, specimen.source)
    return Exercise(
        Kind.RULE,
        broken.code,
        {
            "row": "这条指标违反了哪条规则？",
            "project": "这个项目违反了哪条规则？",
            "document": "这几个项目放在一起，违反了哪条规则？",
            "file": "这份申报表读进来，会提示哪一条？",
        }[about],
        specimen.document,
        about,  # type: ignore[arg-type]
        tuple(options),
        LETTERS[options.index(rule_name(broken))],
        f"{specimen.why}。{message}",
        broken.basis,
        specimen.source,
        text=specimen.text,
    )


def _all(projects: Iterable[ProjectReview]) -> Iterator[Finding]:
    for project in projects:
        yield from project.findings
        for row in project.indicators:
            yield from row.findings


def _near(one: Rule, broken: Rule) -> bool:
    """Whether a rule could be mistaken for the broken one: of the same things, and no mere hint."""
    return one.applies_to == broken.applies_to and one.severity != "hint"


def classify(specimen: Specimen, seed: int) -> Exercise | None:
    """Which class: the only one of the options that the engine accepts."""
    row = specimen.row
    if row is None or not specimen.by_itself or specimen.rule and specimen.rule.code[0] in "EVRT":
        return None
    reviewed = judged(row, specimen.project, specimen.year)
    if specimen.bad:
        home = reviewed.rewrite.level2 if specimen.rule and specimen.rule.code in _FIT and reviewed.rewrite else ""
    else:
        home = row.level2 if sound(reviewed) else ""
    home = "经济成本指标" if home == "成本指标" else home
    if home not in _CLASSES or not _fits(row, home, specimen):
        return None
    wrong = [label for label in _CLASSES if not _fits(row, label, specimen)]
    if len(wrong) < _OPTIONS - 1:
        return None
    wrong = Random(specimen.source + row.name).sample(wrong, _OPTIONS - 1)
    options = shuffled([home, *wrong], seed, row.name)
    nameless = row.model_copy(update={"level1": "", "level2": ""})
    code = specimen.rule.code if specimen.rule and specimen.bad else "C401"
    why = f"：{specimen.why}" if specimen.why and specimen.rule and specimen.rule.code in _FIT else ""
    return Exercise(
        Kind.CLASS,
        code,
        "这条指标应当归入哪一类？",
        alone(nameless, specimen.project, specimen.year),
        "row",
        tuple(options),
        LETTERS[options.index(home)],
        f"“{row.name}”属于{home}{why}。{_MEANING[home]}",
        load_catalogue().get("C401").basis,
        specimen.source,
    )


_FIT = frozenset({"C401", "C402"})
_MEANING = {
    "数量指标": "数量说做了多少。",
    "质量指标": "质量说做得好不好、合不合格。",
    "时效指标": "时效说什么时候做、多快做完。",
    "经济成本指标": "成本说花多少钱。",
    "经济效益指标": "经济效益说带来多少收入、产值，或者省了多少钱。",
    "社会效益指标": "社会效益说给人和社会带来什么变化。",
    "生态效益指标": "生态效益说环境变好了多少。",
    "服务对象满意度指标": "满意度说别人满意不满意。",
}


def _fits(row: Indicator, label: str, specimen: Specimen) -> bool:
    names = normalise_class("", label)
    placed = row.model_copy(update={"level1": names.level1, "level2": names.level2})
    return fits(placed, specimen.project, specimen.year)


def orders(specimens: Iterable[Specimen], seed: int) -> Iterator[Exercise]:
    """From worst to best: rows of one class whose scores differ clearly."""
    by_class: dict[str, list[tuple[Specimen, IndicatorReview]]] = {}
    for specimen in specimens:
        row = specimen.row
        if row is not None and specimen.by_itself and (specimen.rule is None or specimen.rule.code != "C401"):
            reviewed = judged(row, specimen.project, specimen.year)
            by_class.setdefault(row.level2, []).append((specimen, reviewed))
    for label, rows in by_class.items():
        Random(label).shuffle(rows)
        while len(chosen := _apart(rows)) == _OPTIONS:
            yield _order(label, chosen, seed)
            rows = [one for one in rows if one not in chosen]


def _apart(rows: Sequence[tuple[Specimen, IndicatorReview]]) -> list[tuple[Specimen, IndicatorReview]]:
    """Four rows, the first that are far enough from each other."""
    chosen: list[tuple[Specimen, IndicatorReview]] = []
    for one in rows:
        if all(abs(one[1].score - other[1].score) >= _LEAST_APART for other in chosen):
            chosen.append(one)
            if len(chosen) == _OPTIONS:
                break
    return chosen


def _order(label: str, rows: Sequence[tuple[Specimen, IndicatorReview]], seed: int) -> Exercise:
    ranked = sorted(rows, key=lambda one: one[1].score)
    texts = [in_line(reviewed.name, reviewed.annual_value) for _, reviewed in ranked]
    options = shuffled(texts, seed, label + texts[0])
    worst = ranked[0][0]
    code = worst.rule.code if worst.rule and worst.bad else "V103"
    marks = "；".join(f"{reviewed.name} {reviewed.score:.0f} 分（{_weakness(reviewed)}）" for _, reviewed in ranked)
    return Exercise(
        Kind.ORDER,
        code,
        f"这四条都是{label}，请从最差到最好排队（写字母，如 {LETTERS[:_OPTIONS]}）。",
        Document(budget_year=worst.year),
        "document",
        tuple(options),
        "".join(LETTERS[options.index(text)] for text in texts),
        f"{marks}。",
        load_catalogue().get(code).basis,
        "、".join(specimen.source for specimen, _ in ranked),
    )


def _weakness(reviewed: IndicatorReview) -> str:
    if reviewed.findings:
        return load_catalogue().get(reviewed.findings[0].code).title
    return "没有毛病"


def in_line(name: str, annual: str) -> str:
    """Return an indicator in one line.

    >>> in_line("放映场次", "≥672场")
    '放映场次 ≥672场'
    """
    return f"{name} {annual or '（空）'}"
