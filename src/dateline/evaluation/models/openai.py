"""Language models, through an endpoint with OpenAI's chat completions API."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import msgspec

from dateline.errors import InvalidInputError, NotFoundError
from dateline.evaluation.models.interface import ModelConfig, PredictionFailure
from dateline.evaluation.models.secrets import without_secrets
from dateline.evaluation.prompting.answer import Answer, read_answer
from dateline.evaluation.prompting.asked import Asked, asked_for
from dateline.evaluation.prompting.grounding import as_prediction
from dateline.evaluation.prompting.prompt import instructions
from dateline.evaluation.prompting.schema import answer_schema, response_format
from dateline.extras import extra
from dateline.files.reading import MalformedError, decode_json, decode_json_as, read_bytes
from dateline.files.writing import remove_leftovers, sha256, write_atomically
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text
from dateline.text import escaped, redacted

if TYPE_CHECKING:
    import httpx

OPTIONS = (
    "base_url", "key_variable", "temperature", "concurrency", "retries", "wait", "cache",
    "allow_plain_http", "layers", "attributes",
)  # fmt: skip
BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""Status codes after which a request is repeated."""
TIMEOUT = 300.0
"""Seconds until a request is given up."""
LARGEST = 16 * 1024 * 1024
"""Bytes of a reply that are read."""
_PART = 64 * 1024
_SHOWN = 2000
"""Bytes of a refusal that are read."""


class _RequestFailedError(Exception):
    """A request failed for good; the message says why."""


class _Message(msgspec.Struct, frozen=True):
    content: str


class _Choice(msgspec.Struct, frozen=True):
    message: _Message


class _Completion(msgspec.Struct, frozen=True):
    """A chat completion, as far as it is read."""

    choices: Annotated[tuple[_Choice, ...], msgspec.Meta(min_length=1)]
    usage: Any = None

    @property
    def content(self) -> str:
        """What the model answered."""
        return self.choices[0].message.content

    def tokens(self, name: str) -> int:
        """A number of tokens; 0 if the endpoint does not tell."""
        number = self.usage.get(name) if isinstance(self.usage, dict) else None
        return number if type(number) is int and number > 0 else 0


def make(config: ModelConfig) -> ChatModel:
    """The model that the argument names, at the option ``base_url`` or $OPENAI_BASE_URL.

    The API key is read from the environment variable that ``key_variable`` names (by default
    OPENAI_API_KEY), and never stored. It is sent over plain HTTP only to this machine, or with
    ``allow_plain_http=yes``. ``cache`` is a folder for answers; ``wait`` is the pause before the
    first retry, in seconds. ``layers`` are those to ask for, separated by commas; with
    ``attributes=yes``, their attributes are asked for too. Raises MissingExtraError if a package is
    missing, and InvalidInputError if an option is missing or not a number.
    """
    config.check_options(*OPTIONS)
    with extra("llm"):
        import httpx  # noqa: F401, PLC0415 (optional)
        import tenacity  # noqa: F401, PLC0415 (optional)
    option = config.options.get
    base_url = option("base_url", os.environ.get("OPENAI_BASE_URL", ""))
    if not config.argument or not base_url:
        raise InvalidInputError(
            "openai needs a model, as in openai:MODEL, and the option base_url=https://HOST/v1 (or "
            "$OPENAI_BASE_URL)."
        )
    variable = option("key_variable", "OPENAI_API_KEY")
    key = os.environ.get(variable, "").strip()
    if not re.fullmatch(r"[!-~]*", key):
        raise InvalidInputError(f"${variable}: has characters that an API key cannot have.")
    _check_address(base_url, is_private=not key or option("allow_plain_http") == "yes")
    layers = [name.strip() for name in option("layers", "").split(",") if name.strip()]
    asked = asked_for(config.ontology, layers, attributes=option("attributes") == "yes")
    try:
        return ChatModel(
            config.argument,
            base_url,
            asked,
            key=key,
            temperature=float(option("temperature", "0")),
            concurrency=int(option("concurrency", "4")),
            retries=int(option("retries", "5")),
            wait=float(option("wait", "1")),
            cache=Path(config.options["cache"]) if "cache" in config.options else None,
        )
    except ValueError as error:
        raise InvalidInputError(f"openai: an option is not a number: {error}.") from None


