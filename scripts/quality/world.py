"""Compare gold with the scenario sheets that its articles were written from.

For each fact and statement that an article tells (``seeds/scenarios/coverage.tsv`` says in which
words), looks for an event or a claim of gold in the sentences of these words: a label that
``seeds/scenarios/labels.tsv`` allows for this kind of fact or act, the right participants, and the
right claimer. Also counts what gold says in sentences that tell nothing of the sheet. Shares have
score intervals (Wilson 1927) at 95 %.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from scipy.stats import binomtest

from dateline.annotations.items import ranges_of, text_of
from dateline.corpus.scenarios import UNNAMED, Fact, Participant, Scenario, Statement, read_scenario
from dateline.corpus.scenarios import scenario_paths as sheets
from dateline.corpus.store import Corpus
from dateline.model import GOLD, Annotation, Claim, Document, Event, Range
from dateline.text import passage

REPOSITORY = Path(__file__).parents[2]
Labels = Mapping[tuple[str, str], tuple[frozenset[str], frozenset[str]]]


@click.command()
@click.option("--split", multiple=True, help="Documents of this split; repeatable.")
@click.option("--misses", is_flag=True, help="List the items that were not found.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--root", type=click.Path(path_type=Path), default=REPOSITORY, hidden=True)
def main(split: tuple[str, ...], misses: bool, as_json: bool, root: Path) -> None:
    """Compare gold with the scenario sheets."""
    corpus = Corpus(root)
    results = compare(corpus, split)
    if as_json:
        click.echo(json.dumps(results, indent=2, ensure_ascii=False))
        return
    for name, (hits, total) in results["shares"].items():
        click.echo(f"{name:58} {hits:5} of {total:5}  {share(hits, total)}")
    if misses:
        click.echo("\nNot found:")
        for row in results["misses"]:
            click.echo("  ".join(row))


def share(hits: int, total: int) -> str:
    """A share with its score interval, as if the items were independent."""
    if not total:
        return "none"
    ends = binomtest(hits, total).proportion_ci(method="wilson")
    return f"{hits / total:.3f} [{ends.low:.3f}, {ends.high:.3f}]"


def compare(corpus: Corpus, splits: Collection[str] = ()) -> dict[str, Any]:
    """Counts of what was found and looked for, by question, and the misses.

    ``shares`` maps each question to a pair of counts; ``misses`` has article, item, question and
    words.
    """
    labels = _labels(corpus.seeds / "scenarios" / "labels.tsv")
    worlds = {path.stem: read_scenario(path) for path in sheets(corpus)}
    told = _told(corpus.seeds / "scenarios" / "coverage.tsv")
    counts: dict[str, Counter[bool]] = {}
    misses = []
    for article, rows in told.items():
        if GOLD not in corpus.annotators_of(article):
            continue
        document = corpus.read_document(article)
        if splits and document.split not in splits:
            continue
        world = worlds[document.group or ""]
        reader = _Reader(document, corpus.read_annotation(GOLD, article), world)
        for item, words in rows:
            for question, found in reader.answers(item, words, labels):
                counts.setdefault(question, Counter())[found] += 1
                if not found:
                    misses.append((article, item, question, words))
        for question, inside in reader.elsewhere([words for _, words in rows]):
            counts.setdefault(question, Counter())[inside] += 1
    shares = {question: (c[True], c.total()) for question, c in counts.items()}
    return {"shares": shares, "misses": misses}


class _Reader:
    """Looks for the items of a sheet in the gold of one article."""

    def __init__(self, document: Document, gold: Annotation, world: Scenario) -> None:
        self._document, self._gold = document, gold
        self._people = {participant.id: participant for participant in world.entity}
        self._items: dict[str, Fact | Statement] = {f.id: f for f in world.fact}
        self._items |= {said.id: said for said in world.statement}
        self._mentions = {mention.id: mention for mention in gold.mentions}
        self._entities = {entity.id: entity for entity in gold.entities}
        self._scenario = document.group

    def answers(self, item: str, words: str, labels: Labels) -> Iterator[tuple[str, bool]]:
        place = self._place(words)
        told = self._items[item]
        if isinstance(told, Fact):
            yield from self._fact(told, place, labels["fact", told.kind][0])
        else:
            yield from self._statement(told, place, *labels["statement", told.act])

    def elsewhere(self, told: Iterable[str]) -> Iterator[tuple[str, bool]]:
        places = [self._place(words) for words in told]
        for event in self._gold.events:
            yield "events of gold that are where the sheet is told", _touches(event.trigger, places)
        for claim in self._gold.claims:
            yield "claims of gold that are where the sheet is told", _touches(claim.spans, places)

    def _place(self, words: str) -> Range:
        start = self._document.text.index(words)
        return passage(self._document.sentences, [(start, start + len(words))])

    def _fact(self, fact: Fact, place: Range, types: Collection[str]) -> Iterator[tuple[str, bool]]:
        if not types:
            return
        events = [e for e in self._gold.events if _touches(e.trigger, [place])]
        right = [e for e in events if e.type in types]
        yield "facts with an event of a right type", bool(right)
        if not right:
            return
        fillers = {name for event in right for name in self._fillers(event)}
        for participant in {id_ for ids in fact.who.values() for id_ in ids}:
            if participant in self._people and self._mentioned(self._people[participant], place):
                yield (
                    "participants, mentioned there, that are arguments",
                    any(self._is(entity, self._people[participant]) for entity in fillers),
                )

    def _statement(
        self, told: Statement, place: Range, types: Collection[str], acts: Collection[str]
    ) -> Iterator[tuple[str, bool]]:
        claims = [
            c
            for c in self._gold.claims
            if c.act in acts and _touches((*c.spans, *(c.cue or ())), [place])
        ]
        events = [e for e in self._gold.events if e.type in types and _touches(e.trigger, [place])]
        yield "statements with a claim or event of a right act", bool(claims or events)
        if claims or events:
            yield (
                "of these, with the right claimer",
                any(self._said_by(claim, told.who) for claim in claims)
                or any(self._done_by(event, told.who) for event in events),
            )
        if claims and told.act in ("asserts", "predicts", "denies"):
            mine = [c for c in claims if self._said_by(c, told.who)] or claims
            yield (
                "claims of these with the certainty of the sheet",
                any(c.attributes.get("certainty") == told.force for c in mine),
            )

    def _said_by(self, claim: Claim, who: str) -> bool:
        if claim.claimer not in self._mentions:
            return who == UNNAMED
        return self._refers(claim.claimer, who)

    def _done_by(self, event: Event, who: str) -> bool:
        return who == UNNAMED or any(
            argument.mention is not None and self._refers(argument.mention, who)
            for argument in event.arguments
            if argument.role in ("agent", "party")
        )

    def _refers(self, mention: str, who: str) -> bool:
        entity = self._mentions[mention].entity
        return entity is not None and who in self._people and self._is(entity, self._people[who])

    def _fillers(self, event: Event) -> Iterator[str]:
        for argument in event.arguments:
            mention = self._mentions.get(argument.mention or "")
            if mention is not None and mention.entity is not None:
                yield mention.entity

    def _mentioned(self, participant: Participant, place: Range) -> bool:
        return any(
            mention.entity is not None and self._is(mention.entity, participant)
            for mention in self._gold.mentions
            if _touches(mention.spans, [place])
        )

    def _is(self, entity: str, participant: Participant) -> bool:
        links = {link.id for link in self._entities[entity].links if link.kb == "scenario"}
        if links - {None}:
            return f"{self._scenario}/{participant.id}" in links
        names = {name.casefold() for name in (participant.name, *participant.aliases)}
        mentioned = {
            text_of(mention.spans).casefold()
            for mention in self._gold.mentions
            if mention.entity == entity
        }
        last = {name.split()[-1] for name in names}
        return bool(names & mentioned or last & mentioned)


def _touches(spans: Iterable[Any], places: Iterable[Range]) -> bool:
    ranges = ranges_of(tuple(spans))
    return any(s < end and start < e for start, end in places for s, e in ranges)


def _labels(path: Path) -> Labels:
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (row["of"], row["kind"]): (
                frozenset(row["events"].split()),
                frozenset((row["claims"] or "").split()),
            )
            for row in csv.DictReader(file, delimiter="\t")
        }


def _told(path: Path) -> dict[str, list[tuple[str, str]]]:
    """For each article, the items that it tells, with the words that tell them."""
    found: dict[str, list[tuple[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["told"] != "no":
                found.setdefault(row["article"], []).append((row["item"], row["words"]))
    return found


if __name__ == "__main__":
    main()
