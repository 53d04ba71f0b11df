"""Retries for a server or a network that fails now and then.

This works below the SDK, whose own retries also repeat POST requests, which would be carried out
twice if only the answer got lost, and do not cover answers that break off halfway.
"""

from __future__ import annotations

import contextlib
import email.utils
import time
from collections.abc import Callable, Generator
from typing import Any

import httpx
import tenacity

from dateline.files.reading import MalformedError, decode_json
from dateline.label_studio.server.error_messages import UncertainOutcomeError
from dateline.label_studio.server.responses import limited
from dateline.model import Struct

Notify = Callable[[str], None]
"""Receives one line for each retry."""

RETRYABLE = frozenset({408, 429, 500, 502, 503, 504})
"""HTTP statuses after which the same request may succeed."""

_REPEATABLE = frozenset({"GET", "HEAD", "PATCH"})
_OF_TRANSFER = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_TOKEN_REFRESH = "/api/token/refresh/"  # noqa: S105 (a path)


class RetryPolicy(Struct, frozen=True):
    """How often and how long to retry; all times in seconds.

    Pauses start at ``first_pause`` and double up to ``longest_pause``, which also bounds what the
    server asks for. ``total_time`` bounds all attempts together.
    """

    first_pause: float = 1.0
    longest_pause: float = 60.0
    attempts: int = 5
    total_time: float = 300.0

    @classmethod
    def starting_at(cls, pause: float) -> RetryPolicy:
        """The default policy, scaled to another first pause."""
        return cls(first_pause=pause, longest_pause=60 * pause)

    def retrying(
        self,
        notify: Notify,
        action: str,
        retry: Callable[[tenacity.RetryCallState], bool] | None = None,
    ) -> tenacity.Retrying:
        """Run a function again while ``retry`` is true, by default after UncertainOutcomeError.

        Returns or raises the last outcome.
        """
        return tenacity.Retrying(
            retry=retry or tenacity.retry_if_exception_type(UncertainOutcomeError),
            stop=tenacity.stop_after_attempt(self.attempts)
            | tenacity.stop_after_delay(self.total_time),
            wait=self._pause,
            before_sleep=lambda state: notify(self._line(action, state)),
            retry_error_callback=lambda state: state.outcome and state.outcome.result(),
        )

    def _pause(self, state: tenacity.RetryCallState) -> float:
        """Seconds before the next attempt: doubling, jittered, or as the server asks."""
        doubling = tenacity.wait_exponential(
            multiplier=self.first_pause, max=self.longest_pause
        ) + tenacity.wait_random(0, self.first_pause)
        return min(max(doubling(state), _retry_after(_outcome(state))), self.longest_pause)

    def _line(self, action: str, state: tenacity.RetryCallState) -> str:
        pause = state.next_action.sleep if state.next_action is not None else 0.0
        return (
            f"{action}: {_seen(_outcome(state))}; retrying in {pause:.1f} s "
            f"(attempt {state.attempt_number + 1} of {self.attempts})"
        )


class RetryingClient(httpx.Client):
    """Retries failed requests that have the same effect when they are repeated.

    Other requests are retried only if they cannot have reached the server, or if it answered 429. A
    server that has never answered is not retried: the address is probably wrong. Streamed answers
    are left to the caller.
    """

    def __init__(
        self, policy: RetryPolicy, notify: Notify, renewal: TokenRenewal, timeout: float
    ) -> None:
        # A redirected POST would arrive as a GET, and look as if it had succeeded.
        super().__init__(timeout=timeout, follow_redirects=False, auth=renewal)
        self._policy = policy
        self._notify = notify
        self._answered = False
        self.date = ""
        """The ``Date`` header of the server's last answer."""

    def send(
        self, request: httpx.Request, *, stream: bool = False, **options: Any
    ) -> httpx.Response:
        """Send a request, with retries, and read the whole answer.

        Raises MalformedError if a successful answer is not JSON.
        """
        if stream:
            return super().send(request, stream=True, **options)
        repeatable = request.method in _REPEATABLE or request.url.path.endswith(_TOKEN_REFRESH)

        def attempt() -> httpx.Response:
            received = super(RetryingClient, self).send(request, stream=True, **options)
            with contextlib.closing(received):
                content = limited(received.iter_bytes())
            headers = [
                (name, value)
                for name, value in received.headers.multi_items()
                if name.lower() not in _OF_TRANSFER
            ]
            response = httpx.Response(
                received.status_code, headers=headers, content=content, request=request
            )
            self._answered = True
            self.date = response.headers.get("date", "")
            return response

        response = self._policy.retrying(
            self._notify,
            f"{request.method} {request.url.path}",
            lambda state: self._answered and _may_succeed(_outcome(state), repeatable),
        )(attempt)
        if response.is_success and response.content:
            decode_json(response.content)  # more strictly than the SDK does
        return response


class TokenRenewal(httpx.Auth):
    """Renews the short-lived access token once for each request that is refused because of it.

    ``renew`` returns the new Authorization header, or None if the token cannot be renewed.
    """

    def __init__(self) -> None:
        self.renew: Callable[[], str | None] = lambda: None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send a request; if it is refused, renew the token and send it again."""
        response = yield request
        if response.status_code == 401 and "Authorization" in request.headers:
            header = self.renew()
            if header is not None:
                request.headers["Authorization"] = header
                yield request


def _outcome(state: tenacity.RetryCallState) -> object:
    """What the last attempt returned, or the exception that it raised."""
    if state.outcome is None:
        return None
    return state.outcome.exception() or state.outcome.result()


def _may_succeed(outcome: object, repeatable: bool) -> bool:
    """Whether to send a request again after this outcome."""
    if isinstance(outcome, httpx.Response):
        if not repeatable:
            return outcome.status_code == 429
        return outcome.status_code in RETRYABLE or _cut_off(outcome)
    if isinstance(outcome, httpx.ConnectError | httpx.ConnectTimeout):
        return True
    return repeatable and isinstance(outcome, httpx.TransportError | httpx.DecodingError)


def _cut_off(response: httpx.Response) -> bool:
    """Whether an answer declared as JSON is not JSON. A proxy's own page is not retried."""
    if not response.is_success or "json" not in response.headers.get("content-type", ""):
        return response.is_success and not response.content
    try:
        decode_json(response.content)
    except MalformedError:
        return True
    return False


def _retry_after(outcome: object) -> float:
    """Seconds of a ``Retry-After`` header, given as seconds or as a date; 0 without one."""
    if not isinstance(outcome, httpx.Response):
        return 0.0
    value = outcome.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return 0.0


def _seen(outcome: object) -> str:
    if isinstance(outcome, UncertainOutcomeError):
        return "outcome unknown"
    if not isinstance(outcome, httpx.Response):
        return type(outcome).__name__
    return f"HTTP {outcome.status_code}" if outcome.is_error else "incomplete answer"
