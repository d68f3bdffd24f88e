"""Who is right where rules and model differ: ``python benchmarks/joining.py GOLD CASSETTES``.

For each rule: how often both found it, only one side, or one side overruled the other, and how often the labels agree.
That is what the tables in ``reviewer/scoring/joint.py`` are judged by.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from reviewer.gold import LABELLED, Label, read_documents, read_labels, read_sidecar
from reviewer.judging.cassettes import recorded_settings
from reviewer.models import Finding, IndicatorReview
from reviewer.pipeline import review
from reviewer.settings import LLM

KINDS = ("both", "rules", "rules, disputed", "rules, overruled", "llm", "llm, disputed", "llm, overruled", "missed")


def kind_of(found: Finding) -> str:
    """Return who found it and what became of it."""
    return found.source + (", overruled" if found.overruled else ", disputed" if found.disputed else "")


def pairs(gold: Path, cassettes: Path) -> Iterator[tuple[Label, IndicatorReview, IndicatorReview]]:
    """Yield each labelled row as rules and model see it, and as the rules alone do."""
    labels = {(label.project, label.no, label.name): label for label in read_labels(gold)}
    sidecar = read_sidecar(gold)
    tables = gold.parent / (sidecar.tables or f"{gold.stem}_tables.jsonl")
    llm = LLM(**recorded_settings(cassettes), replay=cassettes)
    for document, year in read_documents(tables, sidecar.budget_year):
        joined, alone = review(document, year=year, llm=llm), review(document, year=year)
        for both, rules in zip(joined.projects, alone.projects, strict=True):
            for row, same in zip(both.indicators, rules.indicators, strict=True):
                if label := labels.get((both.name, row.no, row.name)):
                    yield label, row, same


def main(gold: Path, cassettes: Path) -> None:
    """Print the table, and the rows on whose vagueness the two sides differ."""
    right: defaultdict[str, Counter[str]] = defaultdict(Counter)
    all_: defaultdict[str, Counter[str]] = defaultdict(Counter)
    vague = []
    for label, row, alone in pairs(gold, cassettes):
        named = set()
        for found in row.findings:
            if found.rule in LABELLED:
                named.add(found.rule)
                all_[found.rule][kind_of(found)] += 1
                right[found.rule][kind_of(found)] += found.rule in label.defects
        for rule in label.defects - named:
            all_[rule]["missed"] += 1
        if row.vague != alone.vague:
            vague.append(
                f"{row.name} ⟦{row.annual_value}⟧ rules {alone.vague}, joined {row.vague}, label {label.vague}"
            )
    print(f"{'right/found':22}", *(f"{kind:>18}" for kind in KINDS), sep="")
    for rule in LABELLED:
        if all_[rule]:
            print(f"{rule:22}", *(f"{_share(right[rule][kind], all_[rule][kind]):>18}" for kind in KINDS), sep="")
    print("", f"vague changed by the model: {len(vague)}", *vague, sep="\n")


def _share(right: int, found: int) -> str:
    return f"{right}/{found}" if found else ""


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
