"""The serializer that vcrpy writes cassettes with: YAML that a person can read and mend.

Bodies that are JSON stand as structure, Chinese as Chinese, long texts as blocks, line by line. vcrpy asks for a module
or object with two functions, ``serialize`` and ``deserialize``.
"""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML was built without libyaml; the same, slower
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

_LONG = 80  # characters from which on a text without line breaks stands as a block, too
# What a block cannot hold, among it the line breaks that YAML reads as line feeds; quoted, it is escaped.
_UNPRINTABLE = re.compile(r"[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")


class _Dumper(yaml.SafeDumper):
    """Writes long texts as blocks. Not libyaml's: that escapes rare characters, which lie beyond U+FFFF."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    block = "|" if "\n" in text or len(text) > _LONG else ""
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if _UNPRINTABLE.search(text) else block)


_Dumper.add_representer(str, _text)


def serialize(cassette: dict[str, Any]) -> str:
    """Return a cassette, as vcrpy hands it over, as YAML."""
    interactions = []
    for interaction in cassette["interactions"]:
        request, response = interaction["request"], interaction["response"]
        request = {"method": request["method"], "uri": request["uri"], "body": _structure(request["body"])}
        response = response | {"body": _structure(response["body"]["string"])}
        interactions.append({"request": request, "response": response})
    whole = cassette | {"interactions": interactions}
    return yaml.dump(whole, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=float("inf"))


def deserialize(text: str) -> dict[str, Any]:
    """Return the cassette in *text* as vcrpy wants it."""
    cassette: dict[str, Any] = yaml.load(text, Loader=_Loader)
    for interaction in cassette["interactions"]:
        request, response = interaction["request"], interaction["response"]
        request["headers"] = {}
        request["body"] = _body(request["body"])
        response["body"] = {"string": _body(response["body"])}
    return cassette


def _structure(body: Any) -> Any:
    if not isinstance(body, str):
        return body
    try:
        value = json.loads(body)
        # Half a surrogate pair can be spelt in JSON and not be written as UTF-8.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return body
    return value if isinstance(value, dict) else body


def _body(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
