"""CorefUD: CoNLL-U with entities and coreference in the column MISC.

The brackets of ``Entity=`` are those of CorefUD 1.x (https://ufal.mff.cuni.cz/corefud). The spaces
of the text that ``SpaceAfter=No`` does not tell are in ``SpacesAfter``, ``SpacesBefore`` and
``SpacesInToken``, as UDPipe writes them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from urllib.parse import quote

from dateline.annotations.link_text import format_link
from dateline.interop.format import Chains, Format, Holds, Output, Placing
from dateline.interop.formats.conll.corefud_reader import ESCAPES, HEAD, SEVERAL, read_corefud
from dateline.interop.representation import tokens_by_sentence, written
from dateline.model import Annotation, Document, Entity, Mention, Range

_COLUMNS = "eid-etype-head-other-identity"


def _write(output: Output) -> None:
    numbers = count(1)
    with output.target.open("w", encoding="utf-8", newline="\n") as file:
        for document, annotation in output.items:
            brackets = _brackets(document, annotation, numbers)
            file.write(f"# newdoc id = {document.id}\n# global.Entity = {_COLUMNS}\n")
            file.writelines(_lines(document, brackets))


def _lines(document: Document, brackets: Mapping[int, str]) -> Iterator[str]:
    text, at = document.text, 0
    starts = [start for start, _ in document.tokens]
    for number, tokens in enumerate(tokens_by_sentence(document.sentences, document.tokens), 1):
        words = []
        for place, (start, end) in enumerate(tokens, 1):
            is_last = at + 1 == len(starts)
            gap = text[end : len(text) if is_last else starts[at + 1]]
            misc = [f"Entity={brackets[at]}"] if at in brackets else []
            misc += _spaces(gap, is_last=is_last)
            if at == 0 and start > 0:
                misc.append(f"SpacesBefore={_escaped(text[:start])}")
            form = re.sub(r"\s+", " ", text[start:end])
            if form != text[start:end]:
                misc.append(f"SpacesInToken={_escaped(text[start:end])}")
            # The parts of speech and the tree are not known: X and dep say that.
            tree = "0\troot" if place == 1 else "1\tdep"
            words.append((form, " " if gap else "", tree, "|".join(misc) or "_"))
            at += 1
        sentence = "".join(form + space for form, space, *_ in words).rstrip()
        yield f"# sent_id = {document.id}-{number}\n# text = {sentence}\n"
        for place, (form, _, tree, misc_column) in enumerate(words, 1):
            yield f"{place}\t{form}\t_\tX\t_\t_\t{tree}\t_\t{misc_column}\n"
        yield "\n"


def _spaces(gap: str, *, is_last: bool) -> list[str]:
    """What is between a token and the next one, or the end; nothing for what readers expect."""
    if gap == ("" if is_last else " "):
        return []
    return [f"SpacesAfter={_escaped(gap)}"] if gap else ["SpaceAfter=No"]


def _escaped(text: str) -> str:
    return "".join(ESCAPES.get(character, character) for character in text)


def _brackets(document: Document, annotation: Annotation, numbers: Iterator[int]) -> dict[int, str]:
    """The brackets by the number of the token: ``Entity=`` without its name."""
    entities = {entity.id: entity for entity in annotation.entities}
    names: dict[str, str] = {}
    starts = [start for start, _ in document.tokens]
    ends = [end for _, end in document.tokens]
    parts = []
    for mention in annotation.mentions:
        # An eid of `corefud_reader.LOOSE` is of a mention without an entity.
        prefix = "m" if mention.entity is None else "e"
        name = names.setdefault(mention.entity or mention.id, f"{prefix}{next(numbers)}")
        columns = _columns(mention, entities.get(mention.entity or ""))
        total = len(mention.spans)
        for number, span in enumerate(mention.spans, 1):
            part = name if total == 1 else f"{name}[{number}/{total}]"
            place = bisect_left(starts, span.start), bisect_right(ends, span.end) - 1
            parts.append((place, part, "-".join((part, *columns)).rstrip("-")))
    return _joined(parts)


def _joined(parts: Sequence[tuple[Range, str, str]]) -> dict[int, str]:
    """The brackets of each token: closing ones, opening ones, then those of one token.

    Without opening ones, those of one token are first. Of brackets that open at one token, the one
    of the longest part is first.
    """
    opening, closing, single = (defaultdict[int, list[str]](list) for _ in range(3))
    for (first, last), name, opened in sorted(parts, key=lambda p: (-p[0][1], p[0][0])):
        if first == last:
            single[first].append(f"({opened})")
        else:
            opening[first].append(f"({opened}")
            closing[last].insert(0, f"{name})")
    found = {}
    for at in {*opening, *closing, *single}:
        groups = (closing, opening, single) if at in opening else (single, closing)
        found[at] = "".join(text for group in groups for text in group.get(at, ()))
    return found


def _columns(mention: Mention, entity: Entity | None) -> tuple[str, ...]:
    """The columns of a mention after its eid."""
    other = ",".join(
        f"{_encoded(name)}:{SEVERAL.join(map(_encoded, written(value)))}"
        for name, value in mention.attributes.items()
    )
    links = () if entity is None else entity.links
    # What has ":_" is read as the title of a page.
    identity = ",".join(
        _encoded(format_link(link)).replace("%3A", ":").replace(":_", ":%5F") for link in links
    )
    return mention.type, HEAD, other, identity


def _encoded(text: str) -> str:
    return quote(text, safe="").replace("-", "%2D")


FORMAT = Format(
    name="corefud",
    title="CorefUD, CoNLL-U",
    suffix=".conllu",
    holds=Holds(
        kinds=frozenset(
            {
                "texts",
                "segmentation",
                "mentions",
                "mention attributes",
                "coreference",
                "entities",
                "entity links",
            }
        ),
        values=r"(?s:.*)",
        unwritable=r"[-\s()|=,:%+\[\]]",
        mentions=Placing(same_place=False, within_tokens=False, across_sentences=False),
        entities=Chains(empty=False, named=False, crossing=False),
    ),
    reader=read_corefud,
    writer=_write,
    notes=(
        "Reads plain CoNLL-U as well; a multiword token is one token. Bridging and split "
        "antecedents become relations of mentions on import. Labels are written as etype, "
        "attributes of mentions as other, and links as identity. There is no syntax: UPOS is X, "
        "and all words depend on the first one of the sentence, as dep."
    ),
)
