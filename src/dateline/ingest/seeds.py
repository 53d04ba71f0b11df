"""Find and read seed texts: ``seeds/<id>.txt``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError, NotFoundError

MAX_BYTES = 1_000_000
"""A longer text is of no use in a labelling page."""


def find_seeds(corpus: Corpus, paths: Iterable[Path]) -> list[Path]:
    """The seeds at these paths, which are files or folders; without paths, all of ``seeds/``.

    The path of a sidecar selects its seed. Raises NotFoundError for a folder without seeds.
    """
    chosen = list(paths) or [corpus.seeds]
    found: dict[Path, None] = {}
    for path in chosen:
        if path.is_dir() and path.suffix != ".txt":
            texts = [text for text in sorted(path.glob("*.txt")) if not text.name.startswith(".")]
            if path != corpus.seeds and not texts:
                raise NotFoundError(
                    f"{path}: has no seed texts (NAME.txt); the folder of seeds is {corpus.seeds}."
                )
            found.update(dict.fromkeys(texts))
        else:
            found[path.with_suffix(".txt") if path.suffix == ".toml" else path] = None
    return list(found)


def ignored_files(corpus: Corpus) -> list[Path]:
    """Files in ``seeds/`` that are neither a seed nor the sidecar of one."""
    return [
        path
        for path in sorted(corpus.seeds.glob("*"))
        if not path.name.startswith(".")
        and path.suffix != ".txt"
        and not (path.suffix == ".toml" and path.with_suffix(".txt").exists())
    ]


def read_seed(corpus: Corpus, path: Path) -> tuple[bytes, str]:
    """The bytes and the text of a seed.

    Raises NotFoundError or InvalidInputError, whose messages do not repeat the path.
    """
    if not path.exists():
        raise NotFoundError("there is no such file.")
    if path.resolve().parent != corpus.seeds.resolve():
        raise InvalidInputError(
            "is not in seeds/, or is a link to a file elsewhere; copy the file itself into seeds/."
        )
    pattern = corpus.schemas["document"]["$defs"]["documentId"]["pattern"]
    if not re.search(pattern, path.stem) or path.suffix != ".txt":
        raise InvalidInputError(
            f"the file name must match {pattern.strip('^$')}.txt, because it becomes the id of the "
            "document; rename the file."
        )
    if not path.is_file():
        raise InvalidInputError("is not a file; put the text into a file of this name.")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise InvalidInputError(
            f"has {size:,} bytes, the maximum is {MAX_BYTES:,}; split the text into several seeds."
        )
    content = path.read_bytes()
    return content, _decoded(content)


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"is not UTF-8: byte {content[error.start]:#04x} at position {error.start}; "
            "save the file as UTF-8."
        ) from None
    if "\0" in text:
        raise InvalidInputError(
            f"has a NUL character at offset {text.index(chr(0))}, which databases and web pages "
            "cannot store; remove it."
        )
    if not text.strip("\ufeff \t\r\n"):
        raise InvalidInputError("is empty; add the text, or remove the file.")
    return text
