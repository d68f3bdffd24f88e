"""A bulk run through the Batch API of an endpoint: slower, cheaper, and by files instead of calls.

::

    run ──judge──▶ requests without an answer ──▶ 0001.jsonl ──▶ endpoint ──▶ results ──judge──▶ ledger, store

The same judge that asks a model directly decides what is asked; here :class:`~reviewer.bulk.batch.asking.BatchAsker`
stands in the model's place. A round is ``submit``, waiting, and ``collect``; what has to be asked again, because an
answer is invalid or does not hold against the text, is the next round.
"""
