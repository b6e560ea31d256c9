"""The whole site as one ASGI application: the live stream is served here, every page by WSGI threads behind it.

Pages keep their threads and database connections; a stream holds neither, however many browsers listen.
"""

from __future__ import annotations

import os
from typing import Any

from a2wsgi import WSGIMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstay.settings")

# isort: split  The line above loads Django, which the stream needs.
from mainstay.console.live import Stream
from mainstay.wsgi import application as pages

WORKERS = 16  # threads for pages

stream = Stream()
_pages = WSGIMiddleware(pages, workers=WORKERS)  # type: ignore[arg-type]  # Django's handler is a WSGI application


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Serve one request, or the lifespan of the process."""
    if scope["type"] == "lifespan":
        await stream.lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/events":
        await stream(scope, receive, send)
    elif scope["type"] == "http":
        await _pages(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1000})
