"""Gold as training examples of Transformers: tags of sentences, and roles of pairs in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from dateline.evaluation.gold import Gold
from dateline.evaluation.gold_documents import GoldDocument
from dateline.evaluation.models.transformers.encoding import Input, encode
from dateline.evaluation.models.transformers.roles import NO_ROLE, Pair, pairs_of
from dateline.evaluation.tag_scoring import IGNORED
from dateline.evaluation.tags import OUTSIDE, Tags
from dateline.model import Range
from dateline.training.sentence_items import OVERLAPPING, Item, inside, labelled_items

UNALIGNED = "not at the bounds of the tokenizer's tokens"
CUT = "in a part that is cut off as too long"
OTHER_FILLERS = "arguments that are an event or a claim"
OTHER_PLACES = "arguments without trigger and mention in one sentence"
SECOND_ROLES = "arguments of a mention that has another role in the event"
CUT_ARGUMENTS = "arguments in sentences that are too long"


class TagExamples(NamedTuple):
    """Inputs with a tag for each token, their offsets, and the spans of each for its score."""

    inputs: list[Input]
    offsets: list[list[Range]]
    gold: list[list[tuple[int, int, str]]]
    items: int


class RoleExamples(NamedTuple):
    """Inputs with a role for each pair of trigger and mention that can have one, or none."""

    inputs: list[Input]
    items: int


def tags_of(gold: Gold) -> Tags:
    """The tags of all types of mentions and events."""
    types = *gold.ontology.labels_of("entities"), *gold.ontology.labels_of("events")
    return Tags.of_labels(dict.fromkeys(types))


def tag_examples(
    gold: Gold, tokenizer: Any, max_length: int, tags: Tags, left_out: Counter[str]
) -> TagExamples:
    """Tags of the mentions and triggers of each sentence, of which the longest are kept."""
    types = frozenset(gold.ontology.labels_of("entities"))
    number = {name: class_ for class_, name in enumerate(tags.names)}
    examples, count = TagExamples([], [], [], 0), 0
    for document in gold.documents:
        items = list(labelled_items(document, types, left_out))
        texts = [document.text[start:end] for start, end in document.sentences]
        encoded = encode(tokenizer, texts, max_length)
        rows = list(zip(encoded.sentence, encoded.inputs, encoded.offsets, strict=True))
        for sentence, group in groupby(rows, key=itemgetter(0)):
            parts = [(input_, offsets) for _, input_, offsets in group]
            found = _in_sentence(items, document.sentences[sentence])
            places = _places(found, [offsets for _, offsets in parts], left_out)
            count += len(places)
            for part, (input_, offsets) in enumerate(parts):
                labels = [number[OUTSIDE] if start < end else IGNORED for start, end in offsets]
                for item, place in places.items():
                    if place.part == part:
                        labels[place.first] = number[f"B-{item.label}"]
                        for token in range(place.first + 1, place.last + 1):
                            labels[token] = number[f"I-{item.label}"]
                examples.inputs.append({**input_, "labels": labels})
                examples.offsets.append(offsets)
                examples.gold.append(
                    [
                        (item.start, item.end, item.label)
                        for item in found
                        # What has no place is missed in the first part.
                        if (places[item].part if item in places else 0) == part
                    ]
                )
    return examples._replace(items=count)


class _Place(NamedTuple):
    """The first and last token of an item, and the number of the input that has them."""

    part: int
    first: int
    last: int


def _in_sentence(items: Collection[Item], sentence: Range) -> list[Item]:
    start, _ = sentence
    return [
        item._replace(start=item.start - start, end=item.end - start)
        for item in inside(items, sentence)
    ]


def _places(
    items: Sequence[Item], parts: Sequence[Sequence[Range]], left_out: Counter[str]
) -> dict[Item, _Place]:
    """The places of items that are whole tokens, the longest of overlapping ones."""
    starts = [_tokens_at(reversed([*enumerate(offsets)]), 0) for offsets in parts]
    ends = [_tokens_at(enumerate(offsets), 1) for offsets in parts]
    found: dict[Item, _Place] = {}
    for item in sorted(items, key=lambda item: (item.start - item.end, item.start)):
        place = next(
            (
                _Place(part, starts[part][item.start], ends[part][item.end])
                for part in range(len(parts))
                if item.start in starts[part] and item.end in ends[part]
            ),
            None,
        )
        if place is None:
            whole = any(item.start in s for s in starts) and any(item.end in e for e in ends)
            left_out[CUT if whole else UNALIGNED] += 1
        elif any(item.start < other.end and other.start < item.end for other in found):
            left_out[OVERLAPPING] += 1
        else:
            found[item] = place
    return found


def _tokens_at(tokens: Iterable[tuple[int, Range]], bound: int) -> dict[int, int]:
    """The last token of each start, or of each end. Tokens without text are left out."""
    return {offsets[bound]: token for token, offsets in tokens if offsets[0] < offsets[1]}


def role_examples(
    gold: Gold,
    tokenizer: Any,
    max_length: int,
    labels: Sequence[str],
    left_out: Counter[str],
) -> RoleExamples:
    """The role of each mention in each event in a sentence that can have one, or none."""
    types = frozenset(gold.ontology.labels_of("entities"))
    pairs: list[Pair] = []
    roles: list[str] = []
    for document in gold.documents:
        wanted = _wanted_roles(document, left_out)
        usable = {item.id for item in labelled_items(document, types, Counter())}
        mentions = [one for one in document.items.mentions if one.id in usable]
        events = [one for one in document.items.events if one.id in usable]
        for ids, pair in pairs_of(
            document.text, document.sentences, events, mentions, gold.ontology
        ):
            pairs.append(pair)
            roles.append(wanted.pop(ids, NO_ROLE))
        left_out[OTHER_PLACES] += len(wanted)
    encoded = encode(tokenizer, [pair.text for pair in pairs], max_length)
    parts = Counter(encoded.sentence)
    inputs = []
    for number, input_ in zip(encoded.sentence, encoded.inputs, strict=True):
        if parts[number] == 1:
            inputs.append({**input_, "labels": labels.index(roles[number])})
        elif roles[number] != NO_ROLE:
            left_out[CUT_ARGUMENTS] += 1
            roles[number] = NO_ROLE
    return RoleExamples(inputs, sum(role != NO_ROLE for role in roles))


def _wanted_roles(document: GoldDocument, left_out: Counter[str]) -> dict[tuple[str, str], str]:
    """The role of each mention in each event."""
    found: dict[tuple[str, str], str] = {}
    for event in document.items.events:
        for argument in event.arguments:
            if argument.mention is None:
                left_out[OTHER_FILLERS] += 1
            elif (event.id, argument.mention) in found:
                left_out[SECOND_ROLES] += 1
            else:
                found[event.id, argument.mention] = argument.role
    return found
