"""The page for those who never open a terminal, and the REST API for programs; the same engine behind both.

::

    serve.py    the server: address, token, uvicorn
    app.py      which routes there are, and what errors look like
    guard.py    who may ask, from where, how much and how fast: before any route is reached
    engine.py   reviews in processes of their own, so that typing never waits for an upload
    pages.py    templates and static files, read once
    routes/     the pages, a module each
    api/        the REST API
"""
