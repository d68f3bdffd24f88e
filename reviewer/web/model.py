"""The model that a server may ask for its visitors: what that would take, and asking it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from reviewer.models import Document, Review

if TYPE_CHECKING:
    from reviewer.settings import LLM

_AT_ONCE = 2


class Model:
    """Asks *llm* about documents, for at most two visitors at once; its caps hold for as long as the server runs.

    *options* are those of :func:`reviewer.review`. Answers are kept in the ledger, as those of the command line.
    """

    def __init__(self, llm: LLM, options: Mapping[str, Any]) -> None:
        self.llm = llm
        self._options = dict(options)
        self._asking = 0

    async def review(self, document: Document) -> Review:
        """Review *document* by the rules and the model.

        Raises ``HTTPException`` while two others wait for an answer, and what :func:`reviewer.review_async` raises.
        """
        from reviewer.pipeline import review_async

        if self._asking >= _AT_ONCE:
            # Nobody is queued: whoever is gone by then would still be paid for.
            raise HTTPException(503, "模型正在回答别人的请求，请过一会儿再问。")
        self._asking += 1
        try:
            review = await review_async(document, llm=self.llm, **self._options)
        finally:
            self._asking -= 1
        self.llm = self.llm.less(review.usage)
        return review


def told(draft: str, llm: LLM, year: int | None) -> str:
    """Return in Chinese what it would take to have *llm* judge *draft*, a Document as JSON; nothing is sent.

    Raises ``LedgerError`` and ``CatalogueError`` as :func:`reviewer.judging.cost.forecast` does.
    """
    from reviewer.judging.cost import forecast
    from reviewer.reporting.forecast import render_forecast

    document = Document.model_validate_json(draft)
    if llm.replay is not None:
        return f"模型 {llm.model}：只用录下的回答，什么也不发送，没有费用。"
    name = document.projects[0].name.strip() or "这个项目"
    said = render_forecast([(name, forecast(document, llm, year))], llm).rstrip()
    return f"{said}\n这个项目的内容会发给这个端点，问答记在账本里。"
