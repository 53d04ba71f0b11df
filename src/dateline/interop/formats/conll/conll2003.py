"""CoNLL-2003: a token and its tag on each line, a blank line after each sentence.

The four columns are those of the shared task (Tjong Kim Sang and De Meulder 2003). The part of
speech and the chunk, which Dateline does not have, are ``-X-``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from dateline.dataset.token_index import OUTSIDE, bio_tags
from dateline.errors import InvalidInputError
from dateline.files.lines import read_lines
from dateline.interop.format import Choice, Format, Holds, Output
from dateline.interop.problems import Problems
from dateline.interop.representation import tokens_by_sentence
from dateline.interop.source import SourceDocument
from dateline.interop.tags import TAG, TAGGED, tagged_document
from dateline.model import Range
from dateline.text import excerpt

_START = "-DOCSTART-"
_NOTHING = "-X-"


def _write(output: Output) -> None:
    with output.target.open("w", encoding="utf-8", newline="\n") as file:
        for document, annotation in output.items:
            file.write(f"{_START} {document.id} {_NOTHING} {OUTSIDE}\n\n")
            places = {(m.spans[0].start, m.spans[0].end): m.type for m in annotation.mentions}
            for tokens in tokens_by_sentence(document.sentences, document.tokens):
                for (start, end), tag in zip(
                    tokens, _tags(tokens, places, output.options["tags"]), strict=True
                ):
                    word = document.text[start:end]
                    file.write(f"{word} {_NOTHING} {_NOTHING} {tag}\n")
                file.write("\n")


def _tags(tokens: Sequence[Range], places: dict[Range, str], scheme: str) -> list[str]:
    first = {start: at for at, (start, _) in enumerate(tokens)}
    last = {end: at for at, (_, end) in enumerate(tokens, 1)}
    inside = [
        ((first[start], last[end]), label)
        for (start, end), label in places.items()
        if start in first and end in last
    ]
    tags = bio_tags(len(tokens), inside)
    if scheme == "bioes":
        for (start, end), label in inside:
            tags[end - 1] = f"{'S' if end - start == 1 else 'E'}-{label}"
    return tags


_Row = tuple[str, str]
"""A token and its tag."""


def _read(path: Path) -> Iterator[SourceDocument]:
    for number, (name, sentences) in enumerate(_documents(path), 1):
        yield tagged_document(name or f"{path.stem}-{number}", sentences)


def _documents(path: Path) -> Iterator[tuple[str, list[list[_Row]]]]:
    """The documents of a file with their names, which are empty if the file has none."""
    name, sentences = "", [list[_Row]()]
    problems = Problems()
    for number, line in read_lines(path):
        columns = line.split()
        if not columns:
            if sentences[-1]:
                sentences.append([])
        elif columns[0] == _START:
            if any(sentences):
                yield name, [rows for rows in sentences if rows]
            name, sentences = _name(columns), [[]]
        elif len(columns) < 2:
            problems.note(
                [
                    f'{path}, line {number}: "{excerpt(line)}" has no tag. Write a token and its '
                    "tag on each line."
                ]
            )
        else:
            tag = problems.noting(_tag, path, number, columns[-1])
            sentences[-1].append((columns[0], tag or OUTSIDE))
    problems.refuse()
    if any(sentences):
        yield name, [rows for rows in sentences if rows]


def _name(columns: Sequence[str]) -> str:
    """The name of a document, which only some files give: ``-DOCSTART- NAME`` or ``(NAME)``."""
    given = columns[1].strip("()") if len(columns) > 1 else ""
    return "" if given in (_NOTHING, OUTSIDE, "-", "_") else given


def _tag(path: Path, number: int, tag: str) -> str:
    if tag != OUTSIDE and not TAG.fullmatch(tag):
        raise InvalidInputError(
            f'{path}, line {number}: "{excerpt(tag)}" is not a tag. Allowed: O, or B-, I-, E-, S-, '
            "L- or U- with a label."
        )
    return tag


FORMAT = Format(
    name="conll2003",
    title="CoNLL-2003",
    suffix=".conll",
    holds=Holds(
        kinds=frozenset({"texts", "segmentation", "mentions"}),
        text="tokens",
        unwritable=r"\s",
        mentions=TAGGED,
    ),
    reader=_read,
    writer=_write,
    choices=(Choice(name="tags", values=("bio", "bioes"), meaning="the tags of tokens"),),
    notes="The text is rebuilt from the tokens: blanks between them, a line for each sentence.",
)
