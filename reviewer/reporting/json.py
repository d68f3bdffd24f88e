"""A Review as JSON, one project a line: files compare well, and the whole text never stands in memory at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic_core import to_json

from reviewer.models import Review


def json_pieces(review: Review, line_end: str = "\n") -> Iterator[str]:
    """Yield the JSON of *review*, in the order of the contract; with ``line_end=""`` it is a single line.

    >>> import reviewer
    >>> found = reviewer.review(reviewer.Document(title="表"))
    >>> reviewer.Review.model_validate_json("".join(json_pieces(found))) == found
    True
    """
    opening = "{"
    for name, field in Review.model_fields.items():
        value = getattr(review, name)
        if field.exclude_if is not None and field.exclude_if(value):
            continue
        if name == "projects":
            yield f'{opening}"projects":['
            separator = line_end
            for project in value:
                yield separator + project.model_dump_json()
                separator = "," + line_end
            yield "]"
        else:
            yield f'{opening}"{name}":{to_json(value).decode()}'
        opening = "," + line_end
    yield "}"


def json_document(reviews: Iterable[Review], several: bool) -> Iterator[str]:
    """Yield one JSON value: the review, or the list of *several* of them; nothing when there is none.

    >>> list(json_document([], several=True))
    []
    """
    opening = "[" if several else ""
    for review in reviews:
        yield opening
        yield from json_pieces(review)
        opening = ",\n"
    if opening.startswith(","):
        yield "]\n" if several else "\n"


def json_lines(reviews: Iterable[Review]) -> Iterator[str]:
    """Yield one line of JSON for each review."""
    for review in reviews:
        yield from json_pieces(review, line_end="")
        yield "\n"
