"""The pages, a module each; :data:`routers` in the order of the navigation."""

from __future__ import annotations

from reviewer.web.routes import entrance, static, write

routers = (write.router, entrance.router, static.router)
