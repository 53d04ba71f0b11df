"""Finds annotated documents in a folder, or in the ZIP archives that INCEpTION exports.

An export of a project has a folder for each document, with a file for each annotator:
``annotation/DOCUMENT/ANNOTATOR.zip``, and those of curators in ``curation``.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from dateline.errors import InvalidInputError, NotFoundError
from dateline.files.reading import read_bytes
from dateline.interop.source import UNNAMED

LARGEST = 256 * 1024**2
"""Bytes of a file in an archive that are read."""

_OF_DOCUMENTS = ("annotation", "curation")
_START = "INITIAL_CAS"
"""What INCEpTION calls a document before anybody annotates it."""


class Found(NamedTuple):
    """A file: its path for messages, the document's name, the annotator, and its content.

    ``beside`` are the XML files in the same place by name, which describe types.
    """

    path: str
    name: str
    annotator: str
    content: bytes
    beside: dict[str, bytes]


def find_files(path: Path, endings: Sequence[str]) -> Iterator[Found]:
    """The files with these endings, also those in archives. Raises NotFoundError if none is."""
    if path.is_dir():
        files = [p for p in sorted(path.rglob("*")) if p.is_file()]
        files = [p for p in files if p.suffix in (*endings, ".zip")]
    else:
        files = [path]
    found = False
    beside: dict[Path, dict[str, bytes]] = {}
    root = path.resolve()
    for file in files:
        name, annotator = _names(file.resolve(), root)
        if annotator == _START:
            continue
        if file.suffix == ".zip":
            for one in _in_archive(file, name, annotator, endings):
                found = True
                yield one
            continue
        found = True
        if file.parent not in beside:
            beside[file.parent] = {p.name: read_bytes(p) for p in sorted(file.parent.glob("*.xml"))}
        yield Found(str(file), name, annotator, read_bytes(file), beside[file.parent])
    if not found:
        raise NotFoundError(f"{path}: has no files NAME{' or NAME'.join(endings)}.")


def _names(file: Path, root: Path) -> tuple[str, str]:
    """The names of the document and of the annotator."""
    if file.parent.parent.name in _OF_DOCUMENTS:
        return file.parent.name, file.stem
    inside = file.relative_to(root if root.is_dir() else file.parent)
    return inside.with_suffix("").as_posix().replace("/", "-"), UNNAMED


def _in_archive(file: Path, name: str, annotator: str, endings: Sequence[str]) -> Iterator[Found]:
    """Of one document, or of a whole project."""
    try:
        with zipfile.ZipFile(io.BytesIO(read_bytes(file))) as archive:
            members = {m.filename: m for m in archive.infolist() if not m.is_dir()}
            for inner, member in sorted(members.items()):
                place = Path("/") / inner
                if place.suffix not in (*endings, ".zip"):
                    continue
                path = f"{file}, {inner}"
                if place.parent.parent.name in _OF_DOCUMENTS:
                    inner_name, inner_annotator = place.parent.name, place.stem
                else:
                    inner_name, inner_annotator = name, annotator
                if inner_annotator == _START:
                    continue
                source = archive
                if place.suffix == ".zip":
                    source = zipfile.ZipFile(io.BytesIO(_content(archive, member, path)))
                yield from _members(source, path, inner_name, inner_annotator, endings, place)
    except zipfile.BadZipFile as error:
        raise InvalidInputError(f"{file}: is not a ZIP archive ({error}).") from None


def _members(
    archive: zipfile.ZipFile,
    path: str,
    name: str,
    annotator: str,
    endings: Sequence[str],
    place: Path,
) -> Iterator[Found]:
    members = [m for m in archive.infolist() if not m.is_dir()]
    beside = {
        Path(m.filename).name: _content(archive, m, path)
        for m in members
        if m.filename.endswith(".xml")
    }
    for member in members:
        is_chosen = place.suffix == ".zip" or f"/{member.filename}" == place.as_posix()
        if is_chosen and Path(member.filename).suffix in endings:
            content = _content(archive, member, path)
            yield Found(path, name, annotator, content, beside)


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: str) -> bytes:
    if member.file_size > LARGEST:
        raise InvalidInputError(
            f"{path}: has {member.file_size:,} bytes; at most {LARGEST:,} are read."
        )
    try:
        return archive.read(member)
    except (RuntimeError, NotImplementedError, EOFError) as error:
        raise InvalidInputError(f"{path}: cannot be unpacked ({error}).") from None
