"""Questions with options: which words are at fault, which rule is broken, which class, in which order.

Each is made from what the engine says about the row, so that exactly one answer is right; a row that the engine does
not decide makes no question. Wrong options are drawn by the contents of the question, so that it stays the same
question whatever the seed; the seed only puts them in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from random import Random

from reviewer.language.classes import Kind as ClassKind
from reviewer.language.classes import normalise_class
from reviewer.models import Document, Finding, Indicator, IndicatorReview, Project, ProjectReview
from reviewer.rules.catalogue import Rule, load_catalogue
from reviewer.training.engine import alone, codes_of, document_of, examined, faults, fits, judged, sound, undecided
from reviewer.training.material import Specimen
from reviewer.training.models import LETTERS, Exercise, Kind

_OPTIONS = 4
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
_FIT = frozenset({"C401", "C402"})  # here the name is quoted, which is not wrong by itself
_LEAST_APART = 8.0  # points of the score between neighbours, so that the order is no matter of taste


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


def find(specimen: Specimen, sound_rows: Mapping[str, Sequence[Indicator]], seed: int) -> Exercise | None:
    """Which words are at fault: a quote of the engine among the values of sound rows of the same class."""
    rule, row, reviewed = specimen.rule, specimen.row, specimen.reviewed
    if rule is None or row is None or reviewed is None or not specimen.bad or rule.code in _FIT:
        return None
    faulty = next((finding for finding in faults(reviewed.findings) if finding.code == rule.code), None)
    if faulty is None or not faulty.quote.strip() or specimen.project.goal or specimen.project.amount is not None:
        return None
    quotes = [finding.quote for finding in reviewed.findings if finding.quote]
    others = [one for one in sound_rows.get(row.level2, ()) if not _alike(one.annual_value, quotes)]
    others = list({one.annual_value: one for one in others}.values())
    Random(specimen.source).shuffle(others)
    bare = Project(name=specimen.project.name)
    # A date is sound in one budget year and wrong in another.
    sure = (one for one in others if not judged(one, bare, specimen.year).findings)
    chosen = list(islice(sure, _OPTIONS - 1))
    if len(chosen) < _OPTIONS - 1:
        return None
    rows = sorted([row, *chosen], key=lambda one: one.name)
    numbered = [one.model_copy(update={"no": number}) for number, one in enumerate(rows, 1)]
    options = shuffled([faulty.quote, *(one.annual_value for one in chosen)], seed, specimen.source)
    return Exercise(
        Kind.FIND,
        rule.code,
        "这几条指标里，哪几个字写得有毛病？",
        document_of(specimen.project.model_copy(update={"indicators": numbered}), specimen.year),
        "project",
        tuple(options),
        LETTERS[options.index(faulty.quote)],
        f"{faulty.message}（{rule_name(rule)}）",
        rule.basis,
        specimen.source,
    )


def _alike(value: str, quotes: Iterable[str]) -> bool:
    return any(value in quote or quote in value for quote in quotes)


def sound_rows(specimens: Iterable[Specimen]) -> dict[str, list[Indicator]]:
    """Return the rows that the engine finds nothing in, and that speak for themselves, by class."""
    found: dict[str, list[Indicator]] = {}
    for specimen in specimens:
        row, reviewed = specimen.row, specimen.reviewed
        if row is None or reviewed is None or specimen.bad or specimen.rule is None or not specimen.by_itself:
            continue
        if not reviewed.findings and not reviewed.vague:
            found.setdefault(row.level2, []).append(row)
    return found


def rule(specimen: Specimen, seed: int) -> Exercise | None:
    """Which rule is broken: the only one of the options that fires."""
    broken = specimen.rule
    if broken is None or not specimen.bad:
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
        f"{specimen.why}。{message}" if specimen.why else message,
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
    if row is None or not specimen.by_itself or (specimen.rule and specimen.rule.code[0] in "EVRT"):
        return None
    reviewed = _reviewed(specimen)
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
    """From worst to best: a sound row and three with faults, all of one class, whose scores differ clearly."""
    by_class: dict[tuple[str, int | None], list[Specimen]] = {}
    for specimen in specimens:
        row, reviewed = specimen.row, specimen.reviewed
        if row is None or reviewed is None or not specimen.by_itself:
            continue
        if "C401" not in {finding.code for finding in reviewed.findings}:
            by_class.setdefault((row.level2, specimen.year), []).append(specimen)
    for (label, _), rows in by_class.items():
        Random(label).shuffle(rows)
        while len(chosen := _apart(rows)) == _OPTIONS:
            yield _order(label, chosen, seed)
            rows = [one for one in rows if one not in chosen]


def _apart(rows: Sequence[Specimen]) -> list[Specimen]:
    """The first four rows that are far enough from each other, one of them sound."""
    chosen: list[Specimen] = []
    for one in rows:
        is_sound = sound(_reviewed(one))
        if is_sound and any(sound(_reviewed(other)) for other in chosen):
            continue
        if not is_sound and len(chosen) == _OPTIONS - 1 and not any(sound(_reviewed(other)) for other in chosen):
            continue
        if all(abs(_reviewed(one).score - _reviewed(other).score) >= _LEAST_APART for other in chosen):
            chosen.append(one)
            if len(chosen) == _OPTIONS:
                break
    return chosen


def _reviewed(specimen: Specimen) -> IndicatorReview:
    assert specimen.reviewed is not None
    return specimen.reviewed


def _order(label: str, rows: Sequence[Specimen], seed: int) -> Exercise:
    ranked = sorted(rows, key=lambda one: _reviewed(one).score)
    reviews = [_reviewed(one) for one in ranked]
    texts = [in_line(reviewed.name, reviewed.annual_value) for reviewed in reviews]
    options = shuffled(texts, seed, label + texts[0])
    code = reviews[0].findings[0].code
    marks = [
        f"{text} 得 {reviewed.score:.0f} 分，{_weakness(reviewed)}"
        for text, reviewed in zip(texts, reviews, strict=True)
    ]
    return Exercise(
        Kind.ORDER,
        code,
        f"这四条都是 {ranked[0].year} 年的{label}，请从最差到最好排队（写字母，如 {LETTERS[:_OPTIONS]}）。",
        Document(budget_year=ranked[0].year),
        "document",
        tuple(options),
        "".join(LETTERS[options.index(text)] for text in texts),
        "；".join(marks) + "。",
        load_catalogue().get(code).basis,
        "、".join(specimen.source for specimen in ranked),
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
