"""The frame of the server's own pages: one document that holds its style, runs no script and asks for nothing.

Text reaches a page escaped, by `tag` and `text` alone; the policy allows this page's style by hash, nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from importlib.resources import files
from urllib.parse import quote

from fastapi.responses import HTMLResponse

from vibex import __version__


class Markup(str):
    """HTML that is safe to place into a page as it stands."""

    __slots__ = ()


def markup(value: str | Markup) -> Markup:
    """`value` as HTML; plain text is escaped."""
    return value if isinstance(value, Markup) else Markup(escape(value))


def tag(name: str, *content: str | Markup, **attributes: str) -> Markup:
    """An element. A trailing underscore of an attribute's name is dropped (`class_`), others become hyphens."""
    named = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items() if value
    )
    return Markup(f"<{name}{named}>{''.join(markup(part) for part in content)}</{name}>")


def page(title: str, *content: Markup) -> Markup:
    """The whole document."""
    icon = "data:image/svg+xml," + quote(_ICON)
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><link rel="icon" href="{icon}">'
    )
    navigation = tag(
        "nav", tag("a", "Runs", href="/"), tag("a", "API", href="/docs"), tag("a", "Health", href="/health")
    )
    footer = tag(
        "footer",
        f"vibex {__version__} · This server only shows finished backtests. Nothing here trades: it holds no keys, "
        "sends no orders and changes nothing.",
    )
    header = tag("header", tag("a", "vibex", class_="brand", href="/"), navigation)
    body = tag("body", header, tag("main", *content), footer)
    style = Markup(f"<style>{_style()}</style>")
    return Markup(f'<!doctype html>\n<html lang="en"><head>{head}{tag("title", title)}{style}</head>{body}</html>\n')


def html_response(document: Markup) -> HTMLResponse:
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(document, headers={"Content-Security-Policy": policy})


_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#1d5fd1"/>'
    '<path d="M3 11l3-4 3 2 4-5" fill="none" stroke="#fff" stroke-width="1.8"/></svg>'
)


@cache
def _style() -> str:
    return (files(__package__) / "assets" / "page.css").read_text(encoding="utf-8")
