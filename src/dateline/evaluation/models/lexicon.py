"""The lexicon of the baseline, learnt from annotated documents or from the schema's examples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from dateline.evaluation.gold import Gold
from dateline.evaluation.gold_documents import GoldDocument
from dateline.model import Attributes, AttributeValue, Range, Struct
from dateline.ontology.labels import Attribute, Ontology
from dateline.predictions.prediction import Prediction

LONGEST = 6
"""Maximum length of an entry, in tokens."""
MIN_SHARE = 0.5
"""The share of their occurrences in which words must have the label to become an entry."""
EXAMPLE = re.compile(r"\[([^\]]+)\]")


class Entry(Struct, frozen=True):
    """A label, and the attributes it most often has.

    ``factuality`` has the value of an event by claimer that is not a mention.
    """

    label: str
    attributes: Attributes
    factuality: Mapping[str, str] = {}


class Lexicon(Struct, frozen=True):
    """Words and their labels.

    ``names`` are case-sensitive, ``triggers`` and ``cues`` are in lower case. ``roles`` maps event
    type and mention type to the most frequent role, ``arguments`` event type and role to the most
    frequent attributes; ``claimers`` are the mention types that make claims.
    """

    names: Mapping[str, Entry]
    triggers: Mapping[str, Entry]
    cues: Mapping[str, Entry]
    roles: Mapping[tuple[str, str], str]
    arguments: Mapping[tuple[str, str], Attributes]
    claimers: frozenset[str]


def learn_from_gold(gold: Gold) -> Lexicon:
    """Learn a lexicon from annotated documents."""
    names, triggers, cues = _LabelCounts(), _LabelCounts(), _LabelCounts()
    roles: dict[tuple[str, str], Counter[str]] = {}
    arguments: dict[tuple[str, str], Counter[_Values]] = {}
    claimers: Counter[str] = Counter()
    special = gold.ontology.special_claimers
    for document in gold.documents:
        items = document.items
        for mention in items.mentions:
            if len(mention.spans) == 1:
                names.add(one_line(mention.spans[0].text), mention.type, mention.attributes)
        for event in items.events:
            if len(event.trigger) == 1:
                factuality = {f.source: f.value for f in event.factuality if f.source in special}
                key = _key(event.trigger[0].text)
                triggers.add(key, event.type, event.attributes, factuality)
            for argument in event.arguments:
                counts = arguments.setdefault((event.type, argument.role), Counter())
                counts[_values(argument.attributes)] += 1
        _learn_claims(items, cues, claimers)
        _learn_roles(items, roles)
    seen = _occurrences(gold.documents)
    lowered: Counter[str] = Counter()
    for words, number in seen.items():
        lowered[words.lower()] += number
    return Lexicon(
        names=names.entries(seen),
        triggers=triggers.entries(lowered),
        cues=cues.entries(lowered),
        roles={pair: found.most_common(1)[0][0] for pair, found in sorted(roles.items())},
        arguments={pair: dict(found.most_common(1)[0][0]) for pair, found in arguments.items()},
        claimers=frozenset(claimers),
    )


def learn_from_examples(ontology: Ontology) -> Lexicon:
    """Learn a lexicon from the schema's examples, which have the labelled words in brackets.

    Roles go to mentions of any type that may fill them. Claims are not predicted, because the
    examples of acts mark the claim's content, not its cue.
    """
    return Lexicon(
        names=_example_entries(ontology, "entities", one_line),
        triggers=_example_entries(ontology, "events", _key),
        cues={},
        roles={
            (event.label.name, filler): role.name
            for event in ontology.event_types.values()
            for role in reversed(tuple(event.roles.values()))
            for filler in sorted(role.fillers)
        },
        arguments={
            (event.label.name, role): _first_values(ontology.argument_attributes)
            for event in ontology.event_types.values()
            for role in event.roles
        },
        claimers=frozenset(),
    )


def ngrams(text: str, tokens: list[Range]) -> Iterable[tuple[int, int, str]]:
    """All n-grams of up to LONGEST tokens, longest first: first token, end (exclusive), words."""
    for size in range(min(LONGEST, len(tokens)), 0, -1):
        for first in range(len(tokens) - size + 1):
            last = first + size
            yield first, last, one_line(text[tokens[first][0] : tokens[last - 1][1]])


def one_line(words: str) -> str:
    """Words separated by single spaces."""
    return " ".join(words.split())


_Values = tuple[tuple[str, AttributeValue], ...]


def _values(values: Mapping[str, AttributeValue]) -> _Values:
    return tuple(sorted(values.items()))


class _LabelCounts:
    def __init__(self) -> None:
        self._labels: dict[str, Counter[str]] = {}
        self._values: dict[tuple[str, str], Counter[tuple[_Values, _Values]]] = {}

    def add(
        self,
        words: str,
        label: str,
        attributes: Attributes,
        factuality: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._labels.setdefault(words, Counter())[label] += 1
        found = _values(attributes), _values(factuality)
        self._values.setdefault((words, label), Counter())[found] += 1

    def entries(self, seen: Mapping[str, int]) -> dict[str, Entry]:
        found = {}
        for words, labels in sorted(self._labels.items()):
            label, times = max(sorted(labels.items()), key=lambda pair: pair[1])
            if times >= MIN_SHARE * seen.get(words, times):
                (((attributes, factuality), _),) = self._values[words, label].most_common(1)
                found[words] = Entry(
                    label=label,
                    attributes=dict(attributes),
                    factuality={source: str(value) for source, value in factuality},
                )
        return found


def _learn_claims(items: Prediction, cues: _LabelCounts, claimers: Counter[str]) -> None:
    types = {mention.id: mention.type for mention in items.mentions}
    for claim in items.claims:
        if claim.cue and len(claim.cue) == 1:
            cues.add(_key(claim.cue[0].text), claim.act, claim.attributes)
        if claim.claimer in types:
            claimers[types[claim.claimer]] += 1


def _learn_roles(items: Prediction, roles: dict[tuple[str, str], Counter[str]]) -> None:
    types = {mention.id: mention.type for mention in items.mentions}
    for event in items.events:
        for argument in event.arguments:
            if argument.mention in types:
                pair = event.type, types[argument.mention]
                roles.setdefault(pair, Counter())[argument.role] += 1


def _occurrences(documents: Iterable[GoldDocument]) -> Counter[str]:
    """How often each n-gram occurs in the texts."""
    found: Counter[str] = Counter()
    for document in documents:
        for sentence in document.sentences:
            tokens = [t for t in document.tokens if sentence[0] <= t[0] and t[1] <= sentence[1]]
            found.update(words for _, _, words in ngrams(document.text, tokens))
    return found


def _example_entries(
    ontology: Ontology, layer: str, key: Callable[[str], str]
) -> Mapping[str, Entry]:
    """The words in brackets of a layer's examples; none if the corpus does not have the layer.

    Required attributes that are labels have the first one, and so has the factuality of events by
    the required claimers.
    """
    if layer not in ontology.layers:
        return {}
    sources = ontology.required_sources if layer == "events" else ()
    factuality = {source: value.name for source in sources for value in ontology.factuality[:1]}
    declared = ontology.attributes_of(layer)
    return {
        key(words): Entry(
            label=label.name,
            attributes=_first_values([a for a in declared if a.is_of(label.name)]),
            factuality=factuality,
        )
        for label in ontology.layers[layer].labels
        for example in label.examples
        for words in EXAMPLE.findall(example)
    }


def _first_values(attributes: Iterable[Attribute]) -> Attributes:
    return {
        attribute.name: attribute.values[0].name
        for attribute in attributes
        if attribute.required and attribute.kind == "label"
    }


def _key(words: str) -> str:
    return one_line(words).lower()
