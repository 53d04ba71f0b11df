"""Splits whose labels are not published: the setting, a commitment to them, and the rest.

``annotations/withheld.toml`` names the splits, and has a random salt that is as secret as the
labels::

    splits = ["test"]
    salt = "64 hexadecimal digits"
"""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator

import msgspec

from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError
from dateline.files.names import inside
from dateline.files.reading import MalformedError, converted, read_bytes, read_toml
from dateline.files.writing import sha256
from dateline.model import GOLD, Struct
from dateline.ontology.guidelines_page import PAGE
from dateline.ontology.schemas import split_shares

FILE = "annotations/withheld.toml"

_SALT = re.compile(r"[0-9a-f]{64}")
_READ = ("schema", "seeds", "corpus", "annotations", PAGE, "CITATION.cff")
"""What building a dataset or a site reads, without the datasheet and the leaderboard, whose numbers
are those of all labels."""


class WithheldLabels(Struct, frozen=True):
    """The splits whose labels are not published, and the salt of the commitment."""

    splits: tuple[str, ...]
    salt: str


class Commitment(Struct, frozen=True):
    """What is published of withheld labels: their splits, and a salted hash of their files."""

    splits: tuple[str, ...]
    sha256: str


def withheld_labels(corpus: Corpus) -> WithheldLabels | None:
    """The setting of a corpus, None without one. Raises InvalidInputError if it is malformed."""
    path = corpus.root / FILE
    if not path.exists():
        return None
    try:
        found = converted(read_toml(inside(corpus.root, path)), WithheldLabels)
    except MalformedError as error:
        raise InvalidInputError(f"{path}: {error.problem}.") from None
    allowed = split_shares(corpus.schemas)
    unknown = [split for split in found.splits if split not in allowed]
    if unknown or not found.splits:
        raise InvalidInputError(
            f'{path}: "splits" is {list(found.splits)}. Allowed: {", ".join(allowed)}.'
        )
    if not _SALT.fullmatch(found.salt):
        raise InvalidInputError(
            f'{path}: "salt" is not 64 hexadecimal digits. For example: '
            f'salt = "{secrets.token_hex(32)}"'
        )
    return found


def commitment(corpus: Corpus, withheld: WithheldLabels) -> Commitment:
    """The commitment to the annotations of all documents of the withheld splits.

    It is the SHA-256 of the salt and a line feed, and of a line for each annotation file, in the
    order of their paths, as ``sha256sum`` prints it.
    """
    hidden = set(_documents(corpus, withheld))
    paths = [path for path in corpus.annotation_paths() if path.stem in hidden]
    lines = sorted((corpus.relative(path), sha256(read_bytes(path))) for path in paths)
    content = "".join(f"{digest}  {name}\n" for name, digest in lines)
    return Commitment(withheld.splits, sha256(f"{withheld.salt}\n{content}".encode()))


@contextlib.contextmanager
def without_labels(corpus: Corpus, withheld: WithheldLabels | None) -> Iterator[Corpus]:
    """A temporary copy of the corpus that has nothing of the withheld labels.

    Without a setting it is the corpus itself. What is made from the copy cannot have the labels.
    Contrasts do not declare there what they change in gold.
    """
    if withheld is None:
        yield corpus
        return
    hidden = set(_documents(corpus, withheld))
    with tempfile.TemporaryDirectory(prefix="dateline-") as folder:
        copy = Corpus(folder)
        for name in _READ:
            source, target = corpus.root / name, copy.root / name
            if source.is_dir():
                shutil.copytree(source, target)
            elif source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
        (copy.root / FILE).unlink()
        for path in copy.annotation_paths():
            if path.stem in hidden:
                path.unlink()
        for name in hidden:
            (copy.annotations / GOLD / f"{name}.log.jsonl").unlink(missing_ok=True)
            document = copy.read_document(name)
            if document.contrast is not None:
                contrast = msgspec.structs.replace(document.contrast, changes=())
                copy.write_document(msgspec.structs.replace(document, contrast=contrast))
        yield copy


def _documents(corpus: Corpus, withheld: WithheldLabels) -> Iterator[str]:
    for name in corpus.document_ids():
        if corpus.read_document(name).split in withheld.splits:
            yield name
