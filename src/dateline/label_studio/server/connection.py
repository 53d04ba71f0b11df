"""A connection to a Label Studio server.

The SDK is imported when one is made, for it is heavy and optional.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dateline.errors import DatelineError
from dateline.label_studio.server.client import ONCE, Server
from dateline.label_studio.server.error_messages import explained

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase

    from dateline.label_studio.server.retry import Patience, Say

SECONDS = 600.0
"""How long to wait for one answer, unless told otherwise."""


@contextmanager
def connect(
    address: str,
    token: str,
    timeout: float = SECONDS,
    patience: Patience | None = None,
    say: Say = lambda _: None,
) -> Iterator[Server]:
    """A connection to a server, with a legacy token or a personal access token.

    ``timeout`` is in seconds for one answer, ``say`` is told of each attempt that is made again.

    Raises DatelineError where the SDK is not installed, the server cannot be reached, or it
    refuses us.
    """
    if not re.match(r"https?://[^/\s]", address):
        raise DatelineError(
            f"«{address}» is no address of a server; write it as http://localhost:8080."
        )
    if "@" in address:
        raise DatelineError(
            "The address holds a user name or a password (before «@»); leave it out, the token "
            "says who you are."
        )
    if not re.fullmatch(r"[!-~]+", token):
        raise DatelineError(
            "The token is empty or holds blanks or letters that no token has; copy it anew."
        )
    try:
        from label_studio_sdk.base_client import LabelStudioBase  # noqa: PLC0415 (heavy and optional)

        from dateline.label_studio.server.retry import Patience, PatientClient, Renewal  # noqa: PLC0415
    except ModuleNotFoundError:
        raise DatelineError(
            "The Label Studio client is not installed: pip install 'dateline[studio]'"
        ) from None
    patience = patience or Patience()
    renewal = Renewal()
    with PatientClient(patience, say, renewal, timeout) as http:
        with explained(address, "signing in"):
            untyped: Any = LabelStudioBase
            sdk: LabelStudioBase = untyped(
                base_url=address.rstrip("/"), api_key=token, httpx_client=http, timeout=timeout
            )
            renewal.renew = lambda: _renewed(sdk)
            sdk.users.whoami(request_options=ONCE)
            version = _version(sdk)
        yield Server(address, sdk, version, http, patience, say)


def _renewed(sdk: LabelStudioBase) -> str | None:
    """The Authorization header with a new access token; None for a legacy token."""
    wrapper: Any = sdk._client_wrapper
    tokens = wrapper._tokens_client
    if tokens._use_legacy_token:
        return None
    tokens._access_token = None
    return str(wrapper.get_headers()["Authorization"])


def _version(sdk: LabelStudioBase) -> str:
    package = sdk.versions.get(request_options=ONCE).label_studio_os_package or {}
    version = package.get("version") if isinstance(package, dict) else None
    return str(version or "of unknown version")