class ChatModel:
    """Sends one request per text, several at a time; answers must fit the schema."""

    version = None

    def __init__(
        self,
        model: str,
        base_url: str,
        asked: Asked,
        *,
        key: str,
        temperature: float,
        concurrency: int,
        retries: int,
        wait: float,
        cache: Path | None,
    ) -> None:
        if cache is not None:
            remove_leftovers(cache)
        self._asked = asked
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._key = key
        self._retries, self._wait = retries, wait
        self._concurrency = concurrency
        self._cache = cache
        self._body = {
            "model": model,
            "temperature": temperature,
            "response_format": response_format(answer_schema(asked)),
        }
        self._instructions = instructions(asked)
        self._cost: Counter[str] = Counter()
        self._lock = Lock()

    @property
    def settings(self) -> Mapping[str, Any]:
        """Model, host, temperature, and a hash of the prompt and the answer schema."""
        prompt = json.dumps([self._instructions, self._body], sort_keys=True)
        return {
            "model": self._body["model"],
            "host": urlsplit(self._url).hostname,
            "temperature": self._body["temperature"],
            "prompt_sha256": sha256(prompt.encode()),
        }

    @property
    def cost(self) -> Mapping[str, float]:
        """Requests, cached answers, and tokens as counted by the endpoint."""
        with self._lock:
            return dict(self._cost)

    def predict(self, texts: Sequence[Text]) -> Iterator[Prediction | PredictionFailure]:
        """A prediction or a failure for each text."""
        with ThreadPoolExecutor(max_workers=max(self._concurrency, 1)) as pool:
            yield from pool.map(self._predict, texts)

    def _predict(self, text: Text) -> Prediction | PredictionFailure:
        body = {
            **self._body,
            "messages": [
                {"role": "system", "content": self._instructions},
                {"role": "user", "content": text.text},
            ],
        }
        try:
            answer = self._answer(body)
        except _RequestFailedError as error:
            return PredictionFailure(reason=redacted(error, [self._key]))
        return as_prediction(answer, text, self._asked).prediction

    def _answer(self, body: Mapping[str, Any]) -> Answer:
        content = json.dumps(body, sort_keys=True, ensure_ascii=False).encode()
        name = sha256(self._url.encode() + b"\n" + content)
        path = self._cache / f"{name}.json" if self._cache else None
        if path is not None:
            # An answer that cannot be read is requested again.
            with contextlib.suppress(NotFoundError, InvalidInputError):
                answer = decode_json_as(read_bytes(path), Answer)
                self._count(answers_from_cache=1)
                return answer
        answer = self._checked(self._request(content))
        if path is not None:
            write_atomically(path, msgspec.json.encode(answer))
        return answer

    def _checked(self, reply: bytes) -> Answer:
        try:
            value = decode_json(reply)
        except MalformedError as error:
            raise _RequestFailedError(f"the reply is not JSON: {error.problem}") from None
        try:
            completion = msgspec.convert(value, _Completion)
        except msgspec.ValidationError as error:
            raise _RequestFailedError(f"the reply is not a chat completion: {error}") from None
        self._count(
            input_tokens=completion.tokens("prompt_tokens"),
            output_tokens=completion.tokens("completion_tokens"),
        )
        # An endpoint may repeat what it was sent, and the words of an answer are stored.
        content = without_secrets(completion.content, [self._key] if self._key else [])
        try:
            return read_answer(content)
        except MalformedError as error:
            raise _RequestFailedError(
                f"the answer does not fit the schema: {error.problem}"
            ) from None

    def _request(self, content: bytes) -> bytes:
        import httpx  # noqa: PLC0415 (optional)
        import tenacity  # noqa: PLC0415 (optional)

        def is_temporary(error: BaseException) -> bool:
            if isinstance(error, httpx.HTTPStatusError):
                return error.response.status_code in BUSY
            return isinstance(error, httpx.TransportError)

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(is_temporary),
            stop=tenacity.stop_after_attempt(max(self._retries, 0) + 1),
            wait=tenacity.wait_exponential(multiplier=self._wait, max=60)
            + tenacity.wait_random(0, min(self._wait, 1)),
            reraise=True,
        )
        try:
            return retrying(self._post, content)
        except httpx.HTTPStatusError as error:
            said = f": {error}" if str(error) else ""
            raise _RequestFailedError(
                f"the endpoint answered {error.response.status_code}{said}"
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _RequestFailedError(f"the endpoint cannot be reached: {error}") from None

    def _post(self, content: bytes) -> bytes:
        import httpx  # noqa: PLC0415 (optional)

        self._count(requests=1)
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        with httpx.stream(
            "POST", self._url, content=content, headers=headers, timeout=TIMEOUT
        ) as reply:
            if not reply.is_success:
                shown = _read(reply, _SHOWN, cut=True).decode("utf-8", "replace")
                raise httpx.HTTPStatusError(shown, request=reply.request, response=reply)
            return _read(reply, LARGEST)

    def _count(self, **amounts: int) -> None:
        with self._lock:
            self._cost.update(amounts)


def _read(reply: httpx.Response, limit: int, *, cut: bool = False) -> bytes:
    """The content of a reply, of limited length and in limited time."""
    until = time.monotonic() + TIMEOUT
    found = bytearray()
    for part in reply.iter_bytes(_PART):
        found += part
        if len(found) > limit and not cut:
            raise _RequestFailedError(f"the reply is longer than {limit:,} bytes")
        if len(found) >= limit and cut:
            return bytes(found[:limit])
        if time.monotonic() > until:
            raise _RequestFailedError(f"the reply is not complete after {TIMEOUT:g} seconds")
    return bytes(found)


def _check_address(base_url: str, *, is_private: bool) -> None:
    """Raise InvalidInputError for an invalid address, and for one that would expose the key."""
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        raise InvalidInputError(
            "openai: base_url is not an address such as https://HOST/v1; names and passwords in it "
            "are not allowed."
        )
    if parts.scheme == "http" and not is_private and not _is_this_machine(host):
        raise InvalidInputError(
            f"openai: base_url would send the API key to {escaped(host)} unencrypted. Use "
            "https, or set the option allow_plain_http=yes."
        )


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
