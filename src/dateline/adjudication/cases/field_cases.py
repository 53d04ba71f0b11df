"""Cases on a candidate's label, attributes, arguments, factuality, claimer, cue and events."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from dateline.adjudication.annotated_document import AnnotatedDocument
from dateline.adjudication.cases.attribute_cases import (
    Owner,
    collect_attributes,
    validate_label,
)
from dateline.adjudication.cases.candidates import LAYER_OF, Candidate, Candidates
from dateline.adjudication.cases.case import Case, CaseKind, ItemKind, Option
from dateline.adjudication.cases.case_list import CaseList
from dateline.annotations.items import label_of, ranges_of
from dateline.model import Argument, Attributes, AttributeValue, Claim, Event, Factuality, Spans

_MENTION: tuple[ItemKind, ...] = ("mention",)

Objection = Callable[[Candidate], str]
"""The reason why a candidate cannot be an element of a set; empty if it can."""


def collect_label(candidate: Candidate, cases: CaseList) -> str | None:
    """Collect the case on an event's type or a claim's act, and return it; None while open."""
    labels = cases.annotated.ontology.labels_of(LAYER_OF[candidate.kind])
    options = {
        name: Option(value=label_of(item), text=label_of(item))
        for name, item in candidate.items.items()
    }
    answer = cases.resolve(_case(candidate, "type", options, labels), validate_label(labels))
    return None if answer is None else str(answer[0])


def collect_item_attributes(
    candidate: Candidate, label: str, cases: CaseList
) -> dict[str, AttributeValue]:
    """Collect a case for each attribute of the label, and return those that are known."""
    return collect_attributes(
        Owner(key=candidate.key, kind=candidate.kind, ranges=candidate.ranges),
        label,
        cases.annotated.ontology.attributes_of(LAYER_OF[candidate.kind]),
        {name: item.attributes for name, item in candidate.items.items()},
        cases,
    )


def collect_arguments(
    candidate: Candidate,
    label: str,
    types: Mapping[Candidate, str],
    candidates: Candidates,
    cases: CaseList,
) -> tuple[Argument, ...]:
    """Collect a case for each role of an event of type ``label``, and on attributes of arguments.

    ``types`` has the types of mentions that are known.
    """
    roles = cases.annotated.ontology.event_types[label].roles
    arguments = {
        name: {(a.role, candidates.of_item(name, a.filler)): a.attributes for a in item.arguments}
        for name, item in candidate.items.items()
        if isinstance(item, Event)
    }
    found = []
    for role in sorted({role for pairs in arguments.values() for role, _ in pairs}):
        fillers = {
            name: [f for own, f in pairs if own == role] for name, pairs in arguments.items()
        }
        every = [filler for some in fillers.values() for filler in some]
        if any(filler.kept is None for filler in every) or any(
            filler.kind == "mention" and filler.kept and filler not in types for filler in every
        ):
            cases.incomplete = True
            continue

        def objection(filler: Candidate, role: str = role) -> str:
            kind = types[filler] if filler.kind == "mention" else filler.kind
            if role not in roles:
                return f"{label} has no role {role}"
            if kind not in roles[role].fillers:
                return f"the {role} of {label} cannot be {kind}"
            return ""

        for filler in _collect_set(
            candidate, "argument", role, fillers, objection, candidates, cases
        ):
            given = {
                name: pairs[role, filler]
                for name, pairs in arguments.items()
                if (role, filler) in pairs
            }
            attributes = _collect_argument_attributes(candidate, role, filler, given, cases)
            found.append(Argument(role=role, attributes=attributes, **{filler.kind: filler.ref}))
    return tuple(found)


def collect_factuality(
    candidate: Candidate, about: Collection[Candidate], candidates: Candidates, cases: CaseList
) -> tuple[Factuality, ...]:
    """Collect a case for each source of an event's factuality.

    ``about`` are the claims about the event that gold has. The source is a reference to one of
    them, or a claimer that is not a mention.
    """
    ontology = cases.annotated.ontology
    if not ontology.factuality:
        return ()
    special = sorted(ontology.special_claimers)
    values: dict[str | Candidate, dict[str, str]] = {source: {} for source in special}
    for name, item in candidate.items.items():
        for given in item.factuality if isinstance(item, Event) else ():
            known = given.source in ontology.special_claimers
            source = given.source if known else candidates.of_item(name, given.source)
            values.setdefault(source, {})[name] = given.value
    found = []
    for source, own in values.items():
        ref = source.ref if isinstance(source, Candidate) else source
        names = _about(source, candidate) if isinstance(source, Candidate) else candidate.items
        case = _case(
            candidate,
            "factuality",
            {name: Option(value=own.get(name), text=own.get(name, "nothing")) for name in names},
            tuple(label.name for label in ontology.factuality),
            detail=ref,
            allows_none=source not in ontology.required_sources,
        )
        if isinstance(source, Candidate) and source.kept is None:
            cases.incomplete = True
        elif isinstance(source, Candidate) and source not in about:
            reason = "is not about the event" if source.kept else "was not kept"
            cases.add_by_rule(case, None, f"{ref} {reason}")
        else:
            answer = cases.resolve(case, validate_label(case.allowed_values))
            if answer and answer[0] is not None:
                found.append(Factuality(source=ref, value=str(answer[0])))
    return tuple(found)


def collect_claimer(candidate: Candidate, candidates: Candidates, cases: CaseList) -> str:
    """Collect the case on a claimer: a mention's reference, or one of the special claimers."""
    special = cases.annotated.ontology.special_claimers
    options = {}
    for name, item in candidate.items.items():
        if not isinstance(item, Claim):
            continue
        if item.claimer in special:
            options[name] = Option(value=item.claimer, text=item.claimer)
            continue
        mention = candidates.of_item(name, item.claimer)
        if mention.kept is None:
            cases.incomplete = True
            return ""
        option = Option(value=mention.ref, text=cases.annotated.quote(mention.ranges))
        if mention.kept:
            options[name] = option
        else:
            dropped = _case(candidate, "claimer", {name: option}, about=mention)
            cases.add_by_rule(dropped, None, f"{mention.ref} was not kept")

    def validate(value: Any) -> str:
        return str(value) if value in special else candidates.named(value, _MENTION).ref

    case = _case(candidate, "claimer", options, tuple(sorted(special)))
    answer = cases.resolve(case, validate)
    return str(answer[0]) if answer else ""


