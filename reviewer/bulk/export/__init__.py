"""The findings and scores of a run as tables for data people: Parquet or JSONL, streamed, with a documented schema.

What the columns mean is in :mod:`reviewer.bulk.export.tables` and, for readers, in ``docs/export.md``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path

from reviewer.bulk.export.sinks import JsonLines, Kind, Parquet, Sink
from reviewer.bulk.export.tables import SCHEMA_VERSION, TABLES, Row, Table, file_rows, project_rows
from reviewer.bulk.rundir import Run
from reviewer.bulk.store import Store
from reviewer.errors import UsageError, reason_of
from reviewer.rules.catalogue import load_catalogue

__all__ = ["Kind", "export_tables"]


def export_tables(run: Run, folder: Path, kind: Kind) -> list[Path]:
    """Write the tables of *run* into *folder*, a file each, and return the files.

    The run may be over, broken or going on: the tables hold what is in its store now, and agree with each other. Memory
    does not grow with the run. Files of an earlier export are replaced when all new ones are whole. Raises
    ``UsageError`` when *folder* cannot be written or pyarrow is missing, and ``RunError`` when the run cannot be read.

    >>> import tempfile
    >>> from reviewer.bulk.rundir import RunSettings
    >>> run = Run(Path(), RunSettings.of({}), Store(Path(":memory:")))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in export_tables(run, Path(folder), "jsonl")]
    ['files.jsonl', 'projects.jsonl', 'indicators.jsonl', 'findings.jsonl']
    """
    targets = {table.name: folder / f"{table.name}.{kind}" for table in TABLES}
    parts = {name: path.with_name(f".{path.name}.{os.getpid()}.tmp") for name, path in targets.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with ExitStack() as stack:
                sinks = {
                    table.name: stack.enter_context(_sink(table, parts[table.name], kind, run)) for table in TABLES
                }
                for table, row in _rows(run.store):
                    sinks[table.name].write(row)
            for name, part in parts.items():
                os.replace(part, targets[name])
        finally:
            for part in parts.values():
                part.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}：表写不进去，{reason_of(error)}。请换一个文件夹，或者解决后再运行。") from error
    return list(targets.values())


def _sink(table: Table, path: Path, kind: Kind, run: Run) -> Sink:
    if kind == "jsonl":
        return JsonLines(table, path)
    settings = run.settings
    about = {
        "schema_version": str(SCHEMA_VERSION),
        "reviewer_version": settings.reviewer_version,
        "ruleset": settings.ruleset,
        "mode": settings.mode,
        "model": settings.model.name if settings.model else "",
    }
    return Parquet(table, path, about)


def _rows(store: Store) -> Iterator[tuple[Table, Row]]:
    """Yield the rows of all tables; files and projects come in the same order, and one look at the store."""
    catalogue = load_catalogue()
    judged = groupby(store.projects(), key=lambda project: project.file)
    group = next(judged, None)
    for id_, file in store.files():
        yield from file_rows(file, catalogue)
        if group is not None and group[0] == id_:
            for project in group[1]:
                yield from project_rows(file, project)
            group = next(judged, None)
