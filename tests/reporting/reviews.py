"""A review that holds one of everything a report has to show."""

from __future__ import annotations

from reviewer.models import (
    Diagnostic,
    Document,
    Dropped,
    Finding,
    Indicator,
    Project,
    ProjectError,
    Review,
    Unchecked,
    Usage,
)
from reviewer.pipeline import review


def everything() -> Review:
    """Two units; what is sound, weak, suppressed or old; a model that failed once and was not believed once."""
    vague = Indicator(
        no=1,
        level1="产出指标",
        level2="数量指标",
        name="放映场次",
        cycle_value="放映场次",
        annual_value="按合同约定完成",
    )
    good = Indicator(
        no=2, level1="产出指标", level2="质量指标", name="设备完好率", annual_value="≥95%", where="Sheet1!E7"
    )
    late = Indicator(
        no=1, level1="产出指标", level2="时效指标", name="完工时间", annual_value="及时", where="Sheet1!E9"
    )
    document = Document(
        title="项目支出绩效目标表",
        budget_year=2024,
        department="青禾县文化局",
        projects=[
            Project(name="电影放映", unit="青禾县文化局", amount=70.47, goal="放映电影。", indicators=[vague, good]),
            Project(name="剧场修缮", unit="青禾县剧院", amount=None, goal="修缮剧场1座。", indicators=[late]),
        ],
    )
    document.diagnostics.append(
        Diagnostic(code="D009", severity="warning", message="项目“剧场修缮”的金额读不出来。", where="Sheet1!C9")
    )
    document.diagnostics.append(Diagnostic(code="D007", severity="hint", message="按 GB18030 读取。"))
    found = review(document)
    film, theatre = found.projects
    film.indicators[0].findings[0].source = "both"
    film.indicators[0].unchecked.append(Unchecked(rule="irrelevant-target", why="离线判断不了。"))
    old = film.indicators[0].findings[0].model_copy(update={"baseline": True, "message": "上次就有的话。"})
    allowed = old.model_copy(update={"baseline": False, "suppressed": "合同在审", "message": "让它去的话。"})
    film.indicators[0].findings += [old, allowed]
    film.indicators[1].findings.append(
        Finding(
            rule="irrelevant-target",
            code="R501",
            severity="hint",
            field="annual_value",
            quote="≥95%",
            start=0,
            end=4,
            message="答非所问。",
            source="llm",
            disputed=True,
        )
    )
    film.indicators[1].findings.append(
        Finding(
            rule="house-rule",
            code="H101",
            severity="warning",
            field="name",
            quote="设备",
            start=0,
            end=2,
            message="本局的规则。",
        )
    )
    film.dropped = [Dropped(no=2, what="改写", why="“≥99%”资料里没有")]
    theatre.error = ProjectError(kind="timeout", message="180 秒内没有等到完整的回复")
    found.mode, found.model, found.usage = "rules+llm", "desk", Usage(requests=2)
    return found
