"""The letter itself: what the unit is told, grade and consequence first, and who has to sign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from reviewer.models import AUDITS, Grade, ProjectReview, Review, Severity
from reviewer.reporting.letter.paper import TEXT_WIDTH, Column, Paper
from reviewer.reporting.words import (
    AUDIT_TITLES,
    CONSEQUENCES,
    GRADES,
    SEVERITY_TITLES,
    audits,
    frequent,
    indicator_grades,
    money,
    points,
    project_grades,
    worst_first,
)
from reviewer.scoring.formula import BANDS

_IN_SHORT: dict[Grade, str] = {"优": "直接进入", "良": "协商后进入", "中": "修改后重报", "差": "不得进入"}

_MOST_NAMED = 6  # rules named on the first page; all are in the annex


def opinion(paper: Paper, unit: str, review: Review, annexed: Sequence[str]) -> None:
    """Write the letter to *unit* about *review*, which holds its projects only; *annexed* are the titles of annexes."""
    summary = review.summary
    paper.say("Title", "绩效目标审核意见")
    paper.say("Addressee", f"{unit or '（填报单位）'}：")
    paper.say("Normal", _received(review))
    paper.say("Heading1", "一、总体意见")
    if not review.projects:
        paper.say("Normal", "没有读到项目，无从审核。请核对报送的文件。")
    else:
        paper.say(
            "Normal",
            f"总体得分 {points(summary.score)} 分，等级为“{summary.grade}”：{CONSEQUENCES[summary.grade]}。"
            "各项目按自己的等级处理。",
        )
        _stakes(paper, review)
        for sentence in _found(review):
            paper.say("Normal", sentence)
        paper.say("Heading1", "二、四个方面的审核情况")
        _dimensions(paper, review)
        paper.say("Heading1", "三、各项目的审核结果")
        _projects(paper, review)
    paper.say("Heading1", f"{'四' if review.projects else '二'}、说明")
    for sentence in _remarks(review, annexed):
        paper.say("Normal", sentence)
    for number, title in enumerate(annexed, 1):
        paper.say(
            "Normal", f"{'附件：' if number == 1 else '　　　'}{f'{number}. ' if len(annexed) > 1 else ''}{title}"
        )
    paper.sign("（审核单位盖章）", "审核人：　　　　　复核人：　　　　　", "　　　年　　月　　日")


def _received(review: Review) -> str:
    year = f"{review.document.budget_year} 年度" if review.document.budget_year else ""
    amounts = [project.amount for project in review.projects if project.amount is not None]
    missing = len(review.projects) - len(amounts)
    total = f"，合计 {money(round(sum(amounts), 2))}" if amounts else ""
    unfilled = f"（其中 {missing} 个项目金额未填）" if missing else ""
    return (
        f"你单位报送的{year}项目支出绩效目标（{review.summary.projects} 个项目、{review.summary.indicators} 条指标"
        f"{total}{unfilled}）收悉。参照《中央部门预算绩效目标管理办法》（财预〔2015〕88号），"
        "从完整性、相关性、适当性、可行性四个方面进行了审核，意见如下。"
    )


def _found(review: Review) -> Iterator[str]:
    severities: tuple[Severity, ...] = ("error", "warning")
    counts = _severities(review.projects)
    listed = "、".join(f"{title} {counts[severity]} 处" for severity, title in SEVERITY_TITLES.items())
    yield f"共发现{listed}；空泛、年底无法衡量的指标 {review.summary.vague} 条。错误须改，警告应改，提示可改可不改。"
    for severity in severities:
        if named := frequent(review, severity):
            more = "等" if len(named) > _MOST_NAMED else ""
            listed = "、".join(f"{name} 处" for name in named[:_MOST_NAMED])
            yield f"{SEVERITY_TITLES[severity]}主要有：{listed}{more}。"


def _severities(projects: Sequence[ProjectReview]) -> Counter[Severity]:
    return Counter(
        finding.severity
        for project in projects
        for findings in (project.findings, *(indicator.findings for indicator in project.indicators))
        for finding in findings
        if finding.counts
    )


def _stakes(paper: Paper, review: Review) -> None:
    of_projects, of_indicators = project_grades(review), indicator_grades(review)
    columns = [
        Column("等级", 16, "CellMiddle"),
        Column("处理意见", 70),
        Column("项目（个）", 22, "CellNumber"),
        Column("金额（万元）", 26, "CellNumber"),
        Column("指标（条）", 22, "CellNumber"),
    ]
    rows = [
        [
            grade,
            CONSEQUENCES[grade],
            str(of_projects[grade]),
            f"{review.summary.amount_by_grade[grade]:,.2f}",
            str(of_indicators[grade]),
        ]
        for grade in GRADES
    ]
    paper.say("Lead", "各等级的处理意见和涉及的项目、金额、指标：")
    paper.table(columns, rows, together=True)


def _dimensions(paper: Paper, review: Review) -> None:
    """Say how the four dimensions came out: of one project its grades and reasons, else how many projects got which."""
    if len(review.projects) == 1:
        paper.table(AUDIT_COLUMNS, audit_rows(review.projects[0]), together=True)
    else:
        columns = [
            Column("方面", 26, "CellMiddle"),
            *(Column(f"{grade}（个）", 20, "CellNumber") for grade in GRADES),
            Column("未判断（个）", 26, "CellNumber"),
        ]
        rows = []
        for name in AUDITS:
            grades = Counter(project.audit[name].grade for project in review.projects if name in project.audit)
            rows.append([AUDIT_TITLES[name], *(str(grades[grade]) for grade in (*GRADES, None))])
        paper.say("Lead", "各方面的项目数（每个项目的等级和理由见附件1）：")
        paper.table(columns, rows, together=True)
    paper.say("Small", "“未判断”不等于通过，须由审核人员判断后补填。")


AUDIT_COLUMNS = (Column("方面", 20, "CellMiddle"), Column("等级", 18, "CellMiddle"), Column("理由", TEXT_WIDTH - 38))


def audit_rows(project: ProjectReview) -> list[list[str]]:
    """Return the four dimensions of a project for :data:`AUDIT_COLUMNS`."""
    return [[title, audit.grade or "未判断", audit.reason] for title, audit in audits(project)]


def _projects(paper: Paper, review: Review) -> None:
    columns = [
        Column("序号", 11, "CellMiddle"),
        Column("项目", 50),
        Column("金额（万元）", 26, "CellNumber"),
        Column("得分", 13, "CellMiddle"),
        Column("等级", 11, "CellMiddle"),
        Column("错误", 11, "CellMiddle"),
        Column("警告", 11, "CellMiddle"),
        Column("处理意见", 23, "CellMiddle"),
    ]
    rows = []
    for number, project in enumerate(worst_first(review), 1):
        counts = _severities([project])
        rows.append(
            [
                str(number),
                project.name or "（没有项目名称）",
                "未填" if project.amount is None else f"{project.amount:,.2f}",
                points(project.score),
                project.grade,
                str(counts["error"]),
                str(counts["warning"]),
                _IN_SHORT[project.grade],
            ]
        )
    paper.say("Lead", "得分低的在前：")
    paper.table(columns, rows)


def _remarks(review: Review, annexed: Sequence[str]) -> Iterator[str]:
    bands = "、".join(f"{lowest:g} 分以上为{grade}" for lowest, grade in BANDS if lowest)
    if review.projects:
        yield (
            "（一）计分。每条指标按明确性、可衡量性、可实现性、相关性、时限性计分；项目得分是各条指标的平均，再扣去项目本身的"
            "问题；总体得分是各项目得分按金额的平方根加权的平均，金额没有填的取其他项目的中位数。"
            f"{bands}，以下为差。"
        )
    if review.mode == "rules":
        source = "由程序按规则审核形成，没有使用模型，需要理解意思才能判断的没有判断"
    else:
        source = f"由程序按规则和模型（{review.model}）的判断形成，模型的话凡核对不了的没有采用"
    yield (
        f"（二）来源。本意见{source}（程序 {review.reviewer_version}，规则 {review.ruleset[:12]}）。"
        "它是供审核人员核定的初稿，经审核人员核对、修改并签字盖章后才是审核意见。"
    )
    if review.projects:
        yield (
            f"（三）改法。请对照附件{'1' if len(annexed) > 1 else ''}逐条修改。⟦ ⟧里是有问题的文字；"
            "建议写法供参考，其中〔待填：…〕须由你单位查实后填写。"
        )
