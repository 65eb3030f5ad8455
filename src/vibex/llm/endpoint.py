"""Where a model is asked: one base URL with the key that was made for it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from vibex.domain import InvalidInput

if TYPE_CHECKING:
    from vibex.settings import ModelSettings

_FIELD = "OPENROUTER_BASE_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An OpenAI-compatible endpoint. `headers` are public; the key never leaves `key` but in the request itself.

    Raises InvalidInput for what is no http(s) URL, for one that holds credentials, a query or a fragment, for plain
    HTTP to another machine, and for a missing key unless the endpoint is on this machine.
    """

    base_url: str
    key: SecretStr | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = _parts(self.base_url)
        if parts.scheme == "http" and not self.is_local:
            raise InvalidInput(
                f"http://{parts.hostname} would send the key and the prompts in the clear",
                field=_FIELD,
                remedy="use https",
            )
        if self.key is None and not self.is_local:
            raise InvalidInput(
                "no key is set", field="OPENROUTER_API_KEY", remedy="set it, or use a model on this machine"
            )
        carried = {"OPENROUTER_API_KEY": self.key.get_secret_value() if self.key else "", **self.headers}
        for name, value in carried.items():
            if not (value.isascii() and value.isprintable()):
                raise InvalidInput("holds a character that no HTTP header can carry", field=name, remedy="use ASCII")

    @property
    def is_local(self) -> bool:
        """Whether the host is this machine's loopback."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @property
    def completions_url(self) -> str:
        return self.base_url.rstrip("/") + "/chat/completions"

    def without_key(self, text: str) -> str:
        """`text` from the endpoint with the key blotted out, should it repeat it."""
        key = self.key.get_secret_value() if self.key else ""
        return text.replace(key, "***") if key else text


def endpoint_of(settings: ModelSettings) -> Endpoint:
    """The configured endpoint."""
    headers = {"X-Title": settings.app_title}
    if settings.referer:
        headers["HTTP-Referer"] = settings.referer
    return Endpoint(base_url=settings.base_url, key=settings.api_key, headers=headers)


def _parts(url: str) -> SplitResult:
    """The URL taken apart. What is refused is not repeated: it may hold a password."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InvalidInput("is not an http or https URL", field=_FIELD, remedy="https://openrouter.ai/api/v1, say")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InvalidInput(
            "holds credentials, a query or a fragment", field=_FIELD, remedy="put the key into OPENROUTER_API_KEY"
        )
    return parts
