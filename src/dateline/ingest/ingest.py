"""Seeds to documents: ``seeds/<id>.txt`` and an optional sidecar to ``corpus/<id>.json``.

Deterministic, and safe to run again: an unchanged seed changes nothing (its segmentation stays
frozen even where a newer library would cut otherwise), and the text of a document that somebody has
annotated is never changed. One bad seed is refused with a reason; the others still go in.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from dateline.corpus.boilerplate import drop_boilerplate
from dateline.corpus.segmentation import segment
from dateline.corpus.splits import assign_split
from dateline.corpus.store import Corpus, sha256
from dateline.errors import DatelineError
from dateline.model import Document, Rights, Seed, Source, Struct
from dateline.ontology.schemas import Schema, boilerplate, split_shares
from dateline.text import sha256_of_text
from dateline.validation.schema import SchemaValidator

LARGEST_SEED = 1_000_000
"""Bytes. A labelling page with more text than this is of no use to anybody."""

SIDECAR_KEYS = ("title", "language", "source", "rights")


class Outcome(Struct, frozen=True):
    """What became of one seed; ``message`` says why where it was refused."""

    seed: str
    result: Literal["added", "updated", "unchanged", "refused"]
    message: str = ""


def find_seeds(corpus: Corpus, paths: Iterable[Path]) -> list[Path]:
    """The seeds meant by the paths, files or folders; without paths, all of ``seeds/``.

    Raises DatelineError for a folder that was named and has none.
    """
    chosen = list(paths) or [corpus.seeds]
    found: dict[Path, None] = {}
    for path in chosen:
        if path.is_dir() and path.suffix != ".txt":
            texts = [text for text in sorted(path.glob("*.txt")) if not text.name.startswith(".")]
            if path != corpus.seeds and not texts:
                raise DatelineError(
                    f"{path}: holds no texts (NAME.txt); seeds lie in {corpus.seeds}."
                )
            found.update(dict.fromkeys(texts))
        else:
            found[path.with_suffix(".txt") if path.suffix == ".toml" else path] = None
    return list(found)


def ignored_files(corpus: Corpus) -> list[Path]:
    """What lies in ``seeds/`` but is neither a seed nor the sidecar of one."""
    return [
        path
        for path in sorted(corpus.seeds.glob("*"))
        if not path.name.startswith(".")
        and path.suffix != ".txt"
        and not (path.suffix == ".toml" and path.with_suffix(".txt").exists())
    ]


def ingest(corpus: Corpus, seeds: Iterable[Path]) -> Iterator[Outcome]:
    """Bring seeds into the corpus, an outcome for each.

    Raises DatelineError for unusable schemas.
    """
    ingester = _Ingester(corpus)
    for path in seeds:
        name = corpus.relative(path)
        try:
            yield Outcome(seed=name, result=ingester.ingest(path))
        except DatelineError as fault:
            yield Outcome(seed=name, result="refused", message=str(fault))
        except OSError as error:
            yield Outcome(seed=name, result="refused", message=f"{error.strerror}.")


class _Ingester:
    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._validator = SchemaValidator(corpus.schemas, "document")
        self._shares = split_shares(corpus.schemas)
        self._boilerplate = boilerplate(corpus.schemas)
        self._pattern = corpus.schemas["document"]["$defs"]["documentId"]["pattern"]
        self._default_license = _default(corpus.schemas["document"], "license")
        self._default_redistribute = _default(corpus.schemas["document"], "redistribute_text")
        self._by_text = {
            document.text_sha256: document.id
            for document in map(corpus.read_document, corpus.document_ids())
        }

    def ingest(self, path: Path) -> Literal["added", "updated", "unchanged"]:
        content, text = self._read_seed(path)
        sidecar = _read_sidecar(path.with_suffix(".toml"))
        known = self._corpus.document_path(path.stem)
        old = self._corpus.read_document(path.stem) if known.is_file() else None
        decoded, dropped = drop_boilerplate(text, self._boilerplate)
        seed = Seed(file=path.name, sha256=sha256(content), dropped=dropped)
        if old is not None and old.text == decoded:
            sentences, tokens = old.sentences, old.tokens
        else:
            self._refuse_change(old)
            self._refuse_duplicate(decoded, path.stem)
            if not decoded.strip():
                raise DatelineError(
                    "holds no text besides boilerplate; remove it, or put the text in."
                )
            sentences, tokens = segment(decoded)
        document = Document(
            id=path.stem,
            text=decoded,
            text_sha256=sha256_of_text(decoded),
            split=old.split if old else assign_split(path.stem, self._shares),
            seed=seed,
            sentences=sentences,
            tokens=tokens,
            **self._metadata(sidecar),
        )
        self._refuse_illegal(document, path.with_suffix(".toml"))
        changed = self._corpus.write_document(document)
        if old is not None and old.text_sha256 != document.text_sha256:
            del self._by_text[old.text_sha256]
        self._by_text[document.text_sha256] = document.id
        if old is None:
            return "added"
        return "updated" if changed else "unchanged"

    def _read_seed(self, path: Path) -> tuple[bytes, str]:
        if not path.exists():
            raise DatelineError("there is no such file.")
        seeds = self._corpus.seeds.resolve()
        if path.resolve().parent != seeds:
            raise DatelineError(
                "lies outside of seeds/, or is a link to a file outside; copy the file itself "
                "into seeds/."
            )
        if not re.search(self._pattern, path.stem) or path.suffix != ".txt":
            raise DatelineError(
                f"the file name must be {self._pattern.strip('^$')}.txt (lower-case letters, "
                "digits, _ and -), as it becomes the document's id; rename it."
            )
        if not path.is_file():
            raise DatelineError("is not a file; put the text in a file of that name.")
        size = path.stat().st_size
        if size > LARGEST_SEED:
            raise DatelineError(
                f"has {size:,} bytes, and {LARGEST_SEED:,} is the most that can be annotated "
                "as one document; split it."
            )
        content = path.read_bytes()
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DatelineError(
                f"is not UTF-8: byte {content[error.start]:#04x} at position {error.start}; "
                "save the file as UTF-8."
            ) from None
        if "\0" in text:
            raise DatelineError(
                f"has a NUL character at offset {text.index(chr(0))}, which no database or page "
                "can hold; remove it."
            )
        if not text.strip("\ufeff \t\r\n"):
            raise DatelineError("is empty; put the text in, or remove it.")
        return content, text

    def _refuse_change(self, old: Document | None) -> None:
        if old is None:
            return
        annotators = self._corpus.annotators_of(old.id)
        if annotators:
            raise DatelineError(
                f"has changed, but {', '.join(annotators)} annotated the text as it was. Restore "
                "the seed from version control and save the new text as a new seed, under another "
                "name."
            )

    def _refuse_duplicate(self, text: str, document: str) -> None:
        other = self._by_text.get(sha256_of_text(text), document)
        if other != document:
            raise DatelineError(
                f"has the same text as the document «{other}»; remove one of the two."
            )

    def _metadata(self, sidecar: Mapping[str, Any]) -> dict[str, Any]:
        source, rights = sidecar.get("source", {}), sidecar.get("rights", {})
        return {
            "title": sidecar.get("title"),
            "language": sidecar.get("language"),
            "source": Source(
                publisher=source.get("publisher"),
                url=source.get("url"),
                published=source.get("published"),
            ),
            "rights": Rights(
                license=rights.get("license", self._default_license),
                holder=rights.get("holder"),
                redistribute_text=rights.get("redistribute_text", self._default_redistribute),
            ),
        }

    def _refuse_illegal(self, document: Document, sidecar: Path) -> None:
        # All else is made by ourselves, so what does not fit the schema came from the sidecar.
        findings = self._validator.findings(msgspec.json.decode(msgspec.json.encode(document)))
        faults = [
            f"{f.pointer.strip('/').replace('/', '.')} {f.message}. {f.hint}" for f in findings
        ]
        if faults:
            raise DatelineError(f"{sidecar.name}: " + "\n  ".join(faults))


def _read_sidecar(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    try:
        sidecar = tomllib.loads(path.read_bytes().decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DatelineError(f"{path.name}: is not TOML in UTF-8: {error}.") from None
    sections = {"source": Source.__struct_fields__, "rights": Rights.__struct_fields__}
    for key, value in sidecar.items():
        if key not in SIDECAR_KEYS:
            raise DatelineError(
                f"{path.name}: «{key}» is not known; known are {', '.join(SIDECAR_KEYS)}."
            )
        if key in sections:
            if not isinstance(value, dict):
                raise DatelineError(f"{path.name}: «{key}» must be a table; write it as [{key}].")
            for inner in value:
                if inner not in sections[key]:
                    raise DatelineError(
                        f"{path.name}: «{key}.{inner}» is not known; known are "
                        f"{', '.join(sections[key])}."
                    )
    published = sidecar.get("source", {}).get("published")
    if isinstance(published, date):
        day = published.date() if isinstance(published, datetime) else published
        sidecar["source"]["published"] = day.isoformat()
    return sidecar


def _default(schema: Schema, name: str) -> Any:
    return schema["properties"]["rights"]["properties"][name]["default"]
