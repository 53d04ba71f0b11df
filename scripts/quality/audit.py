"""Sample what two annotators agree on, for an auditor who did not annotate.

Agreement does not show that both are right. ``sample`` writes a table of statements that both
annotators and gold have in common, drawn at random and evenly from the kinds of statements.
``score`` counts the auditor's verdicts: the share of errors by kind, with score intervals (Wilson
1927) at 95 %.
"""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import click
from scipy.stats import binomtest

from dateline.annotations.items import ranges_of, text_items, text_of
from dateline.annotations.items import spans_of as extent
from dateline.corpus.store import Corpus
from dateline.model import GOLD, Annotation, Attributes, Spans
from world import REPOSITORY

VERDICTS = ("right", "wrong", "unclear")
Statement = tuple[str, str, str]
"""The kind of statement, its place in the text, and what it says."""


@click.group()
def main() -> None:
    """Audit what annotators agree on."""


@main.command()
@click.argument("annotators", nargs=2)
@click.option("--number", default=400, show_default=True, help="How many statements.")
@click.option("--seed", default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Table to write.")
@click.option("--root", type=click.Path(path_type=Path), default=REPOSITORY, hidden=True)
def sample(annotators: tuple[str, str], number: int, seed: int, out: Path, root: Path) -> None:
    """Write a table of statements that ANNOTATORS and gold have in common."""
    corpus = Corpus(root)
    pools: dict[str, list[tuple[str, Statement]]] = defaultdict(list)
    for document in corpus.document_ids():
        if not {GOLD, *annotators} <= {*corpus.annotators_of(document)}:
            continue
        said = [
            set(statements(corpus.read_annotation(who, document))) for who in (GOLD, *annotators)
        ]
        for statement in sorted(set.intersection(*said)):
            pools[statement[0]].append((document, statement))
    chance = random.Random(seed)
    for pool in pools.values():
        chance.shuffle(pool)
    rows: list[tuple[str, Statement]] = []
    while len(rows) < number and any(pools.values()):
        rows += [pool.pop() for pool in pools.values() if pool]
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(("document", "kind", "place", "statement", "verdict", "why"))
        for document, statement in sorted(rows[:number]):
            writer.writerow((document, *statement, "", ""))
    click.echo(f"{min(len(rows), number)} statements in {out}")


@main.command()
@click.argument("table", type=click.Path(exists=True, path_type=Path))
def score(table: Path) -> None:
    """Count the verdicts (right, wrong, unclear) in TABLE."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    if bad := [row for row in rows if row["verdict"] not in VERDICTS]:
        raise click.ClickException(
            f'{table}: {len(bad)} rows without a verdict, the first of "{bad[0]["document"]}". '
            f"Write one of: {', '.join(VERDICTS)}."
        )
    counts = Counter((row["kind"], row["verdict"]) for row in rows)
    for kind in [*sorted({row["kind"] for row in rows}), None]:
        wrong, unclear, total = (
            sum(n for (k, v), n in counts.items() if kind in (None, k) and v in verdicts)
            for verdicts in (("wrong",), ("unclear",), VERDICTS)
        )
        ends = binomtest(wrong, total).proportion_ci(method="wilson")
        click.echo(
            f"{kind or 'all':24} wrong {wrong:3} of {total:3}  {wrong / total:.3f} "
            f"[{ends.low:.3f}, {ends.high:.3f}]  unclear {unclear}"
        )


def statements(annotation: Annotation) -> Iterator[Statement]:
    """What an annotation says, piece by piece, without its ids."""
    items = text_items(annotation)
    places = {id_: _place(extent(item)) for id_, item in items.items()}
    words = {id_: text_of(extent(item)) for id_, item in items.items()}
    chains: dict[str, str] = {}
    for mention in annotation.mentions:
        yield (
            "mention",
            places[mention.id],
            f'"{words[mention.id]}" is a {mention.type} ({_values(mention.attributes)})',
        )
        if mention.entity is not None:
            if before := chains.get(mention.entity):
                yield (
                    "chain",
                    places[mention.id],
                    f'"{words[mention.id]}" is the same as "{words[before]}" at {places[before]}',
                )
            chains[mention.entity] = mention.id
    for event in annotation.events:
        trigger = f'"{words[event.id]}"'
        yield "event", places[event.id], f"{trigger} is a {event.type}"
        yield "event attributes", places[event.id], f"{trigger}: {_values(event.attributes)}"
        for argument in event.arguments:
            yield (
                "argument",
                places[event.id],
                f'{argument.role} of {trigger} is "{words[argument.filler]}" at '
                f"{places[argument.filler]}",
            )
        for fact in event.factuality:
            source = (
                f'the claimer of "{words[fact.source]}"' if fact.source in words else fact.source
            )
            yield "factuality", places[event.id], f"{trigger} is {fact.value} for {source}"
    for claim in annotation.claims:
        claimer = words.get(claim.claimer, claim.claimer)
        said = f'"{words[claim.id]}"'
        yield "claim", places[claim.id], f'{said} is a claim ({claim.act}) of "{claimer}"'
        yield "claim attributes", places[claim.id], f"{said}: {_values(claim.attributes)}"
    for relations in (
        annotation.relations, annotation.event_relations, annotation.claim_relations,
    ):  # fmt: skip
        for relation in relations:
            yield (
                "relation",
                places[relation.source],
                f'"{words[relation.source]}" {relation.type} "{words[relation.target]}" at '
                f"{places[relation.target]}",
            )


def _values(attributes: Attributes) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(attributes.items()))


def _place(spans: Spans) -> str:
    return ",".join(f"{start}-{end}" for start, end in ranges_of(spans))


if __name__ == "__main__":
    main()
