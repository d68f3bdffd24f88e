"""The page for those who never open a terminal, and the REST API for programs; the same engine behind both.

::

    serve.py    the server: address, token, uvicorn
    app.py      which routes there are, and what errors look like
    guard.py    who may ask, from where, how much and how fast: before any route is reached
    engine.py   reviews in processes of their own, so that typing never waits for an upload
    pages.py    templates and static files, read once
    drafts.py   what the page for writing sends; pasted.py reads rows copied from a table, outcomes.py is what it shows,
                papers.py what it exports
    model.py    the model that may be asked, for a few at once and within its caps
    routes/     the pages, a module each
    api/        the REST API
"""
