"""Which block of indicators belongs to which project: in order, and by their words when there are fewer or more."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate, repeat

from reviewer.reading.blocks import Block
from reviewer.reading.notes import Notes
from reviewer.reading.table import Row

_MOST_COMPARISONS = 50_000
_CLEARLY_BETTER = 1.2


@dataclass(slots=True)
class Match:
    """A project and its block; either may be missing."""

    project: Row | None
    block: Block | None


def assign(projects: list[Row], blocks: list[Block], notes: Notes) -> list[Match]:
    """Return the projects in order, each with its block, and at the end the blocks that belong to none."""
    if not blocks:
        names = "、".join(f"“{project.name}”" for project in projects)
        notes.add("D008", f"没有读到绩效指标，{len(projects)} 个项目都没有指标：{names}。")
        return [Match(project, None) for project in projects]
    of, how = _paired(projects, blocks)
    counts = f"{len(projects)} 个项目，{len(blocks)} 块指标，{how}。"
    for at, project in enumerate(projects):
        if at not in of:
            notes.add("D008", f"项目“{project.name}”没有指标：{counts}", project.line)
    placed = set(of.values())
    left = [block for at, block in enumerate(blocks) if at not in placed]
    for block in left:
        found = f"这一块 {len(block.records)} 条指标没有对应的项目，作为无名项目读入：{counts}"
        notes.add("D008", found, block.records[0].line)
    return [
        *(Match(project, blocks[of[at]] if at in of else None) for at, project in enumerate(projects)),
        *(Match(None, block) for block in left),
    ]


def _paired(projects: list[Row], blocks: list[Block]) -> tuple[dict[int, int], str]:
    """Return which block, by index, belongs to which project, and how that was found out."""
    at = {project.name: index for index, project in enumerate(projects)}
    headings = [at[block.heading] for block in blocks if block.heading in at]
    if len(at) == len(projects) and len(set(headings)) == len(blocks):
        return {project: block for block, project in enumerate(headings)}, "按标题对应"
    if len(projects) == len(blocks):
        return {index: index for index in range(len(blocks))}, "按顺序对应"
    words = [_pairs_of_characters(project.name + project.goal) for project in projects]
    said = [_pairs_of_characters("".join(record.text for record in block.records)) for block in blocks]
    if len(blocks) < len(projects):
        places, certain = _places(said, words)
        of = {project: block for block, project in enumerate(places)}
    else:
        places, certain = _places(words, said)
        of = dict(enumerate(places))
    return of, "按文字对应" if certain else "按顺序对应，请核对"


def _pairs_of_characters(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _places(fewer: list[set[str]], more: list[set[str]]) -> tuple[list[int], bool]:
    """Return for each of *fewer* its place among *more*, order kept, and whether the words settle it.

    The places are those at which the two share most, rare words counting most; without a clear winner, the first ones.
    """
    in_order = list(range(len(fewer)))
    spare = len(more) - len(fewer)
    if len(fewer) * (spare + 1) > _MOST_COMPARISONS:
        return in_order, False
    common = Counter(pair for words in (*fewer, *more) for pair in words)
    # sums[at][skip]: the most that fewer[: at + 1] can share when fewer[at] stands at place at + skip.
    sums: list[list[float]] = []
    straight = 0.0
    for at, words in enumerate(fewer):
        shared = [sum(1 / common[pair] for pair in words & more[at + skip]) for skip in range(spare + 1)]
        straight += shared[0]
        before = accumulate(sums[-1], max) if sums else repeat(0.0)
        sums.append([most + here for most, here in zip(before, shared, strict=False)])
    skips: list[int] = []
    for row in reversed(sums):
        choices = row[: skips[-1] + 1] if skips else row
        skips.append(choices.index(max(choices)))
    places = [at + skip for at, skip in enumerate(reversed(skips))]
    if places != in_order and max(sums[-1]) < straight * _CLEARLY_BETTER:
        return in_order, False
    return places, max(sums[-1]) > 0
