"""Find and read seed texts: ``seeds/<id>.txt``."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path

from dateline.corpus.seed_names import (
    SEED_COMPANIONS,
    SEED_DEFAULTS,
    document_id,
    document_id_pattern,
    is_document_id,
)
from dateline.corpus.store import Corpus
from dateline.corpus.unread_files import is_read_seed
from dateline.errors import ConflictError, InvalidInputError, NotFoundError
from dateline.files.reading import BYTE_ORDER_MARK, MalformedError, decode_text, read_bytes

MAX_BYTES = 1_000_000
"""A longer text is of no use in a labelling page."""


def find_seeds(corpus: Corpus, paths: Iterable[Path]) -> list[Path]:
    """The seeds at these paths, which are files or folders; without paths, all of ``seeds/``.

    The path of a file that belongs to a seed selects the seed. Raises NotFoundError for a folder
    without seeds.
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
            found[_seed_of(path)] = None
    return list(found)


def _seed_of(path: Path) -> Path:
    for ending in SEED_COMPANIONS:
        if path.name.endswith(ending):
            return path.with_name(f"{path.name.removesuffix(ending)}.txt")
    return path


class SeedNames:
    """The ids of the documents that come from the seeds of a corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._by_id: dict[str, list[str]] = {}
        for path in sorted(corpus.seeds.glob("*.txt")):
            name = document_id(path.stem, corpus.schemas)
            self._by_id.setdefault(name, []).append(path.name)

    def document_id(self, seed: Path) -> str:
        """The id of a seed's document. Raises ConflictError if another seed has a claim to it.

        A seed whose name is the id comes first.
        """
        name = document_id(seed.stem, self._corpus.schemas)
        others = [other for other in self._by_id.get(name, ()) if other != seed.name]
        if others and seed.stem != name:
            raise ConflictError(
                f'the id of its document would be "{name}", as that of {others[0]}; rename one of '
                "the two files."
            )
        return name


def ignored_files(corpus: Corpus) -> list[Path]:
    """Files in ``seeds/`` that are neither a seed nor belong to one."""
    return [
        path
        for path in sorted(corpus.seeds.glob("*"))
        if not path.name.startswith(".") and not is_read_seed(corpus, path)
    ]


def read_seed(corpus: Corpus, path: Path) -> tuple[bytes, str]:
    """The bytes and the text of a seed; a byte order mark is part of the text.

    Raises NotFoundError or InvalidInputError, whose messages do not repeat the path.
    """
    if path.parent.resolve() != corpus.seeds.resolve():
        raise InvalidInputError("is not in seeds/; copy the file into seeds/.")
    name = document_id(path.stem, corpus.schemas)
    if path.suffix != ".txt" or not path.name.isprintable():
        raise InvalidInputError(
            "the file name must end in .txt and have no control characters; rename the file."
        )
    if not is_document_id(name, corpus.schemas):
        pattern = document_id_pattern(corpus.schemas)
        raise InvalidInputError(
            f'the id of the document would be "{name}", which does not match {pattern}; rename the '
            "file."
        )
    if path.with_suffix(".toml").name == SEED_DEFAULTS:
        raise InvalidInputError(
            f"its metadata would be {SEED_DEFAULTS}, which is for all seeds; rename the file."
        )
    content = read_regular_file(corpus.root, path)
    if content is None:
        raise NotFoundError("there is no such file.")
    return content, _decoded(content)


def read_regular_file(root: Path, path: Path) -> bytes | None:
    """The bytes of a file of the corpus; None if there is none.

    Raises InvalidInputError for links, folders, pipes, devices, and files that are too large. The
    messages do not repeat the path.
    """
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(status.st_mode) or not path.resolve().is_relative_to(root.resolve()):
        raise InvalidInputError("is a link, or in a linked folder; put the file itself there.")
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
        raise InvalidInputError(f"is not a file but {kind}; move it out of seeds/.")
    if status.st_size > MAX_BYTES:
        raise InvalidInputError(
            f"has {status.st_size:,} bytes, the maximum is {MAX_BYTES:,}; split or shorten it."
        )
    return read_bytes(path)


def _decoded(content: bytes) -> str:
    # Half of the bytes of an English text in UTF-16 are NUL; that has a better message.
    if 0 < content.count(0) * 2 < len(content) and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        offset = len(content[: content.index(0)].decode("utf-8", "replace"))
        raise InvalidInputError(
            f"has a NUL character at offset {offset}, which databases and web pages cannot store; "
            "remove it."
        )
    mark = BYTE_ORDER_MARK if content.startswith(BYTE_ORDER_MARK) else b""
    try:
        text = decode_text(content.removeprefix(mark))
    except MalformedError as error:
        fix = "" if "save it" in error.problem else "; save the file as UTF-8"
        raise InvalidInputError(f"{error.problem}{fix}.") from None
    if not text.strip("\ufeff \t\r\n"):
        raise InvalidInputError("is empty; add the text, or remove the file.")
    return mark.decode() + text
