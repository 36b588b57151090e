"""How the dashboard is served: what is opened before the first visitor, and what answers carry."""

import asyncio
import base64
import gc
import hashlib
import logging
import os
import re
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pdqi.errors import PdqiError
from pdqi.ui import facts

ENTRY = Path(__file__).with_name("entry.py")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
log = logging.getLogger("pdqi")


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:  # noqa: ARG001
    """Open the store and draw up the first figures before anybody asks.

    What cannot be opened is told on the page, so that a visitor learns what to mend.
    """
    await asyncio.to_thread(_told, facts.warm)
    # What lives now lives as long as the server: no later collection need look at it.
    gc.collect()
    gc.freeze()
    months = asyncio.create_task(asyncio.to_thread(_told, facts.warm_months))
    yield
    await months


def _told(work: Callable[[], None]) -> None:
    """Do something for the readers to come; what keeps it from being done is logged."""
    try:
        work()
    except PdqiError as error:
        for problem in error.problems:
            log.warning("%s", problem)


def middleware() -> Sequence[Middleware]:
    """Return the middleware: known hosts only, and headers that keep other sites out."""
    wrapped = [Middleware(SecurityHeaders, policy=content_policy())]
    hosts = allowed_hosts()
    if hosts:
        wrapped.append(Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts)))
    return wrapped


def allowed_hosts() -> tuple[str, ...]:
    """Return the host names that are answered; none means any.

    PDQI_HOSTS names them, separated by commas. Without it, a server that listens on this machine
    only answers to this machine's names only, so that no other site's name can be pointed at it.
    """
    named = tuple(
        host.strip() for host in os.environ.get("PDQI_HOSTS", "").split(",") if host.strip()
    )
    if named:
        return named
    return LOOPBACK if st.get_option("server.address") in LOOPBACK else ()


def content_policy() -> str:
    """Return the Content-Security-Policy: everything from here, and no scripts in the page.

    'unsafe-eval' is what the charts' library needs to run a chart's expressions. The one script
    that Streamlit writes into its page is let through by its hash.
    """
    page = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    inline = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inline]
    hashes = "".join(f" 'sha256-{digest}'" for digest in digests)
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'unsafe-eval'{hashes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class SecurityHeaders:
    """Adds the security headers to every answer."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        """Wrap an application; `policy` is the Content-Security-Policy."""
        self.app = app
        self.headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-frame-options", b"DENY"),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"cross-origin-opener-policy", b"same-origin"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the headers added where there is an answer in HTTP."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = {name for name, _ in self.headers}
                kept = [pair for pair in message["headers"] if pair[0].lower() not in ours]
                message["headers"] = [*kept, *self.headers]
            await send(message)

        wanted: Any = send_with_headers if scope["type"] == "http" else send
        await self.app(scope, receive, wanted)


def say_sorry(error: Exception) -> bool:
    """Show a sentence in place of an unexpected error; the log has it under the same number."""
    reference = secrets.token_hex(4)
    log.error("Reference %s", reference, exc_info=error)
    st.error(
        "Something went wrong while this page was drawn. Nothing was lost. Load the page again;"
        f" if it happens again, tell whoever runs this dashboard the reference {reference}."
    )
    return True
