"""The rule catalogue: one Markdown file a rule under ``data/rules/``.

The file is the documentation (``reviewer explain``), the test (its examples) and, for rules that are a pattern or a
list of words, the rule itself. Loading reads only the front matter, because every run pays for it.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from reviewer.errors import CatalogueError, UsageError
from reviewer.language.lexicon import any_of
from reviewer.models import DIMENSIONS, Dimension, FieldName, Severity
from reviewer.resources import resource_dir
from reviewer.rules.examples import Example, ExampleKind, load_examples, load_yaml

__all__ = ["SECTIONS", "AppliesTo", "Catalogue", "Example", "Rule", "load_catalogue"]

AppliesTo = Literal["indicator", "project", "document"]

SECTIONS = ("是什么", "为什么", "反例", "正例", "怎么改", "依据", "如何忽略")
"""The sections of a rule file, in their order."""

_REQUIRED = ("code", "name", "title", "severity", "dimension", "applies_to", "basis")
_OPTIONAL = ("fields", "pattern", "words", "unless", "message")
_CODE = re.compile(r"[A-Z]\d{3}")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FENCE = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``pattern`` and ``unless`` are set for rules without code; they apply to each of ``fields``.

    ``dimension`` is None for rules about the document, which have no SMART side.

    >>> load_catalogue().get("V101").name
    'vague-plan-reference'
    """

    code: str
    name: str
    title: str
    severity: Severity
    dimension: Dimension | None
    applies_to: AppliesTo
    basis: str
    path: Path
    fields: tuple[FieldName, ...] = ()
    pattern: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    message: str = ""

    def section(self, title: str) -> str:
        """Return the Markdown text under ``## title``. Raises ``CatalogueError`` when the file has no such section."""
        text = _sections(self.path).get(title)
        if text is None:
            raise CatalogueError(f"{self.path.name}：缺少“## {title}”一节。")
        return text

    def examples(self, kind: ExampleKind) -> list[Example]:
        """Return the bad (反例) or good (正例) examples. Raises ``CatalogueError`` when they are malformed.

        >>> load_catalogue().get("V101").examples("反例")[0].document().projects[0].name
        '示例项目'
        """
        section = self.section(kind)
        fence = _FENCE.search(section + "\n")
        if fence is None:
            raise CatalogueError(f"{self.path.name}“{kind}”：缺少 ```yaml 代码块。")
        return load_examples(fence.group(1), f"{self.path.name}“{kind}”")


@cache
def _sections(path: Path) -> dict[str, str]:
    parts = _HEADING.split(_read(path))
    return {title: text.strip() for title, text in zip(parts[1::2], parts[2::2], strict=True)}


class Catalogue:
    """All rules of one or more folders."""

    def __init__(self, rules: Iterable[Rule], files: Iterable[Path] = ()) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: rule.code))
        self._files = tuple(files)
        self._by_key: dict[str, Rule] = {}
        for rule in self.rules:
            for key in (rule.code, rule.name):
                if key in self._by_key:
                    raise CatalogueError(
                        f"{rule.path.name}：{key} 已经用在 {self._by_key[key].path.name} 里，请换一个。"
                    )
                self._by_key[key] = rule

    def get(self, code_or_name: str) -> Rule:
        """Return the rule of that code (``V101``, in either case) or name. Raises ``UsageError`` with the nearest ones.

        >>> load_catalogue().get("vague-degree").code
        'V102'
        """
        rule = self._by_key.get(code_or_name.upper()) or self._by_key.get(code_or_name.lower())
        if rule is None:
            raise self._unknown(code_or_name)
        return rule

    def select(self, select: Iterable[str] | None = None, ignore: Iterable[str] = ()) -> frozenset[str]:
        """Return the codes that are on: those selected (all by default) without those ignored.

        A selector is a code, a name, or the beginning of a code. Raises ``UsageError`` for one that matches nothing.

        >>> sorted(load_catalogue().select(["V1"], ["vague-degree"]))
        ['V101', 'V103']
        """
        chosen = list(select or ())
        on = self._codes(chosen) if chosen else {rule.code for rule in self.rules}
        return frozenset(on - self._codes(ignore))

    @cached_property
    def patterns(self) -> tuple[Rule, ...]:
        """The rules that are only a pattern or a list of words."""
        return tuple(rule for rule in self.rules if rule.pattern is not None)

    @cached_property
    def digest(self) -> str:
        """sha256 over the rule and lexicon files, name and text, line ends normalised: equal rules, equal digest."""
        sha = hashlib.sha256()
        for path in self._files:
            sha.update(f"{path.parent.name}/{path.name}\n{_read(path)}\0".encode())
        return sha.hexdigest()

    def _codes(self, selectors: Iterable[str]) -> set[str]:
        return {code for selector in selectors for code in self._matching(selector)}

    def _matching(self, selector: str) -> set[str]:
        codes = {rule.code for rule in self.rules if selector and rule.code.startswith(selector.upper())}
        return codes or {self.get(selector).code}

    def _unknown(self, asked: str) -> UsageError:
        near: dict[str, str] = {}
        for rule in self.rules:
            for key in (rule.code, rule.name, rule.title):
                near[key] = f"{rule.code} {rule.name}"
        found = [near[key] for key in difflib.get_close_matches(asked.upper(), near, n=3)]
        found += [near[key] for key in difflib.get_close_matches(asked.lower(), near, n=3)]
        found += [text for key, text in near.items() if len(asked) > 1 and asked.lower() in key]
        hint = f"相近的有：{'、'.join(list(dict.fromkeys(found))[:5])}。" if found else ""
        return UsageError(f"没有“{asked}”这条规则。{hint}用 reviewer rules 查看全部规则。")


