"""Patience with a server and a network that fail now and then.

Below the SDK, because that repeats POST requests too, which would be carried out twice if an answer
got lost, and because it does not repeat what broke off in the middle of an answer.
"""

from __future__ import annotations

import email.utils
import json
import time
from collections.abc import Callable, Generator
from typing import Any

import httpx
import tenacity

from dateline.model import Struct

Say = Callable[[str], None]

BUSY = frozenset({408, 429, 500, 502, 503, 504})
"""Answers after which the same request may succeed."""

_REPEATABLE = frozenset({"GET", "HEAD", "PATCH"})
_RENEWAL = "/api/token/refresh/"


class Patience(Struct, frozen=True):
    """How long to go on: seconds before the second attempt, which then double, and the bounds.

    ``longest`` bounds one pause, even one that the server asks for; ``total`` bounds the attempts
    together.
    """

    base: float = 1.0
    attempts: int = 5
    longest: float = 60.0
    total: float = 300.0


def repeated(patience: Patience, say: Say, what: str) -> tenacity.Retrying:
    """Attempts for a block that raises UncertainOutcomeError; the last error is raised as it is."""
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(UncertainOutcomeError),
        reraise=True,
        stop=_stop(patience),
        wait=_wait(patience),
        before_sleep=lambda state: say(_line(what, "no certain answer", state, patience)),
    )


class UncertainOutcomeError(Exception):
    """A request that may or may not have been carried out; ``fault`` says what was seen."""

    def __init__(self, fault: Exception) -> None:
        super().__init__()
        self.fault = fault


class PatientClient(httpx.Client):
    """Repeats requests that failed, where doing them twice is the same as doing them once.

    Other requests are repeated only where they cannot have reached the server, or where it said
    that it declined them. A server that has never answered is not tried again: more likely the
    address is wrong. Streamed answers are left to who reads them.
    """

    def __init__(self, patience: Patience, say: Say, renewal: Renewal, timeout: float) -> None:
        # A redirected POST would arrive as a GET, and look as if it had succeeded.
        super().__init__(timeout=timeout, follow_redirects=False, auth=renewal)
        self._patience = patience
        self._say = say
        self._answered = False
        self.date = ""
        """What the clock of the server showed when it last answered, as its header says it."""

    def send(
        self, request: httpx.Request, *, stream: bool = False, **options: Any
    ) -> httpx.Response:
        """Send a request, again where that may help, and read the answer to its end."""
        if stream:
            return super().send(request, stream=True, **options)
        harmless = request.method in _REPEATABLE or request.url.path.endswith(_RENEWAL)
        what = f"{request.method} {request.url.path}"

        def attempt() -> httpx.Response:
            response = super(PatientClient, self).send(request, **options)
            self._answered = True
            self.date = response.headers.get("date", "")
            return response

        return tenacity.Retrying(
            retry=lambda state: self._answered and _again(state, harmless),
            stop=_stop(self._patience),
            wait=_wait(self._patience),
            before_sleep=lambda state: self._say(_line(what, _seen(state), state, self._patience)),
            retry_error_callback=_last,
        )(attempt)


class Renewal(httpx.Auth):
    """Renews the short-lived access token, once for a request that was refused for it.

    ``renew`` returns the new Authorization header, or None where the token cannot be renewed.
    """

    def __init__(self) -> None:
        self.renew: Callable[[], str | None] = lambda: None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send a request; if it is refused, renew and send it once more."""
        response = yield request
        if response.status_code == 401 and "Authorization" in request.headers:
            header = self.renew()
            if header is not None:
                request.headers["Authorization"] = header
                yield request


def _stop(patience: Patience) -> tenacity.stop.stop_base:
    return tenacity.stop_after_attempt(patience.attempts) | tenacity.stop_after_delay(
        patience.total
    )


def _wait(patience: Patience) -> Callable[[tenacity.RetryCallState], float]:
    doubling = tenacity.wait_exponential(
        multiplier=patience.base, max=patience.longest
    ) + tenacity.wait_random(0, patience.base)
    return lambda state: min(max(doubling(state), _asked_for(state)), patience.longest)


def _again(state: tenacity.RetryCallState, harmless: bool) -> bool:
    outcome = state.outcome
    if outcome is None:
        return False
    error = outcome.exception()
    if error is not None:
        never_arrived = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        broken = isinstance(error, httpx.TransportError | httpx.DecodingError)
        return never_arrived or (harmless and broken)
    response: httpx.Response = outcome.result()
    if not harmless:
        return response.status_code == 429
    return response.status_code in BUSY or _cut_off(response)


def _cut_off(response: httpx.Response) -> bool:
    """Whether an answer that calls itself JSON is none. A proxy's own page is not retried."""
    if not response.is_success or "json" not in response.headers.get("content-type", ""):
        return response.is_success and not response.content
    try:
        json.loads(response.content)
    except ValueError:
        return True
    return False


def _asked_for(state: tenacity.RetryCallState) -> float:
    """The seconds of a Retry-After header, given as such or as a date; 0 where there is none."""
    outcome = state.outcome
    if outcome is None or outcome.failed or not isinstance(outcome.result(), httpx.Response):
        return 0.0
    value = outcome.result().headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return 0.0


def _seen(state: tenacity.RetryCallState) -> str:
    outcome = state.outcome
    error = outcome.exception() if outcome is not None else None
    if error is not None or outcome is None:
        return type(error).__name__
    response: httpx.Response = outcome.result()
    return f"HTTP {response.status_code}" if response.is_error else "an answer that is cut off"


def _line(what: str, seen: str, state: tenacity.RetryCallState, patience: Patience) -> str:
    pause = state.next_action.sleep if state.next_action is not None else 0.0
    return (
        f"{what}: {seen}; trying again in {pause:.1f} s "
        f"(attempt {state.attempt_number + 1} of {patience.attempts})"
    )


def _last(state: tenacity.RetryCallState) -> httpx.Response:
    if state.outcome is None:
        raise RuntimeError("no attempt was made")
    response: httpx.Response = state.outcome.result()
    return response
