"""A mapping to start from: everything that occurs in an export, with guesses where names agree."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from dateline.label_studio.importing.inventory import Kind, Occurrence, times
from dateline.label_studio.importing.mapping import Vocabulary, required
from dateline.ontology.labels import Ontology
from dateline.text import excerpt

_HEAD = """\
# What the labels of an export are in this corpus. Replace each "?" by what is offered for its kind
# below, or by "ignore"; nothing is imported while one is left.
"""
_KINDS: tuple[tuple[Kind, str], ...] = (
    ("label", "labels: a region's label"),
    (
        "choice",
        "choices: a choice for a region; a list, if it is another for another kind of region",
    ),
    ("text", "texts: what is typed in for a region"),
    ("relation", 'relations: put "reversed " before a name to swap the ends'),
)


def template(found: Iterable[Occurrence], ontology: Ontology) -> str:
    """The mapping as TOML, with every choice that there is in comments."""
    found, vocabulary = list(found), Vocabulary(ontology)
    lines = [_HEAD]
    for kind, title in _KINDS:
        lines += [f"# {title}", *_wrapped(sorted(vocabulary.words(kind))), "#"]
    lines += [
        "",
        "[document]",
        '# text = "text"      # the data field that holds the text; without it, each is tried',
        '# id = "doc_id"      # the data field that holds the document\'s id, if there is one',
        '# object = "text"    # what showed the text, where the page had several',
    ]
    for kind, _ in _KINDS:
        lines += _tables(kind, [o for o in found if o.thing.kind == kind], vocabulary)
    lines += ["", "[defaults]   # for what the regions leave open and this corpus asks for"]
    lines += [f"# {_quoted(name)} = {_quoted(value)}" for name, value in required(ontology)]
    types = [o for o in found if o.thing.kind == "type"]
    lines += ["", "[ignore]", "controls = []   # all that was said on these controls", "types = ["]
    lines += [f"  # {_quoted(o.thing.name)},  # not supported, {times(o.count)}" for o in types]
    return "\n".join([*lines, "]", ""])


def _tables(kind: Kind, found: Sequence[Occurrence], vocabulary: Vocabulary) -> Iterator[str]:
    if kind in ("text", "relation"):
        yield from ("", f"[{kind}s]")
        for one in found:
            key = one.thing.control if kind == "text" else one.thing.name
            yield _entry(key, one, vocabulary)
        return
    for control, group in groupby(found, key=lambda one: one.thing.control):
        yield from ("", f"[{kind}s.{_quoted(control)}]")
        for one in group:
            yield _entry(one.thing.name, one, vocabulary)


def _entry(key: str, one: Occurrence, vocabulary: Vocabulary) -> str:
    quote = f", such as «{excerpt(one.quote, 0, len(one.quote))}»" if one.quote else ""
    guess = _quoted(vocabulary.guess(one.thing))
    return f"{_quoted(key)} = {guess}   # {times(one.count)}{quote}"


def _quoted(text: str) -> str:
    # Escaped beyond what TOML asks for: the template is first seen in a terminal.
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
