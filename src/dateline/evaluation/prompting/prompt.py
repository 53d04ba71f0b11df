"""The prompt for language models: the task, and the guidelines of what is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from dateline.evaluation.prompting.answer import GAP
from dateline.evaluation.prompting.asked import Asked
from dateline.evaluation.prompting.schema import answer_schema
from dateline.ontology.labels import Attribute, Label, Layer


def instructions(asked: Asked, *, with_schema: bool = False) -> str:
    """The prompt; ``with_schema`` adds the JSON Schema, for endpoints that do not enforce it."""
    return "\n\n".join(part for part in _parts(asked, with_schema=with_schema) if part)


def _parts(asked: Asked, *, with_schema: bool) -> Iterator[str]:
    layers = asked.ontology.layers
    yield (
        "Annotate the text that follows. Copy words exactly as they are in the text; do not "
        "correct or shorten them. List items in the order of the text, and list an item again each "
        "time it is mentioned. Leave a list empty if there are no items. If words in between do "
        f'not belong to an item, write "{GAP}" in their place.'
    )
    if "document" in asked.layers:
        yield _attributes("the text", asked.attributes_of("document"))
    if asked.has_mentions:
        yield _about_mentions(asked)
        yield _guideline(layers["entities"])
        yield _attributes("mentions", asked.attributes_of("entities"))
    if asked.has_relations:
        yield (
            "RELATIONS: between two mentions, from `source` to `target`; these are the words of "
            "the mentions."
        )
        yield "\n".join(_relation_types(asked))
    if asked.has_events:
        yield _about_events(asked)
        yield _guideline(layers["events"])
        yield _roles(asked)
        yield _attributes("events", asked.attributes_of("events"))
        yield _attributes("arguments", asked.argument_attributes if asked.has_arguments else ())
        yield _factuality(asked)
    if asked.event_relations:
        yield "EVENT_RELATIONS: between two events; `source` and `target` are their words."
        yield "\n".join(map(_label, asked.ontology.annotated_event_relations))
    if asked.has_claims:
        yield _about_claims(asked)
        yield _guideline(layers["claims"])
        yield _attributes("claims", asked.attributes_of("claims"))
    if asked.claim_relations:
        yield "CLAIM_RELATIONS: between two claims; `source` and `target` are their words."
        yield "\n".join(map(_label, asked.ontology.claim_relations))
    if with_schema:
        yield f"Answer with JSON that fits this JSON Schema, and nothing else:\n{_schema(asked)}"


def _about_mentions(asked: Asked) -> str:
    return "MENTIONS: words that refer to something in the world." + (
        " Give the same `entity`, its fullest name, to all mentions of the same entity."
        if asked.has_coreference
        else ""
    )


def _relation_types(asked: Asked) -> Iterator[str]:
    for found in asked.ontology.relation_types.values():
        ends = (
            ", ".join(sorted(types)) or "any mention" for types in (found.sources, found.targets)
        )
        yield f"{_label(found.label)} From {' to '.join(ends)}."


def _about_events(asked: Asked) -> str:
    about = "EVENTS: the word that expresses the event most clearly"
    same = (
        " Give the same `instance`, such as the fullest words for it, to all mentions of the same "
        "event instance; null if it is mentioned once."
        if asked.has_event_coreference
        else ""
    )
    if not asked.has_arguments:
        return f"{about}.{same}"
    roles = asked.ontology.roles.values()
    kinds = dict.fromkeys(kind for role in roles for kind in asked.fills(role.fillers))
    items = " or ".join(f"{'an' if kind == 'event' else 'a'} {kind}" for kind in kinds)
    return (
        f"{about}, with the {'s, '.join(kinds)}s that take part; the words of each argument must "
        f"be the words of {items} in your answer.{same}"
    )


def _roles(asked: Asked) -> str:
    if not asked.has_arguments:
        return ""
    return "ROLES: " + "; ".join(
        f"{name}: {', '.join(asked.roles_of(name)) or 'none'}"
        for name in asked.ontology.event_types
    )


def _factuality(asked: Asked) -> str:
    if not asked.sources:
        return ""
    values = "\n".join(map(_label, asked.ontology.factuality))
    return (
        f"FACTUALITY of events: how certain each event is for {', '.join(asked.sources)}.\n{values}"
    )


def _about_claims(asked: Asked) -> str:
    claimers = "; ".join(f"{one.name} ({one.description})" for one in asked.ontology.claimers)
    kinds = ["the words of a mention"] if asked.has_mentions else []
    kinds += [f"one of: {claimers}"] if claimers else []
    about = "CLAIMS: what somebody asserts, wants or judges, without the words that introduce it."
    about += f" The claimer is {', or '.join(kinds)}." if kinds else ""
    about += " The `cue` is the words that introduce the claim, or null."
    if not asked.has_events:
        return about
    about += " The `events` of a claim are the words of the events that it is about"
    certain = ", each with its factuality according to the claimer" * bool(
        asked.ontology.factuality
    )
    return f"{about}{certain}."


def _attributes(of: str, attributes: Sequence[Attribute]) -> str:
    return "\n".join([f"ATTRIBUTES of {of}:", *map(_attribute, attributes)]) if attributes else ""


def _attribute(attribute: Attribute) -> str:
    line = f"- {attribute.name} ({attribute.form}): {attribute.description}"
    if attribute.labels:
        line += f" Only of {', '.join(attribute.labels)}."
    if attribute.default is not None:
        line += f" Null stands for {attribute.default}."
    elif not attribute.required:
        line += " Null if there is none."
    return "\n".join([line, *(f"  {_label(value)}" for value in attribute.values)])


def _guideline(layer: Layer) -> str:
    lines = [layer.span] if layer.span else []
    return "\n".join([*lines, *map(_label, layer.labels)])


def _label(label: Label) -> str:
    line = f"- {label.name}: {label.description}"
    if label.span:
        line += f" Span: {label.span}"
    if label.examples:
        line += " Example: " + "; ".join(label.examples)
    if label.counterexamples:
        line += " Not: " + "; ".join(label.counterexamples)
    return line


def _schema(asked: Asked) -> str:
    return json.dumps(answer_schema(asked))
