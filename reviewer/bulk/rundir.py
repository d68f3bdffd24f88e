"""The folder of a bulk run: what it was begun with, who works on it, its results and its exchanges with a model.

::

    run.json         the settings; a command with others is refused, for its results would not compare
    lock             held by the process that works on the run
    complete         there when a command came to the end of its inputs, until the next one begins
    run.sqlite3      files and results (:mod:`reviewer.bulk.store`)
    ledger.sqlite3   exchanges with the model (:mod:`reviewer.ledger`)
    batch.sqlite3    what went through a Batch API (:mod:`reviewer.bulk.batch.book`); batch/ holds its files
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import reviewer
from reviewer.bulk.lock import LOCK, is_locked, locked, unwritable
from reviewer.bulk.store import RESULTS, Store
from reviewer.errors import RunError
from reviewer.models import Suppression
from reviewer.policy import Wish
from reviewer.rules.thresholds import DEFAULTS, Thresholds

if TYPE_CHECKING:
    from reviewer.settings import LLM

LEDGER = "ledger.sqlite3"
SETTINGS = "run.json"
_COMPLETE = "complete"


class ModelSettings(BaseModel):
    """What of a model can change its answers; ``prompts`` are version and sha256 of each, by id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str
    name: str
    temperature: float
    max_tokens: int
    repeat: int
    prompts: dict[str, str]


class RunSettings(BaseModel):
    """Everything that can change what a run says about a project; ``model`` is None offline.

    ``rule_folders`` are absolute; what is in them is in ``ruleset``, and only that counts. ``begun`` is the day by
    which suppressions are over, the same for the whole run.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1] = 1
    reviewer_version: str
    ruleset: str
    model: ModelSettings | None = None
    select: list[str] = []
    ignore: list[str] = []
    year: int | None = None
    severities: dict[str, Wish] = {}
    thresholds: Thresholds = DEFAULTS
    suppressions: list[Suppression] = []
    rule_folders: list[Path] = []
    begun: date = Field(default_factory=date.today)

    @classmethod
    def of(cls, options: Mapping[str, Any], llm: LLM | None = None) -> RunSettings:
        """Return the settings of a run with the *options* of :func:`reviewer.review`, and *llm* where there is one.

        Raises ``UsageError`` for a rule that does not exist.

        >>> RunSettings.of({"select": ["V"]}).review_options()["select"]
        ['V']
        """
        from reviewer.policy import Policy
        from reviewer.rules.catalogue import load_catalogue

        folders = [Path(folder).absolute() for folder in options.get("extra_rules", ())]
        severities = dict(options.get("severities") or {})
        thresholds = options.get("thresholds", DEFAULTS)
        select, ignore = list(options.get("select") or ()), list(options.get("ignore") or ())
        catalogue = load_catalogue(*folders)
        catalogue.select(select or None, ignore)
        return cls(
            reviewer_version=reviewer.__version__,
            ruleset=Policy(catalogue, severities, (), thresholds).digest,
            model=None if llm is None else _model(llm),
            select=select,
            ignore=ignore,
            year=options.get("year"),
            severities=severities,
            thresholds=thresholds,
            suppressions=list(options.get("suppressions") or ()),
            rule_folders=folders,
        )

    @property
    def mode(self) -> Literal["rules", "rules+llm"]:
        """Whether a model judges, in the words of a Review."""
        return "rules" if self.model is None else "rules+llm"

    def review_options(self) -> dict[str, Any]:
        """Return the keywords for :class:`reviewer.pipeline.Assembly`, which are those of :func:`reviewer.review`."""
        return {
            "select": self.select or None,
            "ignore": self.ignore,
            "year": self.year,
            "extra_rules": self.rule_folders,
            "severities": self.severities,
            "thresholds": self.thresholds,
            "suppressions": self.suppressions,
            "today": self.begun,
        }

    def differences(self, other: RunSettings) -> list[str]:
        """Return in Chinese what *other* has different, in a way that changes results: ``年度：2024，这次是 2025``."""
        mine, others = self._compared(), other._compared()
        return [f"{name}：{mine[name]}，这次是 {others[name]}" for name in mine if mine[name] != others[name]]

    def _compared(self) -> dict[str, str]:
        model = self.model
        return {
            "reviewer 的版本": self.reviewer_version,
            "做法": "只用规则（--offline）" if model is None else "请模型判断（--llm）",
            "模型（--model）": "无" if model is None else model.name,
            "端点（--base-url）": "无" if model is None else model.base_url,
            "temperature": "无" if model is None else f"{model.temperature:g}",
            "answer_tokens": "无" if model is None else str(model.max_tokens),
            "判断遍数（--repeat）": "无" if model is None else str(model.repeat),
            "提示词": "无"
            if model is None
            else "、".join(f"{id_} {sha}" for id_, sha in sorted(model.prompts.items())),
            "规则的内容、轻重和门槛": self.ruleset[:12],
            "--select": _listed(self.select),
            "--ignore": _listed(self.ignore),
            "年度（--year）": "表上写的" if self.year is None else str(self.year),
            "豁免（[[suppress]]）": _listed([given.model_dump_json(exclude_none=True) for given in self.suppressions]),
        }


class Run:
    """A run that is open: its settings, store and paths.

    Get it from :func:`opened` to work on it, or from :func:`opened_for_reading` for a report.
    """

    def __init__(self, folder: Path, settings: RunSettings, store: Store) -> None:
        self.folder = folder
        self.settings = settings
        self.store = store

    @property
    def ledger(self) -> Path:
        """The file of the run's exchanges with the model, which need not exist."""
        return self.folder / LEDGER

    @property
    def is_complete(self) -> bool:
        """Whether the last command that worked on the run came to the end of its inputs."""
        return (self.folder / _COMPLETE).exists()

    @property
    def in_use(self) -> bool:
        """Whether a process works on the run; for runs that are open for reading."""
        return is_locked(self.folder)

    def complete(self) -> None:
        """Note that the inputs came to their end."""
        try:
            (self.folder / _COMPLETE).touch()
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def go_on(self) -> None:
        """Note that a command works on the run."""
        try:
            (self.folder / _COMPLETE).unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(self.folder, error) from error


