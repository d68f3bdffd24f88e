"""What a bulk run came to, in Chinese: the end of ``reviewer bulk``."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from reviewer.bulk.run import Summary
from reviewer.models import Usage
from reviewer.reporting.layout import clean
from reviewer.reporting.words import GRADES, money


def render_summary(summary: Summary, folder: Path, usage: Usage | None, currency: str = "元") -> str:
    """Return what stands in the store of *folder*, what went wrong, and how to go on; *usage* is that of a model."""
    return "\n".join([*found_so_far(summary), *_lines(summary, folder, usage, currency), ""])


def found_so_far(summary: Summary) -> Iterator[str]:
    """Yield lines that say what stands in the store, and what could not be read or judged."""
    counts = summary.counts
    finished = counts.done + counts.failed
    yield f"{counts.files:,} 个文件 · {finished:,} 个项目 · {counts.indicators:,} 条指标"
    for grade in GRADES if finished else ():
        projects, amount = summary.grades.get(grade, (0, 0.0))
        yield f"  {grade} {projects:,} 个项目 · {money(round(amount, 2))}"
    if summary.changed:
        yield f"内容变了、重新审核的有 {summary.changed:,} 份。"
    if summary.gone:
        yield f"已经不在的文件有 {summary.gone:,} 个，结果是它们还在时的。"
    if summary.unreadable:
        yield f"读不了的有 {summary.unreadable:,} 份："
        for complaint in summary.complaints:
            yield f"  {clean(complaint)}"
        if summary.unreadable > len(summary.complaints):
            yield f"  其余 {summary.unreadable - len(summary.complaints):,} 份见报告。"
    if counts.failed:
        yield f"没能请模型判断的有 {counts.failed:,} 个项目，只有规则的结果："
        for found in summary.failures:
            yield f"  {found.projects:,} 个：{clean(found.reason)}（如 {clean(found.file)} 的“{clean(found.name)}”）"


def _lines(summary: Summary, folder: Path, usage: Usage | None, currency: str) -> Iterator[str]:
    if usage is not None:
        yield _usage(usage, currency)
    place = shlex.quote(str(folder))
    if summary.stopped is not None:
        yield f"没有做完：{summary.stopped}。再运行一次接着做，做完的不会重做，问过的不会再问。"
    elif summary.unreadable:
        yield "其余的做完了。读不了的改好以后，再运行同样的命令，只做它们。"
    if summary.counts.failed:
        yield "没能判断的项目，再运行同样的命令并加上 --retry-failed 重新请模型判断。"
    yield f"报告：reviewer report {place}"


def _usage(usage: Usage, currency: str) -> str:
    cached = f"（另有 {usage.cached:,} 个问过，没有再问）" if usage.cached else ""
    cost = "费用未知" if usage.cost is None else f"费用 {usage.cost:.2f} {currency}"
    tokens = f"输入 {usage.input_tokens:,} 个 token · 输出 {usage.output_tokens:,} 个"
    return f"这次发了 {usage.requests:,} 个请求{cached} · {tokens} · {cost}"
