"""Messages for errors of the server or the network: address, action and fix, never the token."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dateline.errors import ServerError
from dateline.files.reading import MalformedError
from dateline.text import redacted

if TYPE_CHECKING:
    from label_studio_sdk.core.api_error import ApiError

MAX_DETAIL = 300
"""Characters of a server's explanation that a message quotes."""

# Servers in debug mode quote what they were sent: tokens and e-mail addresses are left out. Tokens
# are also left out by value.
_PRIVATE = re.compile(r"\S+@\S+|[\w.-]{32,}")
# What reading an answer of another shape raises, or one that is nested too deeply.
_UNEXPECTED = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
)
_PROXY = (
    "Is there a proxy or a login page in front of Label Studio? Open the address in a browser, "
    "then run the command again."
)
_REPEAT = "Run the command again: nothing is added twice."
_OVERLOADED = f"The server is overloaded or starting; wait a little. {_REPEAT}"


class UncertainOutcomeError(ServerError):
    """A request failed in a way that leaves open whether the server carried it out."""


@contextmanager
def explain_errors(address: str, action: str, secrets: Iterable[str | None] = ()) -> Iterator[None]:
    """Turn errors of the SDK, the network or the server into a ServerError about an action.

    What the server states is quoted in part, without the ``secrets``. Raises
    UncertainOutcomeError if the server may have carried out the request.
    """
    import httpx  # noqa: PLC0415 (comes with the SDK)
    from label_studio_sdk.core.api_error import ApiError  # noqa: PLC0415 (heavy and optional)

    # The libraries' own messages may quote request headers, so only the server's words and the name
    # of the error are passed on.
    try:
        yield
    except ApiError as error:
        kind = UncertainOutcomeError if _is_uncertain(error.status_code) else ServerError
        raise kind(f"{address}: {_refusal(error, action, secrets)}") from None
    except httpx.ConnectError:
        raise ServerError(
            f"{address}: cannot connect. Is the address right and the server running? "
            "`dateline studio server start` starts a local one."
        ) from None
    except httpx.TimeoutException:
        # Not an uncertain outcome: the server may still be busy, so looking would prove nothing.
        raise ServerError(
            f"{address}: timed out while {action}. The server may still be busy with it: wait a "
            f"little, and allow a longer timeout if necessary. {_REPEAT}"
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UncertainOutcomeError(
            f"{address}: {type(error).__name__} while {action}. Check the address and the network. "
            f"{_REPEAT}"
        ) from None
    except MalformedError as error:
        raise UncertainOutcomeError(
            f"{address}: the answer is not JSON of the expected shape while {action} "
            f"({redacted(error.problem, secrets)}). {_PROXY}"
        ) from None
    except _UNEXPECTED as error:
        raise UncertainOutcomeError(
            f"{address}: unexpected answer ({type(error).__name__}) while {action}. "
            "Is this a Label Studio server?"
        ) from None


def _is_uncertain(status: int | None) -> bool:
    """Whether a request may have been carried out despite this status."""
    return status is None or status in (200, 201) or (status >= 500 and status != 504)


def _refusal(error: ApiError, action: str, secrets: Iterable[str | None]) -> str:
    status = error.status_code
    if status == 401:
        return (
            "the token was rejected. Copy it again from Account & Settings; a legacy token works "
            "only if the organization's settings allow legacy tokens."
        )
    if status == 403:
        return f"the token's user lacks permission ({action}). Ask the project's owner."
    if status == 404:
        return f"HTTP 404 (not found) while {action}. Is this the address of Label Studio itself?"
    if status is not None and status < 300:
        return f"the answer is not JSON while {action}. {_PROXY}"
    if status is not None and status < 400:
        return (
            f"redirects{_redirect_target(error, secrets)} (HTTP {status}) while {action}. Use the "
            "address that the browser shows."
        )
    return f"HTTP {status} while {action}. {_detail(error, secrets)}".rstrip()


def _detail(error: ApiError, secrets: Iterable[str | None]) -> str:
    status, body = error.status_code or 0, error.body
    if status == 429:
        return "Too many requests; wait a little, and run the command again."
    if status in (408, 502, 503, 504):
        return _OVERLOADED
    stated = ""
    if isinstance(body, dict):
        stated = str(body.get("validation_errors") or body.get("detail") or "")
        stated = redacted(_PRIVATE.sub("…", redacted(stated, secrets, 10 * MAX_DETAIL)), ())
    if status >= 500 and not stated:
        return f"The server's log has the reason. {_REPEAT}"
    return stated


def _redirect_target(error: ApiError, secrets: Iterable[str | None]) -> str:
    """The server that a redirect leads to; the rest of its address may hold a secret."""
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    found = re.match(r"https?://[^/?#@\s]+(?=[/?#]|$)", headers.get("location", ""))
    return f" to {redacted(found[0], secrets)}" if found else ""
