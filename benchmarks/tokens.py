"""One request a project beside one an indicator, by the same rubric: ``python benchmarks/tokens.py [FILE]``.

Characters of the messages are counted, as they go out; the schema travels beside them and is the same both ways.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import reviewer
from reviewer.judging.prompts import load_prompts
from reviewer.judging.requests import Conversation, conversations
from reviewer.models import Project

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "samples" / "huangpu-2023.txt"


def characters(said: Iterable[Conversation]) -> int:
    """Return the characters of all messages."""
    return sum(len(message["content"]) for conversation in said for message in conversation.messages)


def main() -> None:
    """Print both ratios."""
    document = reviewer.read(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
    prompts = load_prompts()

    def about(projects: Iterable[Project]) -> list[Conversation]:
        return [said for project in projects for said in conversations(project, document.budget_year, prompts)]

    together = about(document.projects)
    alone = about(
        project.model_copy(update={"indicators": [row]}) for project in document.projects for row in project.indicators
    )
    sent, sent_alone = characters(together), characters(alone)
    static = len(prompts["judge"].render())
    shares = [static / characters([said]) for said in together]
    print(f"{len(alone)} indicators of {len(document.projects)} projects; the static part has {static:,} characters")
    print(f"{'':>24} {'requests':>9} {'characters':>12} {'per indicator':>14}")
    print(f"{'one request a project':>24} {len(together):>9} {sent:>12,} {sent / len(alone):>14,.0f}")
    print(f"{'one an indicator':>24} {len(alone):>9} {sent_alone:>12,} {sent_alone / len(alone):>14,.0f}")
    print(f"input per indicator, ratio: {sent / sent_alone:.3f}")
    print(f"static share of a request: {static * len(together) / sent:.3f} over all, {min(shares):.3f} at the least")


if __name__ == "__main__":
    main()
