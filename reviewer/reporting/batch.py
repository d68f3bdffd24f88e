"""How a run through the Batch API stands, in Chinese: what ``reviewer batch`` prints."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from reviewer.bulk.batch.book import UNSENT, Part
from reviewer.bulk.batch.description import Batch
from reviewer.bulk.batch.desk import Traffic
from reviewer.bulk.run import Summary
from reviewer.bulk.store import Counts
from reviewer.models import Usage
from reviewer.reporting.bulk import found_so_far
from reviewer.reporting.layout import clean

_STATES = {
    "planned": "写好了，还没有交",
    "uploading": "交到一半",
    "creating": "交到一半",
    "submitted": "交了",
    "exported": "写出来了，等结果",
    "closed": "收完了",
}
_STATUSES = {
    "validating": "检查中",
    "in_progress": "进行中",
    "finalizing": "收尾中",
    "completed": "做完了",
    "failed": "端点没有接受",
    "expired": "过期了",
    "cancelling": "正在取消",
    "cancelled": "取消了",
}
_MOST_REASONS = 5


def render_submitted(summary: Summary, traffic: Traffic, folder: Path, target: Path | None) -> str:
    """Return what was handed in, or written to *target*, and what to do next."""
    return "\n".join([*_submitted(summary, traffic, shlex.quote(str(folder)), target), ""])


def _submitted(summary: Summary, traffic: Traffic, place: str, target: Path | None) -> Iterator[str]:
    counts = summary.counts
    yield f"{counts.files:,} 个文件 · {counts.projects:,} 个项目，已经判断 {counts.done + counts.failed:,} 个"
    for complaint in summary.complaints:
        yield f"读不了：{clean(complaint)}"
    done = "写出" if target is not None else "交出"
    yield f"这次{done} {traffic.sent:,} 个请求 · 在等结果的共 {traffic.waiting:,} 个"
    if summary.stopped is not None:
        left = f"还有 {traffic.wanted:,} 个请求没有{done}。" if traffic.wanted else ""
        yield f"没有做完：{summary.stopped}。{left}再运行 reviewer batch submit --run {place} 接着做。"
    elif not traffic.waiting:
        yield f"没有要等的。结果：reviewer report {place}"
    elif target is not None:
        yield f"得到结果以后：reviewer batch collect --run {place} --from 结果文件夹"
    else:
        yield f"看进度：reviewer batch status --run {place} · 收结果：reviewer batch collect --run {place}"


def render_collected(summary: Summary, traffic: Traffic, folder: Path, currency: str) -> str:
    """Return what came, what the run holds now, and what to do next."""
    return "\n".join([*_collected(summary, traffic, shlex.quote(str(folder)), currency), ""])


def _collected(summary: Summary, traffic: Traffic, place: str, currency: str) -> Iterator[str]:
    yield _came(traffic.usage, currency)
    if traffic.failures:
        yield f"其中 {traffic.failures.total():,} 个不是回答："
        for reason, count in traffic.failures.most_common(_MOST_REASONS):
            yield f"  {count:,} 个：{clean(reason)}"
    yield from found_so_far(summary)
    if traffic.waiting:
        yield f"没有做完：还有 {traffic.waiting:,} 个请求在等结果。过一会儿再运行 reviewer batch collect --run {place}"
    if traffic.wanted:
        yield f"没有做完：还有 {traffic.wanted:,} 个请求要（再）问。交下一轮：reviewer batch submit --run {place}"
    yield f"报告：reviewer report {place}"


def _came(usage: Usage, currency: str) -> str:
    cost = "费用未知" if usage.cost is None else f"按单价 {usage.cost:.2f} {currency}"
    return f"这次收到 {usage.requests:,} 个结果 · {usage.input_tokens:,} + {usage.output_tokens:,} token · {cost}"


def render_status(parts: Sequence[Part], counts: Counts, folder: Path) -> str:
    """Return how each file stands, how many projects are judged, and what to do next."""
    place = shlex.quote(str(folder))
    lines = [f"{part.name}  {part.requests:,} 个请求  {_standing(part)}" for part in parts]
    lines.append(f"{counts.done + counts.failed:,}/{counts.projects:,} 个项目已经判断")
    if any(part.state in UNSENT for part in parts):
        lines.append(f"有没交完的：reviewer batch submit --run {place}")
    if any(part.state == "submitted" and part.batch and part.batch.over for part in parts):
        lines.append(f"有做完的：reviewer batch collect --run {place}")
    return "\n".join([*lines, ""])


def _standing(part: Part) -> str:
    if part.state == "exported":
        return f"{_STATES[part.state]}：{part.file}"
    if part.state != "submitted" or part.batch is None:
        return _STATES[part.state]
    return " · ".join(_batch(part.batch))


def _batch(batch: Batch) -> Iterator[str]:
    yield f"{_STATUSES.get(batch.status, clean(batch.status))}（{clean(batch.id)}）"
    if batch.total:
        yield f"答了 {batch.completed or 0:,}，失败 {batch.failed or 0:,}，共 {batch.total:,}"
    if batch.expires_at and not batch.over:
        yield f"最晚 {datetime.fromtimestamp(batch.expires_at):%m-%d %H:%M}"
    yield from map(clean, batch.errors[:_MOST_REASONS])