@cache
def load_catalogue(*extra_dirs: Path) -> Catalogue:
    """Return the built-in catalogue, with the rules of further folders added. Cached.

    Raises ``CatalogueError`` with file name and place when a file is malformed.

    >>> load_catalogue().rules[0].code
    'A301'
    """
    data = resource_dir("data")
    rules = [path for folder in (data / "rules", *extra_dirs) for path in sorted(folder.glob("*.md"))]
    lexicon = sorted((data / "lexicon").glob("*.txt"))
    return Catalogue(map(_load, rules), [*lexicon, *rules])


def _load(path: Path) -> Rule:
    text = _read(path)
    if not text.startswith("---\n") or "\n---\n" not in text[3:]:
        raise CatalogueError(f"{path.name} 第 1 行：文件须以 --- 之间的 YAML 头部开始。")
    head = load_yaml(text[4 : text.index("\n---\n", 3)], path.name, first_line=2)
    if not isinstance(head, dict):
        raise CatalogueError(f"{path.name} 头部：须写成“键: 值”。")
    return _rule(path, head)


def _rule(path: Path, head: dict[str, Any]) -> Rule:
    for key in _REQUIRED:
        if key not in head:
            raise CatalogueError(f"{path.name} 头部：缺少 {key}。")
    for key in head:
        if key not in (*_REQUIRED, *_OPTIONAL):
            raise CatalogueError(f"{path.name} 头部：不认识 {key}。可用的有：{'、'.join((*_REQUIRED, *_OPTIONAL))}。")
    texts = {key: str(head[key] if head[key] is not None else "") for key in _REQUIRED}
    for key, pattern in (("code", _CODE), ("name", _NAME)):
        if not pattern.fullmatch(texts[key]):
            raise CatalogueError(
                f"{path.name} 头部：{key} 的写法不对：{texts[key]!r}。应如 V101、vague-plan-reference。"
            )
    _choice(path, "severity", head["severity"], get_args(Severity))
    _choice(path, "applies_to", head["applies_to"], get_args(AppliesTo))
    if head["dimension"] is not None or head["applies_to"] != "document":
        _choice(path, "dimension", head["dimension"], DIMENSIONS)
    fields = tuple(head.get("fields") or ())
    for field in fields:
        _choice(path, "fields", field, get_args(FieldName))
    compiled = _compiled(path, head)
    if compiled is not None and not (fields and head.get("message")):
        raise CatalogueError(f"{path.name} 头部：写了 pattern 或 words，就要写 fields 和 message。")
    return Rule(
        code=head["code"],
        name=head["name"],
        title=texts["title"],
        severity=head["severity"],
        dimension=head["dimension"],
        applies_to=head["applies_to"],
        basis=texts["basis"],
        path=path,
        fields=fields,
        pattern=compiled,
        unless=_regex(path, "unless", head["unless"]) if head.get("unless") else None,
        message=str(head.get("message") or ""),
    )


def _choice(path: Path, key: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise CatalogueError(f"{path.name} 头部：{key} 不能是 {value!r}，只能是 {'、'.join(allowed)}。")


def _compiled(path: Path, head: Mapping[str, Any]) -> re.Pattern[str] | None:
    if "pattern" in head and "words" in head:
        raise CatalogueError(f"{path.name} 头部：pattern 和 words 只能写一个。")
    if "words" in head:
        words = [str(word) for word in head["words"] or () if str(word)]
        if not words:
            raise CatalogueError(f"{path.name} 头部：words 里没有词语。")
        return re.compile(any_of(words))
    return _regex(path, "pattern", head["pattern"]) if "pattern" in head else None


def _regex(path: Path, key: str, pattern: object) -> re.Pattern[str]:
    try:
        return re.compile(str(pattern))
    except re.error as error:
        raise CatalogueError(f"{path.name} 头部：{key} 不是正确的正则表达式（{error}）。") from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}：读不出来（{error}）。规则文件须是 UTF-8 文本。") from None
