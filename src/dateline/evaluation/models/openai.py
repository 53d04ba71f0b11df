"""Language models behind an endpoint that speaks OpenAI's chat completions."""

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

from dateline.corpus.store import sha256, write_atomically
from dateline.errors import DatelineError
from dateline.evaluation.models.interface import PredictionFailedError, Setting
from dateline.evaluation.models.prompt import Answer, answer_schema, as_prediction, instructions
from dateline.ontology.labels import Ontology
from dateline.predictions.prediction import Prediction
from dateline.predictions.texts import Text

OPTIONS = ("base_url", "key_variable", "temperature", "concurrency", "retries", "wait", "cache")
BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""Statuses after which it is worth trying again."""
TIMEOUT = 300.0


def make(setting: Setting) -> ChatModel:
    """The model that the argument names, at ``base_url`` or $OPENAI_BASE_URL.

    The key is read from the environment variable ``key_variable`` (OPENAI_API_KEY), and written
    nowhere. ``cache`` is a folder in which answers are kept; ``wait`` is how many seconds the first
    pause before another try takes. Raises DatelineError where an option is missing or is no number.
    """
    setting.refuse_other_options(*OPTIONS)
    try:
        import httpx  # noqa: F401, PLC0415 (optional)
        import tenacity  # noqa: F401, PLC0415 (optional)
    except ImportError:
        raise DatelineError(
            "install dateline with the extra «llm» to ask language models."
        ) from None
    base_url = setting.option("base_url", os.environ.get("OPENAI_BASE_URL", ""))
    if not setting.argument or not base_url:
        raise DatelineError(
            "write --model openai:MODEL, and say where it is: --option base_url=https://…/v1, or "
            "$OPENAI_BASE_URL."
        )
    try:
        return ChatModel(
            setting.argument,
            base_url,
            setting.ontology,
            key=os.environ.get(setting.option("key_variable", "OPENAI_API_KEY"), ""),
            temperature=float(setting.option("temperature", "0")),
            concurrency=int(setting.option("concurrency", "4")),
            retries=int(setting.option("retries", "5")),
            wait=float(setting.option("wait", "1")),
            cache=Path(setting.options["cache"]) if "cache" in setting.options else None,
        )
    except ValueError as error:
        raise DatelineError(f"--option: {error}") from None


class ChatModel:
    """Asks for each text once, a few at a time, and takes answers of the schema only."""

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
        self._spent: Counter[str] = Counter()
        self._lock = Lock()

    @property
    def settings(self) -> Mapping[str, Any]:
        """Model, host, temperature, and a hash of what is asked and of the schema of answers."""
        asked = json.dumps([self._instructions, self._body], sort_keys=True)
        return {
            "model": self._body["model"],
            "host": urlsplit(self._url).hostname,
            "temperature": self._body["temperature"],
            "prompt_sha256": sha256(asked.encode()),
        }

    @property
    def cost(self) -> Mapping[str, float]:
        """Requests, answers from the cache, and tokens as the endpoint counts them."""
        with self._lock:
            return dict(self._spent)

    def predict(self, texts: Sequence[Text]) -> Iterator[Prediction | PredictionFailedError]:
        """A prediction for each text, or why there is none."""
        with ThreadPoolExecutor(max_workers=max(self._concurrency, 1)) as pool:
            yield from pool.map(self._predict, texts)

    def _predict(self, text: Text) -> Prediction | PredictionFailedError:
        body = {
            **self._body,
            "messages": [
                {"role": "system", "content": self._instructions},
                {"role": "user", "content": text.text},
            ],
        }
        try:
            reply = self._cached(body)
            content = reply["choices"][0]["message"]["content"]
            answer = msgspec.json.decode(content or "", type=Answer)
        except PredictionFailedError as failed:
            return failed
        except (KeyError, IndexError, TypeError) as error:
            return PredictionFailedError(f"the reply is no chat completion: {error!r}")
        except msgspec.MsgspecError as error:
            return PredictionFailedError(f"the answer does not fit the schema: {error}")
        return as_prediction(answer, text, self._ontology)

    def _cached(self, body: Mapping[str, Any]) -> Any:
        content = json.dumps(body, sort_keys=True, ensure_ascii=False).encode()
        name = sha256(self._url.encode() + b"\n" + content)
        path = self._cache / f"{name}.json" if self._cache else None
        if path is not None and path.is_file():
            self._spend(answers_from_cache=1)
            return json.loads(path.read_bytes())
        reply = self._asked(content)
        usage = reply.get("usage") if isinstance(reply, dict) else None
        counted = usage if isinstance(usage, dict) else {}
        self._spend(
            input_tokens=counted.get("prompt_tokens", 0),
            output_tokens=counted.get("completion_tokens", 0),
        )
        if path is not None:
            write_atomically(path, json.dumps(reply).encode())
        return reply

    def _asked(self, content: bytes) -> Any:
        import httpx  # noqa: PLC0415 (optional)
        import tenacity  # noqa: PLC0415 (optional)

        def is_worth_another_try(error: BaseException) -> bool:
            if isinstance(error, httpx.HTTPStatusError):
                return error.response.status_code in BUSY
            return isinstance(error, httpx.TransportError)

        trying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(is_worth_another_try),
            stop=tenacity.stop_after_attempt(max(self._retries, 0) + 1),
            wait=tenacity.wait_exponential(multiplier=self._wait, max=60)
            + tenacity.wait_random(0, min(self._wait, 1)),
            reraise=True,
        )
        try:
            return trying(self._once, content)
        except httpx.HTTPStatusError as error:
            reply = error.response
            raise PredictionFailedError(
                f"the endpoint says {reply.status_code}: {reply.text[:200]}"
            ) from None
        except httpx.HTTPError as error:
            raise PredictionFailedError(f"the endpoint cannot be reached: {error}") from None
        except ValueError as error:
            raise PredictionFailedError(f"the reply is not JSON: {error}") from None

    def _once(self, content: bytes) -> Any:
        import httpx  # noqa: PLC0415 (optional)

        self._spend(requests=1)
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        reply = httpx.post(self._url, content=content, headers=headers, timeout=TIMEOUT)
        reply.raise_for_status()
        return reply.json()

    def _spend(self, **amounts: int) -> None:
        with self._lock:
            self._spent.update(amounts)
