"""Reviews for the tests of HTML pages: one that has everything a report can show, and one of hostile texts."""

from __future__ import annotations

from reviewer.models import Document, Dropped, Finding, Indicator, Project, ProjectError, Review, Suppression, Usage
from reviewer.pipeline import review

OUTPUT = {"level1": "产出指标", "level2": "数量指标"}


def told() -> Review:
    """Return a review with model, dropped claims, an error, suppressed and known findings, diagnostics of all kinds."""
    film = [
        Indicator(no=1, name="放映场次", cycle_value="按合同约定完成", annual_value="按合同约定完成", **OUTPUT),
        Indicator(no=2, name="放映质量", cycle_value="优", annual_value="进一步提升", **OUTPUT),
        Indicator(no=3, name="放映村数", cycle_value="28个", annual_value="≥28个", **OUTPUT),
        Indicator(no=3, name="设备完好率", cycle_value=None, annual_value="", **OUTPUT),
    ]
    paper = [Indicator(no=1, name="征订份数", annual_value="≥120份", where="Sheet1!E7", **OUTPUT)]
    found = review(
        Document(
            title="2023年项目支出绩效目标表",
            department="文化局",
            budget_year=2023,
            projects=[
                Project(name="电影放映", unit="电影站", goal="放映672场。\n提升素养。", amount=70.47, indicators=film),
                Project(name="报刊征订", unit="图书馆", goal="订报刊120份。", amount=8, indicators=paper),
                Project(name="没有指标的项目", unit=None, goal="", amount=None, indicators=[]),
            ],
        ),
        suppressions=[
            Suppression(rule="V101", project="电影放映", indicator=1, reason="合同在审"),
            Suppression(rule="T601", project="没有这个项目", reason="去年的"),
        ],
    )
    project = found.projects[0]
    faulty = project.indicators[1]
    faulty.findings[0].baseline = True
    faulty.findings.append(
        Finding(
            rule="irrelevant-target",
            code="R501",
            severity="warning",
            field="annual_value",
            quote="步提升",
            start=2,
            end=5,
            message="答非所问。",
            source="llm",
            disputed=True,
        )
    )
    faulty.stability = 1 / 3
    project.dropped = [Dropped(no=2, what="改写", why="“≥95%”资料里没有")]
    found.projects[1].error = ProjectError(kind="timeout", message="180 秒内没有等到完整的回复")
    found.mode, found.model = "rules+llm", "desk"
    found.prompts = {"judge": "1+0123456789abcdef"}
    found.usage = Usage(requests=3, cached=1, input_tokens=12345, output_tokens=678)
    return found


def saying(text: str) -> Review:
    """Return a review in which *text* stands wherever the contract lets a stranger's text stand."""
    row = Indicator(
        no=1, level1=text, level2=text, name=text, cycle_value=text, annual_value=f"按{text}合同", where=text
    )
    weak = Indicator(no=2, level1="产出指标", level2="数量指标", name="场次", annual_value="按合同约定完成")
    project = Project(name=text, unit=text, goal=f"提升{text}", amount=1.0, indicators=[row, weak])
    found = review(Document(title=text, department=text, projects=[project, project]))
    reviewed = found.projects[0]
    reviewed.dropped = [Dropped(no=1, what=text, why=text)]
    reviewed.error = ProjectError(kind="x", message=text)
    for indicator in reviewed.indicators:
        for finding in indicator.findings:
            finding.message = text
        if indicator.rewrite:
            indicator.rewrite = indicator.rewrite.model_copy(
                update={"name": text, "annual_value": text, "explanation": text, "blanks": [text]}
            )
    if reviewed.findings:
        reviewed.findings[0].suppressed = text
    found.mode, found.model = "rules+llm", text
    return found
