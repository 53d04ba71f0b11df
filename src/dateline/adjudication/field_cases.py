"""What belongs to a mention, event or claim: label, attributes, arguments, claimer, cue, events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dateline.adjudication.candidates import LAYER, Inputs, Roll, Thing
from dateline.adjudication.cases import Case, Kind, Option, What
from dateline.adjudication.coreference_cases import accept_label
from dateline.adjudication.open_cases import Docket
from dateline.annotations.items import label_of, ranges_of
from dateline.model import Argument, Claim, Event, Spans

MENTION: tuple[What, ...] = ("mention",)

Bar = Callable[[Thing], str]
"""Why something cannot stand in a place; empty where it can."""


def hear_label(thing: Thing, inputs: Inputs, docket: Docket) -> str | None:
    """Ask for the type of an event or the act of a claim; None while nobody has decided."""
    labels = inputs.ontology.layers[LAYER[thing.what]].label_names
    said = {name: label_of(item) for name, item in thing.items.items()}
    case = _case(thing, "type", {n: Option(value=v, text=v) for n, v in said.items()}, labels)
    answer = docket.ask(case, accept_label(labels))
    return None if answer is None else str(answer[0])


def hear_attributes(thing: Thing, inputs: Inputs, docket: Docket) -> dict[str, str]:
    """Ask for each attribute that the ontology gives to things of this kind."""
    found = {}
    for attribute in inputs.ontology.layers[LAYER[thing.what]].attributes:
        said = {name: item.attributes.get(attribute.name) for name, item in thing.items.items()}
        labels = tuple(value.name for value in attribute.values)
        case = _case(
            thing,
            "attribute",
            {name: Option(value=value, text=value or "nothing") for name, value in said.items()},
            labels,
            detail=attribute.name,
            none=not attribute.required,
        )
        answer = docket.ask(case, accept_label(labels))
        if answer and answer[0] is not None:
            found[attribute.name] = str(answer[0])
    return found


def hear_arguments(
    thing: Thing,
    label: str,
    types: Mapping[Thing, str],
    inputs: Inputs,
    roll: Roll,
    docket: Docket,
) -> tuple[Argument, ...]:
    """Ask who and what takes part in an event of this type, role by role.

    ``types`` are those of the mentions that have one yet.
    """
    roles = inputs.ontology.event_types[label].roles
    said = {
        name: [(a.role, roll.of(name, a.filler)) for a in item.arguments]
        for name, item in thing.items.items()
        if isinstance(item, Event)
    }
    found = []
    for role in sorted({role for pairs in said.values() for role, _ in pairs}):
        fillers = {name: [f for own, f in pairs if own == role] for name, pairs in said.items()}
        every = [filler for some in fillers.values() for filler in some]
        if any(filler.kept is None for filler in every) or any(
            filler.what == "mention" and filler.kept and filler not in types for filler in every
        ):
            docket.waiting = True
            continue

        def bar(filler: Thing, role: str = role) -> str:
            kind = types[filler] if filler.what == "mention" else filler.what
            if role not in roles:
                return f"{label} has no role {role}"
            if kind not in roles[role].fillers:
                return f"the {role} of {label} cannot be {kind}"
            return ""

        for filler in _hear_set(thing, "argument", role, fillers, bar, inputs, roll, docket):
            found.append(Argument(role=role, **{filler.what: filler.ref}))
    return tuple(found)


def hear_claimer(thing: Thing, inputs: Inputs, roll: Roll, docket: Docket) -> str:
    """Ask whose claim it is: a mention's reference, or one of the ontology's claimers."""
    special = inputs.ontology.special_claimers
    options = {}
    for name, item in thing.items.items():
        if not isinstance(item, Claim):
            continue
        if item.claimer in special:
            options[name] = Option(value=item.claimer, text=item.claimer)
            continue
        mention = roll.of(name, item.claimer)
        if mention.kept is None:
            docket.waiting = True
            return ""
        option = Option(value=mention.ref, text=inputs.quote(mention.place))
        if mention.kept:
            options[name] = option
        else:
            lost = _case(thing, "claimer", {name: option}, about=mention)
            docket.settle(lost, None, f"{mention.ref} was not kept")

    def accept(value: Any) -> str:
        return str(value) if value in special else roll.named(value, MENTION).ref

    case = _case(thing, "claimer", options, tuple(sorted(special)))
    answer = docket.ask(case, accept)
    return str(answer[0]) if answer else ""


def hear_cue(thing: Thing, inputs: Inputs, docket: Docket) -> Spans | None:
    """Ask for the words that introduce a claim."""

    def accept(value: Any) -> Any:
        return None if value is None else inputs.accept_ranges(value)

    cues = {name: c.cue for name, c in thing.items.items() if isinstance(c, Claim)}
    ranges = {
        name: [list(r) for r in ranges_of(cue)] if cue else None for name, cue in cues.items()
    }
    case = _case(
        thing,
        "cue",
        {n: Option(value=r, text=inputs.quote(r) if r else "nothing") for n, r in ranges.items()},
        none=True,
    )
    answer = docket.ask(case, accept)
    return inputs.spans(answer[0]) if answer and answer[0] else None


def hear_about(thing: Thing, inputs: Inputs, roll: Roll, docket: Docket) -> tuple[str, ...]:
    """Ask for the events that a claim is about: their references."""
    said = {
        name: [roll.of(name, event) for event in item.events]
        for name, item in thing.items.items()
        if isinstance(item, Claim)
    }
    if any(event.kept is None for events in said.values() for event in events):
        docket.waiting = True
        return ()
    chosen = _hear_set(thing, "about", "", said, lambda _: "", inputs, roll, docket)
    return tuple(event.ref for event in chosen)


def _hear_set(
    thing: Thing,
    kind: Kind,
    detail: str,
    said: Mapping[str, Sequence[Thing]],
    bar: Bar,
    inputs: Inputs,
    roll: Roll,
    docket: Docket,
) -> list[Thing]:
    """What all say, and of the rest what is decided, among things that are kept and fit."""
    possible: dict[str, list[Thing]] = {name: [] for name in said}
    for name, some in said.items():
        for other in some:
            reason = bar(other) if other.kept else f"{other.ref} was not kept"
            if reason:
                options = {name: _listed([other], inputs)}
                docket.settle(_case(thing, kind, options, detail=detail, about=other), [], reason)
            else:
                possible[name].append(other)
    agreed = [t for t in possible[next(iter(said))] if all(t in some for some in possible.values())]
    contested = {
        name: sorted((t for t in some if t not in agreed), key=lambda t: (t.place, t.ref))
        for name, some in possible.items()
    }
    options = {name: _listed(some, inputs) for name, some in contested.items()}
    case = _case(thing, kind, options, detail=detail, none=True, several=True)

    def accept(value: Any) -> list[str]:
        refs = []
        for ref in value if isinstance(value, list) else [value]:
            other = roll.named(ref, tuple(LAYER))
            if bar(other):
                raise ValueError(bar(other))
            refs.append(other.ref)
        return refs

    answer = docket.ask(case, accept) or []
    chosen = (roll.named(ref, tuple(LAYER)) for refs in answer for ref in refs)
    return list(dict.fromkeys([*agreed, *chosen]))


def _listed(things: Sequence[Thing], inputs: Inputs) -> Option:
    return Option(
        value=[thing.ref for thing in things],
        text=", ".join(inputs.quote(thing.place) for thing in things) or "nothing",
    )


def _case(
    thing: Thing,
    kind: Kind,
    options: Mapping[str, Option],
    values: tuple[str, ...] = (),
    *,
    detail: str = "",
    about: Thing | None = None,
    none: bool = False,
    several: bool = False,
) -> Case:
    """A case on a part of a thing; ``about`` names the one of several that is meant."""
    parts = (thing.key, kind, detail, about.ref if about else "")
    return Case(
        id="/".join(part for part in parts if part),
        kind=kind,
        what=thing.what,
        detail=detail,
        place=thing.place,
        options=options,
        values=values,
        none=none,
        several=several,
    )
