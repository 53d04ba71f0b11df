"""Predictions: what systems say about documents, a line of JSON for each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.model import (
    LAYERS,
    SCHEMA_VERSION,
    Annotation,
    Document,
    Provenance,
    canonical,
)
from dateline.predictions.prediction import Prediction
from dateline.validation.engine import Checker
from dateline.validation.schema import SchemaValidator

SHOWN = 20
"""How many problems a message lists."""
LONGEST = 64 * 1024 * 1024
"""Bytes of a line that are read; a longer one is no prediction."""


def read_predictions(corpus: Corpus, path: Path) -> dict[str, Annotation]:
    """The predictions of a JSON Lines file as annotations, by document.

    The annotator is the file's stem, as far as a pseudonym may have it. Raises DatelineError,
    naming line, place and hint of everything that is wrong: with the JSON, the schema, the
    documents, or what an annotation must hold to.
    """
    annotator = re.sub(r"[^a-z0-9_-]+", "-", path.stem.lower()).strip("-_")[:40] or "predictions"
    reader = _Reader(corpus, annotator)
    try:
        with path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST + 1), b""), 1):
                if line.strip():
                    reader.line(number, line)
    except OSError as error:
        raise DatelineError(f"{path}: {error.strerror}.") from None
    if reader.problems:
        more = len(reader.problems) - SHOWN
        raise DatelineError(
            f"{path}: cannot be used:\n"
            + "\n".join(f"  {problem}" for problem in reader.problems[:SHOWN])
            + (f"\n  and {more} more" if more > 0 else "")
        )
    if not reader.found:
        raise DatelineError(
            f"{path}: holds no predictions; it needs a line of JSON for each document."
        )
    return reader.found


def decode_predictions(path: Path) -> Iterator[tuple[int, Prediction]]:
    """The lines of a JSON Lines file with their numbers, checked for their shape and no further.

    Raises DatelineError, naming the line, where one has another shape than a prediction.
    """
    decoder = msgspec.json.Decoder(Prediction)
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, decoder.decode(line)
    except OSError as error:
        raise DatelineError(f"{path}: {error.strerror}.") from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DatelineError(
            f"{path}, line {number}: {error}. `dateline check-predictions {path.name}` says "
            "everything that is wrong."
        ) from None


class _Reader:
    def __init__(self, corpus: Corpus, annotator: str) -> None:
        self._corpus = corpus
        self._annotator = annotator
        self._schema = SchemaValidator(corpus.schemas, "prediction")
        self._checker = Checker(corpus)
        self._known = frozenset(corpus.document_ids())
        self._lines: dict[str, int] = {}
        self.found: dict[str, Annotation] = {}
        self.problems: list[str] = []

    def line(self, number: int, line: bytes) -> None:
        """Take in a line, or note what is wrong with it."""
        problems = [f"line {number}: {problem}" for problem in self._problems(number, line)]
        self.problems += problems

    def _problems(self, number: int, line: bytes) -> Iterator[str]:
        if len(line) > LONGEST:
            yield f"is longer than {LONGEST // 1024**2} MB, and was not read"
            return
        try:
            instance = json.loads(line)
        except UnicodeDecodeError as error:
            yield f"is not UTF-8: {error.reason} at byte {error.start}"
            return
        except (json.JSONDecodeError, RecursionError) as error:
            yield f"is not JSON: {error}"
            return
        wrong = [
            f"{f.pointer or '/'}: {f.message}. {f.hint or ''}".rstrip()
            for f in self._schema.findings(instance)
        ]
        if wrong:
            yield from wrong
            return
        prediction = msgspec.convert(instance, Prediction)
        name = prediction.document
        if name not in self._known:
            yield f"/document: «{name}»: there is no file corpus/{name}.json"
            return
        if name in self._lines:
            yield f"/document: «{name}»: has line {self._lines[name]} already; keep one"
            return
        self._lines[name] = number
        document = self._corpus.read_document(name)
        if prediction.text_sha256 not in (None, document.text_sha256):
            yield (
                f"/text_sha256: is not that of corpus/{name}.json, so another text was read; "
                "predict on this one"
            )
            return
        annotation = _annotation(prediction, document, self._annotator)
        errors = [
            f"{i.pointer} {i.code}: {i.message}. {i.hint or ''}".rstrip()
            for i in self._checker.check_annotation(annotation, document)
            if i.level == "error"
        ]
        yield from errors
        if not errors:
            self.found[name] = annotation


def _annotation(prediction: Prediction, document: Document, annotator: str) -> Annotation:
    said = {
        "entities": (prediction.mentions, prediction.entities),
        "events": (prediction.events,),
        "claims": (prediction.claims,),
    }
    return canonical(
        Annotation(
            schema_version=SCHEMA_VERSION,
            document=prediction.document,
            text_sha256=document.text_sha256,
            annotator=annotator,
            layers=tuple(layer for layer in LAYERS if any(said[layer])) or LAYERS,
            status="draft",
            provenance=Provenance(
                kind="model",
                tool=annotator,
                created=None,
                updated=None,
                label_studio=None,
                note=None,
            ),
            mentions=prediction.mentions,
            entities=prediction.entities,
            events=prediction.events,
            event_relations=prediction.event_relations,
            claims=prediction.claims,
            claim_relations=prediction.claim_relations,
            retired=(),
        )
    )
