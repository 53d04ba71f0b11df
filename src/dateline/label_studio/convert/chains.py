"""Entities and event clusters: regions with the same id, or joined by coreference."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from dateline.annotations.components import components
from dateline.annotations.differences import format_value
from dateline.annotations.link_text import parse_links
from dateline.label_studio.config.controls import SAME
from dateline.label_studio.config.questions import Question
from dateline.label_studio.config.relations import COREFERENCE
from dateline.label_studio.convert.graph import ResultGraph
from dateline.label_studio.convert.problems import ResultProblem
from dateline.label_studio.convert.region_ids import ID, MAX_LENGTH, mint
from dateline.label_studio.convert.regions import Region
from dateline.label_studio.result_rows import string
from dateline.model import AttributeValue, Link, Struct


class Chain(Struct, frozen=True):
    """The regions of an entity or an event cluster: those with its id, then those joined to it."""

    id: str
    own: Sequence[Region]
    joined: Sequence[Region]

    @property
    def regions(self) -> Sequence[Region]:
        """All regions; what the first ones answer takes precedence."""
        return (*self.own, *self.joined)


class ChainReader:
    """Reads the chains of a result, and collects what is irregular in them."""

    def __init__(self, graph: ResultGraph) -> None:
        self._graph = graph
        self._taken = set(graph.regions)
        self.problems: list[ResultProblem] = []

    def chains(
        self,
        regions: Sequence[Region],
        control: str,
        suffix: str,
        asked: Iterable[Question],
        *,
        names: Mapping[str, Hashable] | None = None,
    ) -> list[Chain]:
        """The chains, by the id in the text control, by their letter or by coreference arcs.

        Joined chains get the id of their earliest member; a chain without an id is named after its
        first member, so that the same page always gives the same ids. With ``names``, what regions
        that are names say by id, those that say the same are one chain, unless they are of several
        chains already, and a region that is joined to no other is a chain too. Otherwise, answers
        to questions that are ``asked`` about a chain are reported there.
        """
        written = self._written(regions, control)
        by_id = {region.id: region for region in regions}
        pairs = [*_first_with(written), *_first_with(_letters(regions))]
        arcs = self._graph.arcs.get(COREFERENCE, ())
        pairs += [(arc.source, arc.target) for arc in arcs if arc.source in by_id]
        if names is not None:
            decided = {member for pair in pairs for member in pair}
            pairs += _namesakes(names, components(by_id, pairs), decided)
        self._taken.update(written.values())
        chains, outside = [], []
        for members in components(by_id, pairs):
            name = next((written[name] for name in members if name in written), None)
            if name is None and len(members) == 1 and names is None:
                outside.append(by_id[members[0]])
                continue
            if name is None:
                name = mint(f"{members[0][: MAX_LENGTH - 1 - len(suffix)]}.{suffix}", self._taken)
            own = [by_id[member] for member in members if written.get(member) == name]
            joined = [by_id[member] for member in members if written.get(member) != name]
            chains.append(Chain(id=name, own=own, joined=joined))
        controls = [question.control for question in asked]
        for region in outside:
            for other in controls:
                if other in region.answers:
                    self._report(region, f'"{other}" is set without "{control}"')
        return chains

    def answer(self, chain: Chain, control: str) -> AttributeValue | None:
        """The first answer in the chain; reports contradictions."""
        given = {
            region.answers[control]: region
            for region in reversed(chain.own)
            if control in region.answers
        }
        if len(given) > 1:
            first, *others = reversed(given)
            rest = '", "'.join(map(format_value, others))
            self._report(
                given[first],
                f'"{control}" of this {given[first].control} is "{format_value(first)}" here and '
                f'"{rest}" elsewhere',
                effect="the first is used",
            )
        return next((r.answers[control] for r in chain.regions if control in r.answers), None)

    def links(self, chain: Chain, control: str) -> tuple[Link, ...]:
        """The links in the first answer of the chain; reports a text that has none."""
        written = string(self.answer(chain, control))
        if not written:
            return ()
        links = parse_links(written)
        if links is None:
            self._report(
                chain.regions[0],
                f'"{written}" is not a link; write KB:ID, or KB:NIL if there is no entry, with '
                "spaces between several links",
            )
        return links or ()

    def _written(self, regions: Iterable[Region], control: str) -> Mapping[str, str]:
        written: dict[str, str] = {}
        for region in regions:
            name = string(region.answers.get(control)).strip()
            if ID.fullmatch(name):
                written[region.id] = name
            elif name:
                self._report(
                    region,
                    f'"{name}" is not an id for "{control}"; use up to 64 letters, digits, ".", '
                    '"_" and "-"',
                )
        return written

    def _report(self, region: Region, message: str, effect: str = "") -> None:
        self.problems.append(region.problem(message, effect))


def _letters(regions: Iterable[Region]) -> Mapping[str, AttributeValue]:
    return {region.id: region.answers[SAME] for region in regions if SAME in region.answers}


def _first_with(given: Mapping[str, Hashable]) -> Iterator[tuple[str, str]]:
    """Each member, and the first one to which the same is given."""
    first: dict[Hashable, str] = {}
    return ((member, first.setdefault(value, member)) for member, value in given.items())


def _namesakes(
    names: Mapping[str, Hashable], chains: Iterable[Sequence[str]], decided: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Regions with the same name, except where those that were decided are of several chains."""
    chain_of = {member: chain[0] for chain in chains for member in chain if member in decided}
    alike: dict[Hashable, list[str]] = {}
    for member, name in names.items():
        alike.setdefault(name, []).append(member)
    for members in alike.values():
        if len({chain_of[member] for member in members if member in chain_of}) <= 1:
            yield from pairwise(members)