def collect_cue(candidate: Candidate, cases: CaseList) -> Spans | None:
    """Collect the case on the cue of a claim."""
    annotated = cases.annotated

    def validate(value: Any) -> Any:
        return None if value is None else annotated.validate_ranges(value)

    cues = {name: c.cue for name, c in candidate.items.items() if isinstance(c, Claim)}
    ranges = {
        name: [list(r) for r in ranges_of(cue)] if cue else None for name, cue in cues.items()
    }
    options = {
        name: Option(value=some, text=annotated.quote(some) if some else "nothing")
        for name, some in ranges.items()
    }
    answer = cases.resolve(_case(candidate, "cue", options, allows_none=True), validate)
    return annotated.spans(answer[0]) if answer and answer[0] else None


def collect_claim_events(
    candidate: Candidate, candidates: Candidates, cases: CaseList
) -> tuple[str, ...]:
    """Collect the case on the events of a claim, and return their references."""
    events = {
        name: [candidates.of_item(name, event) for event in item.events]
        for name, item in candidate.items.items()
        if isinstance(item, Claim)
    }
    if any(event.kept is None for some in events.values() for event in some):
        cases.incomplete = True
        return ()
    chosen = _collect_set(candidate, "about", "", events, lambda _: "", candidates, cases)
    return tuple(event.ref for event in chosen)


def _about(claim: Candidate, event: Candidate) -> list[str]:
    """The annotators who have the claim about the event."""
    items = ((name, claim.items.get(name), item) for name, item in event.items.items())
    return [name for name, own, item in items if isinstance(own, Claim) and item.id in own.events]


def _collect_argument_attributes(
    event: Candidate,
    role: str,
    filler: Candidate,
    given: Mapping[str, Attributes],
    cases: CaseList,
) -> dict[str, AttributeValue]:
    owner = Owner(
        key=f"{event.key}/argument/{role}/{filler.ref}", kind="argument", ranges=filler.ranges
    )
    declared = cases.annotated.ontology.argument_attributes
    return collect_attributes(owner, role, declared, given, cases)


def _collect_set(
    candidate: Candidate,
    kind: CaseKind,
    detail: str,
    by_annotator: Mapping[str, Sequence[Candidate]],
    objection: Objection,
    candidates: Candidates,
    cases: CaseList,
) -> list[Candidate]:
    """Elements on which all agree, and those that are decided, if they are kept and possible."""
    annotated = cases.annotated
    possible: dict[str, list[Candidate]] = {name: [] for name in by_annotator}
    for name, elements in by_annotator.items():
        for element in elements:
            reason = objection(element) if element.kept else f"{element.ref} was not kept"
            if reason:
                options = {name: _set_option([element], annotated)}
                case = _case(candidate, kind, options, detail=detail, about=element)
                cases.add_by_rule(case, [], reason)
            else:
                possible[name].append(element)
    first = possible[next(iter(by_annotator))]
    agreed = [one for one in first if all(one in some for some in possible.values())]
    contested = {
        name: sorted((one for one in some if one not in agreed), key=lambda o: (o.ranges, o.ref))
        for name, some in possible.items()
    }
    options = {name: _set_option(some, annotated) for name, some in contested.items()}
    case = _case(candidate, kind, options, detail=detail, allows_none=True, allows_several=True)

    def validate(value: Any) -> list[str]:
        refs = []
        for ref in value if isinstance(value, list) else [value]:
            element = candidates.named(ref, tuple(LAYER_OF))
            if objection(element):
                raise ValueError(objection(element))
            refs.append(element.ref)
        return refs

    answer = cases.resolve(case, validate) or []
    chosen = (candidates.named(ref, tuple(LAYER_OF)) for refs in answer for ref in refs)
    return list(dict.fromkeys([*agreed, *chosen]))


def _set_option(elements: Sequence[Candidate], annotated: AnnotatedDocument) -> Option:
    return Option(
        value=[element.ref for element in elements],
        text=", ".join(annotated.quote(element.ranges) for element in elements) or "nothing",
    )


def _case(
    candidate: Candidate,
    kind: CaseKind,
    options: Mapping[str, Option],
    allowed_values: tuple[str, ...] = (),
    *,
    detail: str = "",
    about: Candidate | None = None,
    allows_none: bool = False,
    allows_several: bool = False,
) -> Case:
    """A case on a field of a candidate; ``about`` is the element of a set that is concerned."""
    parts = (candidate.key, kind, detail, about.ref if about else "")
    return Case(
        id="/".join(part for part in parts if part),
        kind=kind,
        item_kind=candidate.kind,
        detail=detail,
        ranges=candidate.ranges,
        options=options,
        allowed_values=allowed_values,
        allows_none=allows_none,
        allows_several=allows_several,
    )
