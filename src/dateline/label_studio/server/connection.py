"""Connecting to a Label Studio server. The SDK is heavy and optional, so it is imported here."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dateline.errors import InvalidInputError
from dateline.extras import extra
from dateline.label_studio.server.client import Server
from dateline.label_studio.server.error_messages import explain_errors
from dateline.label_studio.server.reading import NO_SDK_RETRIES

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase

    from dateline.label_studio.server.retry import Notify, RetryPolicy

DEFAULT_TIMEOUT = 600.0
"""Seconds to wait for one answer."""


@contextmanager
def connect(
    address: str,
    token: str,
    timeout: float = DEFAULT_TIMEOUT,
    retry: RetryPolicy | None = None,
    notify: Notify = lambda _: None,
    *,
    allow_http: bool = False,
) -> Iterator[Server]:
    """Connect to a server with a legacy token or a personal access token.

    ``timeout`` is in seconds for one answer; ``notify`` receives a line for each retry;
    ``allow_http`` sends the token unencrypted to a server on another machine. Raises
    MissingExtraError without the SDK, InvalidInputError for an address or a token that cannot be
    one, and ServerError if the server cannot be reached or refuses the token.
    """
    host = _host(address)
    if host is None:
        raise InvalidInputError(
            f'"{address}" is not a server address; write it like http://localhost:8080.'
        )
    if "@" in address:
        raise InvalidInputError(
            'The address contains a user name or a password (before "@"). Remove it: the token '
            "identifies the user."
        )
    if address.startswith("http:") and not allow_http and not _is_loopback(host):
        raise InvalidInputError(
            f"{address}: the token would be sent unencrypted to another machine. Use an https:// "
            "address, or, in a network that you trust, allow plain http (`--allow-http`)."
        )
    if not re.fullmatch(r"[!-~]+", token):
        raise InvalidInputError(
            "The token is empty, or has spaces or other characters that no token has. Copy it "
            "again from Account & Settings."
        )
    with extra("studio"):
        from label_studio_sdk.base_client import LabelStudioBase  # noqa: PLC0415 (heavy and optional)

        from dateline.label_studio.server.retry import RetryingClient, RetryPolicy, TokenRenewal  # noqa: PLC0415
    retry = retry or RetryPolicy()
    renewal = TokenRenewal()
    with RetryingClient(retry, notify, renewal, timeout) as http:
        with explain_errors(address, "signing in", [token]):
            untyped: Any = LabelStudioBase
            sdk: LabelStudioBase = untyped(
                base_url=address.rstrip("/"), api_key=token, httpx_client=http, timeout=timeout
            )

        def secrets() -> tuple[str, Any]:
            wrapper: Any = sdk._client_wrapper
            return token, wrapper._tokens_client._access_token

        with explain_errors(address, "signing in", [token]):
            renewal.renew = lambda: _renewed(sdk)
            sdk.users.whoami(request_options=NO_SDK_RETRIES)
            version = _version(sdk)
        yield Server(address, sdk, version, http, retry, notify, secrets)


def _host(address: str) -> str | None:
    """The host that an address names, "" if it names none; None if it is not an address."""
    if not re.match(r"https?://[^/\s]", address):
        return None
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    if host in ("", "localhost") or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _renewed(sdk: LabelStudioBase) -> str | None:
    """The Authorization header with a new access token; None for a legacy token."""
    wrapper: Any = sdk._client_wrapper
    tokens = wrapper._tokens_client
    if tokens._use_legacy_token:
        return None
    tokens._access_token = None
    return str(wrapper.get_headers()["Authorization"])


def _version(sdk: LabelStudioBase) -> str:
    package = sdk.versions.get(request_options=NO_SDK_RETRIES).label_studio_os_package or {}
    version = package.get("version") if isinstance(package, dict) else None
    return str(version or "of unknown version")
