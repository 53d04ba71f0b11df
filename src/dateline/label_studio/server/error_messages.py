"""Messages for errors of the server or the network: address, action and hint, never the token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dateline.errors import DatelineError, ServerError

if TYPE_CHECKING:
    from label_studio_sdk.core.api_error import ApiError

DETAIL = 300
"""Characters of a server's explanation that are shown."""

# Servers in debug mode quote what they were sent: tokens and e-mail addresses are left out.
_PRIVATE = re.compile(r"\S+@\S+|[\w.-]{32,}")


class DoubtfulServerError(ServerError):
    """A fault after which it is not known whether the server did what it was asked for."""


@contextmanager
def explained(address: str, action: str) -> Iterator[None]:
    """Turn errors of the SDK, the network or the server into a ServerError about an action.

    A DoubtfulServerError where it is not known whether the server did it.
    """
    import httpx  # noqa: PLC0415 (comes with the SDK)
    from label_studio_sdk.core.api_error import ApiError  # noqa: PLC0415 (heavy and optional)

    # What the libraries say may quote the request's headers, so only the server's own words and
    # the name of the error are passed on.
    try:
        yield
    except ApiError as error:
        kind = DoubtfulServerError if _is_doubtful(error.status_code) else DatelineError
        raise kind(f"{address}: {_refusal(error, action)}") from None
    except httpx.ConnectError:
        raise DatelineError(
            f"{address}: nothing answers there. Is the server running? `scripts/label-studio` "
            "starts one on this machine; --url says where another is."
        ) from None
    except httpx.TimeoutException:
        # Not doubtful but hopeless: the server may be at it still, so that looking says nothing.
        raise DatelineError(
            f"{address}: no answer in time while {action}. The server may be busy with it still: "
            "wait a little, and run the command again, with a longer --timeout if need be; nothing "
            "is done twice."
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DoubtfulServerError(
            f"{address}: {type(error).__name__} while {action}. Check the address and the network, "
            "then run the command again: nothing is done twice."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DoubtfulServerError(
            f"{address}: an answer that makes no sense ({type(error).__name__}) while {action}. "
            "Is this a Label Studio server?"
        ) from None


def _is_doubtful(status: int | None) -> bool:
    """Whether a request may have been carried out although this was the answer."""
    return status is None or status in (200, 201) or (status >= 500 and status != 504)


def _refusal(error: ApiError, action: str) -> str:
    status, body = error.status_code, error.body
    if status == 401:
        return (
            "the token is not accepted. Copy it anew from Account & Settings; a legacy token works "
            "only where the organization's settings allow legacy tokens."
        )
    if status == 403:
        return f"the token's user may not do this ({action}); ask the project's owner."
    if status == 404:
        return (
            f"there is no such page (HTTP 404, {action}). "
            "Is this the address of Label Studio itself?"
        )
    if status is not None and status < 300:
        return (
            f"an answer that is no JSON while {action}. Does a proxy or a login page stand before "
            "Label Studio? Open the address in a browser, then run the command again."
        )
    if status is not None and status < 400:
        return (
            f"sends us elsewhere (HTTP {status}{_goal(error)}) while {action}; give the "
            "address that the browser shows with --url."
        )
    said = ""
    if isinstance(body, dict):
        said = str(body.get("validation_errors") or body.get("detail") or "")
        said = _PRIVATE.sub("…", said)[:DETAIL]
    if status == 429:
        said = "The server asks for fewer requests; wait a little, and run the command again."
    elif status in (408, 502, 503, 504):
        said = (
            "The server is overloaded or starting; wait a little, and run the command again: "
            "nothing is done twice."
        )
    elif status is not None and status >= 500 and not said:
        said = "The server's log says why; then run the command again: nothing is done twice."
    return f"HTTP {status} while {action}. {said}".rstrip()


def _goal(error: ApiError) -> str:
    """The server that a redirect leads to; the rest of its address may hold a secret."""
    location = {name.lower(): value for name, value in (error.headers or {}).items()}.get(
        "location", ""
    )
    found = re.match(r"https?://[^/?#@\s]+(?=[/?#]|$)", location)
    return f", to {found[0]}" if found else ""