@contextmanager
def opened(folder: Path, settings: RunSettings) -> Iterator[Run]:
    """Begin a run with *settings* in *folder*, or go on with the one there; nobody else can meanwhile.

    Raises ``RunError`` when another process works on it, when it was begun with other settings (naming them), when the
    folder holds something else, and when it cannot be written.
    """
    _make(folder)
    with locked(folder):
        kept = _read(folder)
        if kept is None:
            _refuse_foreign(folder)
            _write(folder, settings)
        elif different := kept.differences(settings):
            raise RunError(
                f"{folder} 里的批次是用别的设置做的，混在一起没法比较。原来是 {'；'.join(different)}。"
                "请按原来的设置接着做，或者换一个 --run 文件夹重新做。"
            )
        else:
            settings = settings.model_copy(update={"begun": kept.begun})
        with Store(folder / RESULTS) as store:
            run = Run(folder, settings, store)
            run.go_on()
            yield run


@contextmanager
def opened_for_reading(folder: Path) -> Iterator[Run]:
    """Open the run in *folder*, over, broken or still going on, without changing anything.

    Raises ``RunError`` when there is none.
    """
    settings = _read(folder)
    if settings is None or not (folder / RESULTS).exists():
        raise RunError(f"{folder} 里没有批次。请写 reviewer bulk 的 --run 用的那个文件夹。")
    with Store.for_reading(folder / RESULTS) as store:
        yield Run(folder, settings, store)


def _model(llm: LLM) -> ModelSettings:
    from reviewer.judging.prompts import load_prompts

    return ModelSettings(
        base_url=llm.base_url,
        name=llm.model,
        temperature=llm.temperature,
        max_tokens=llm.max_tokens,
        repeat=llm.repeat,
        prompts=load_prompts(llm.prompts_dir).stamps,
    )


def _listed(words: list[str]) -> str:
    return "、".join(words) or "无"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error


def _read(folder: Path) -> RunSettings | None:
    path = folder / SETTINGS
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(f"{path}：读不了。请检查读取权限；文件坏了就换一个 --run 文件夹重新做。") from error
    try:
        return RunSettings.model_validate_json(text)
    except ValidationError as error:
        raise RunError(
            f"{path}：不是本版 reviewer（{reviewer.__version__}）写的，或者坏了。"
            "请用做这个批次的那一版，或者换一个 --run 文件夹重新做。"
        ) from error


def _write(folder: Path, settings: RunSettings) -> None:
    path, part = folder / SETTINGS, folder / f"{SETTINGS}.tmp"
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(settings.model_dump_json(indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise unwritable(folder, error) from error


def _refuse_foreign(folder: Path) -> None:
    """Refuse a folder that is used for something else: it may be the one with the declarations."""
    ours = {LOCK, f"{SETTINGS}.tmp"}
    if any(entry.name not in ours for entry in os.scandir(folder)):
        raise RunError(f"{folder} 里有别的文件，又没有批次。请给 --run 一个新的或空的文件夹。")
