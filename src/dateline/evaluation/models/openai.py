"""Language models, through an endpoint with OpenAI's chat completions API."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import msgspec

from dateline.errors import InvalidInputError, missing_extra
from dateline.evaluation.models.interface import ModelConfig, PredictionFailure
from dateline.evaluation.models.prompt import Answer, answer_schema, as_prediction, instructions
from dateline.files.writing import sha256, write_atomically
from dateline.ontology.labels import Ontology
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text

OPTIONS = ("base_url", "key_variable", "temperature", "concurrency", "retries", "wait", "cache")
BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""Status codes after which a request is repeated."""
TIMEOUT = 300.0
"""Seconds until a request is given up."""


class _RequestFailedError(Exception):
    """A request failed for good; the message says why."""


def make(config: ModelConfig) -> ChatModel:
    """The model that the argument names, at the option ``base_url`` or $OPENAI_BASE_URL.

    The API key is read from the environment variable that ``key_variable`` names (by default
    OPENAI_API_KEY), and never stored. ``cache`` is a folder for answers; ``wait`` is the pause
    before the first retry, in seconds. Raises MissingExtraError if a package is missing, and
    InvalidInputError if an option is missing or not a number.
    """
    config.check_options(*OPTIONS)
    try:
        import httpx  # noqa: F401, PLC0415 (optional)
        import tenacity  # noqa: F401, PLC0415 (optional)
    except ImportError as error:
        raise missing_extra(error.name or "httpx", "llm") from None
    option = config.options.get
    base_url = option("base_url", os.environ.get("OPENAI_BASE_URL", ""))
    if not config.argument or not base_url:
        raise InvalidInputError(
            "openai needs a model, as in openai:MODEL, and the option base_url=https://HOST/v1 (or "
            "$OPENAI_BASE_URL)."
        )
    try:
        return ChatModel(
            config.argument,
            base_url,
            config.ontology,
            key=os.environ.get(option("key_variable", "OPENAI_API_KEY"), ""),
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
        ontology: Ontology,
        *,
        key: str,
        temperature: float,
        concurrency: int,
        retries: int,
        wait: float,
        cache: Path | None,
    ) -> None:
        self._ontology = ontology
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._key = key
        self._retries, self._wait = retries, wait
        self._concurrency = concurrency
        self._cache = cache
        self._body = {
            "model": model,
            "temperature": temperature,
            "response_format": {
                "type": "json_schema",
                "json_schema": {
                    "name": "annotation",
                    "strict": True,
                    "schema": answer_schema(ontology),
                },
            },
        }
        self._instructions = instructions(ontology)
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
            reply = self._reply(body)
            content = reply["choices"][0]["message"]["content"]
            answer = msgspec.json.decode(content or "", type=Answer)
        except _RequestFailedError as error:
            return PredictionFailure(reason=str(error))
        except (KeyError, IndexError, TypeError) as error:
            return PredictionFailure(reason=f"the reply is not a chat completion: {error!r}")
        except msgspec.MsgspecError as error:
            return PredictionFailure(reason=f"the answer does not fit the schema: {error}")
        return as_prediction(answer, text, self._ontology)

    def _reply(self, body: Mapping[str, Any]) -> Any:
        content = json.dumps(body, sort_keys=True, ensure_ascii=False).encode()
        name = sha256(self._url.encode() + b"\n" + content)
        path = self._cache / f"{name}.json" if self._cache else None
        if path is not None and path.is_file():
            self._count(answers_from_cache=1)
            return json.loads(path.read_bytes())
        reply = self._request(content)
        usage = reply.get("usage") if isinstance(reply, dict) else None
        counted = usage if isinstance(usage, dict) else {}
        self._count(
            input_tokens=counted.get("prompt_tokens", 0),
            output_tokens=counted.get("completion_tokens", 0),
        )
        if path is not None:
            write_atomically(path, json.dumps(reply).encode())
        return reply

    def _request(self, content: bytes) -> Any:
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
            reply = error.response
            raise _RequestFailedError(
                f"the endpoint answered {reply.status_code}: {reply.text[:200]}"
            ) from None
        except httpx.HTTPError as error:
            raise _RequestFailedError(f"the endpoint cannot be reached: {error}") from None
        except ValueError as error:
            raise _RequestFailedError(f"the reply is not JSON: {error}") from None

    def _post(self, content: bytes) -> Any:
        import httpx  # noqa: PLC0415 (optional)

        self._count(requests=1)
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        reply = httpx.post(self._url, content=content, headers=headers, timeout=TIMEOUT)
        reply.raise_for_status()
        return reply.json()

    def _count(self, **amounts: int) -> None:
        with self._lock:
            self._cost.update(amounts)
