"""The pages, a module each; :data:`routers` in the order of the navigation."""

from __future__ import annotations

from reviewer.web.routes import entrance, runs, static, upload, write

routers = (write.router, upload.router, runs.router, entrance.router, static.router)
