"""Runs for the tests of reports: the sample and varied copies of it, put straight into a store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from reviewer.bulk import sources as inputs
from reviewer.bulk.rundir import RunSettings, opened
from reviewer.bulk.store import FileRow, key_of, row_of
from reviewer.ledger import ANSWERED, Entry, Ledger
from reviewer.models import (
    Document,
    Dropped,
    Finding,
    Indicator,
    Project,
    ProjectError,
    ProjectReview,
    Source,
)
from reviewer.pipeline import Assembly, head_of
from reviewer.settings import LLM

TEXT = "改善农村人居环境，不断增强群众的获得感、幸福感和安全感。"


def row(name: str, value: str, level1: str = "产出指标", level2: str = "数量指标") -> Indicator:
    return Indicator(no=1, level1=level1, level2=level2, name=name, annual_value=value)


def project(name: str, *rows: Indicator, unit: str | None = "县水务局", **fields: Any) -> Project:
    given: dict[str, Any] = {"amount": 100.0, "goal": "", **fields}
    numbered = [each.model_copy(update={"no": no, "where": f"Sheet1!E{no + 6}"}) for no, each in enumerate(rows, 1)]
    return Project(name=name, unit=unit, indicators=numbered, **given)


def document(*projects: Project, **head: Any) -> Document:
    return Document(projects=list(projects), **{"department": "青禾县水务局", "budget_year": 2026, **head})


def run_of(
    folder: Path,
    documents: Iterable[tuple[str, Document]],
    *,
    unread: Sequence[tuple[str, str]] = (),
    options: dict[str, Any] | None = None,
    settings: RunSettings | None = None,
    missing: int = 0,
    errors: dict[str, ProjectError] | None = None,
    change: Any = None,
) -> Path:
    """Write a run in *folder* over named *documents*, and return it.

    *unread* are files with reasons, *missing* projects of the last file that nobody judged, *errors* those of projects
    by name; *change* is called with each review before it is put.
    """
    settings = settings or RunSettings.of(options or {})
    assembly = Assembly(**settings.review_options())
    with opened(folder, settings) as run:
        for name, each in documents:
            reviews: list[ProjectReview] = [assembly.project(result) for result in assembly.results(each)]
            for review in reviews:
                review.error = (errors or {}).get(review.name)
                if change:
                    change(review)
            file = FileRow(
                f"/申报/{name}",
                0,
                name,
                "ab",
                head=head_of(each),
                diagnostics=assembly.diagnostics(each),
                projects=len(reviews) + missing,
            )
            with run.store.transaction():
                put = run.store.put_file(file)
                run.store.put_projects(
                    put, [row_of(at, key_of(each.projects[at], None), review) for at, review in enumerate(reviews)]
                )
        for name, why in unread:
            run.store.put_file(FileRow(f"/申报/{name}", 0, name, None, "unreadable", why))
        if not missing:
            run.complete()
    return folder


def demanding(folder: Path) -> Path:
    """Write a run in which everything that a report can show is there, a model's word and its ledger included."""
    settings = RunSettings.of({}, LLM(base_url="http://127.0.0.1:9/v1", model="qwen-max", api_key="k"))
    benefit = ("效益指标", "社会效益指标")
    good = [
        row("放映场次", "≥672场"),
        row("放映质量抽查合格率", "≥95%", level2="质量指标"),
        row("完成时间", "2026年11月30日前", level2="时效指标"),
        row("观众满意度", "≥90%", "满意度指标", "服务对象满意度指标"),
        row("覆盖行政村比例", "≥90%", *benefit),
    ]
    film = project("电影放映", *good, unit="县电影站", amount=70.47, goal="每村每月放映2场电影，全年不少于672场。")
    paper = project(
        "报刊征订", row("征订份数", "按合同约定完成"), row("村容村貌", TEXT, *benefit), unit=None, amount=None
    )
    dams = [
        project(
            f"水库{name}",
            row("巡查培训人数", "1200人"),
            row("完成时间", "及时", level2="时效指标"),
            row("村容村貌", TEXT, *benefit),
            amount=amount,
            goal="组织巡查人员培训，保障水库安全运行，进一步提升防汛能力。",
        )
        for name, amount in (("巡查", 300.0), ("加固", 500.0))
    ]
    late = [("乙镇.docx", document(project("渠道清淤", row("清淤长度", "按计划"), unit="乙镇", amount=18.0)))]
    errors = {"渠道清淤": ProjectError(kind="timeout", message="180 秒内没有等到完整的回复")}

    def opine(review: ProjectReview) -> None:
        for indicator in review.indicators:
            if indicator.name == "放映场次":
                indicator.findings.append(disputed("missing-comparator", "M207", "≥672场", "llm"))
            if indicator.name == "完成时间" and indicator.findings:
                indicator.findings[0].disputed = True
                indicator.stability = 1 / 3
        if review.name == "电影放映":
            review.dropped = [Dropped(no=1, what="改写", why="“≥999场”资料里没有")]
        if review.name == "报刊征订":
            review.indicators[0].findings[0].suppressed = "合同在审"

    named = [
        ("甲.xlsx", document(film, paper, *dams)),
        ("甲（副本）.xlsx", document(film)),
        *late,
    ]
    unread = [("坏.xlsx", "坏.xlsx：文件已损坏，打不开。请重新导出。")]
    run_of(folder, named, unread=unread, settings=settings, missing=2, errors=errors, change=opine)
    with Ledger(folder / "ledger.sqlite3") as ledger:
        for number, outcome in enumerate((ANSWERED, ANSWERED, "timeout")):
            ledger.record(entry(number, outcome))
    return folder


def disputed(rule: str, code: str, quote: str, source: Source) -> Finding:
    message = "没有比较符号。"
    return Finding(
        rule=rule,
        code=code,
        severity="hint",
        field="annual_value",
        quote=quote,
        start=0,
        end=len(quote),
        message=message,
        source=source,
        disputed=True,
    )


def entry(number: int, outcome: str) -> Entry:
    return Entry(
        key=f"key{number}",
        prompt="judge@1",
        base_url="http://127.0.0.1:9/v1",
        model="qwen-max",
        repeat=0,
        strategy="json_schema",
        attempts=2,
        input_tokens=5000,
        output_tokens=1000,
        seconds=1.0,
        question="{}",
        text="{}",
        outcome=outcome,
        at="2026-03-01T08:00:00.000+00:00",
    )


def varied(sample: Document, number: int) -> Document:
    """Return a copy of *sample* as other units of other places would have written it."""
    places = ("青禾县", "白石县", "云溪市", "松原区", "河口镇")
    place = f"{places[number % 5]}{number // 5 or ''}"
    projects = []
    for at, each in enumerate(sample.projects):
        unit = f"{place}{('文化局', '教育局', '水务局')[at % 3]}"
        rows = each.indicators[number % 2 :] if len(each.indicators) > 2 else each.indicators
        amount = None if (at + number) % 23 == 5 else round((each.amount or 10) * (1 + number % 7 / 10), 2)
        projects.append(
            each.model_copy(update={"name": f"{place}{each.name}", "unit": unit, "amount": amount, "indicators": rows})
        )
    return sample.model_copy(update={"projects": projects, "department": place, "budget_year": 2024 + number % 2})


def sources(paths: Iterable[Path]) -> Iterator[inputs.Source]:
    """The inputs behind *paths*, as a run comes upon them."""
    for path in inputs.files(paths).files:
        yield from inputs.parts(path)
