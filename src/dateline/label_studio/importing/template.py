"""A mapping to start from: every label of an export, with guesses where names agree."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from dateline.label_studio.importing.source_labels import Kind, SourceLabelCount
from dateline.label_studio.importing.target_labels import (
    TargetLabels,
    required_defaults,
)
from dateline.ontology.labels import Ontology
from dateline.rendering.listing import counted

_HEAD = """\
# Maps the labels of an export to those of this corpus. Replace each "?" by a name from the lists
# below, or by "ignore"; nothing is imported while one is left.
"""
_KINDS: tuple[tuple[Kind, str], ...] = (
    ("label", "labels: the label of a region"),
    (
        "choice",
        "choices: a choice for a region, a list if it differs by the kind of region; a choice for "
        "the\n# whole text is one of the document, or ignored",
    ),
    ("text", "texts: the text or the number typed in for a region or the whole text"),
    ("relation", 'relations: put "reversed " before a name to swap the ends'),
)


def mapping_template(counts: Iterable[SourceLabelCount], ontology: Ontology) -> str:
    """The mapping as TOML, with all target labels in comments."""
    counts = list(counts)
    targets = TargetLabels(ontology)
    lines = [_HEAD]
    for kind, title in _KINDS:
        lines += [f"# {title}", *_wrapped(sorted(targets.words(kind))), "#"]
    lines += [
        "",
        "[document]",
        '# text = "text"      # the data field with the text; without it, each field is tried',
        '# id = "doc_id"      # the data field with the id of the document, if there is one',
        '# object = "text"    # the object that showed the text, if the page had several',
    ]
    for kind, _ in _KINDS:
        lines += _tables(kind, [c for c in counts if c.label.kind == kind], targets)
    lines += ["", "[defaults]   # for required attributes that a region leaves empty"]
    lines += [
        f"# {_quoted(name)} = {_quoted(value)}" for name, value in required_defaults(ontology)
    ]
    lines += ["", "[ignore]", "controls = []   # controls to ignore completely", "types = ["]
    lines += [
        f"  # {_quoted(c.label.name)},  # not supported, {counted(c.count, 'time')}"
        for c in counts
        if c.label.kind == "type"
    ]
    return "\n".join([*lines, "]", ""])


def _tables(kind: Kind, counts: Sequence[SourceLabelCount], targets: TargetLabels) -> Iterator[str]:
    if kind in ("text", "relation"):
        yield from ("", f"[{kind}s]")
        for one in counts:
            yield _entry(one.label.control if kind == "text" else one.label.name, one, targets)
        return
    for control, group in groupby(counts, key=lambda one: one.label.control):
        yield from ("", f"[{kind}s.{_quoted(control)}]")
        for one in group:
            yield _entry(one.label.name, one, targets)


def _entry(key: str, one: SourceLabelCount, targets: TargetLabels) -> str:
    guess = targets.guess(one.label, of_the_text=one.of_the_text)
    return f"{_quoted(key)} = {_quoted(guess)}   # {one.count_and_example}"


def _quoted(text: str) -> str:
    # Escaped beyond what TOML requires: the template is first seen in a terminal.
    written = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in written)


def _wrapped(words: Iterable[str]) -> Iterator[str]:
    line = "#  "
    for word in words:
        if len(line) + len(word) > 96:
            yield line
            line = "#  "
        line += f" {word}"
    yield line
