"""Plant errors in a copy of gold, and count how many of them a reviewer finds.

``plant`` copies a corpus and changes items of its gold at random, by a seed, so that every
annotation stays valid: only somebody who reads the text can tell. It writes the key to a file that
the reviewer does not get. ``score`` compares the reviewer's report with the key: the share of
errors found by kind (with score intervals, Wilson 1927), what was reported beside them, and from
both an estimate of the errors that gold had before.
"""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import msgspec

from dateline.corpus.store import Corpus
from dateline.model import GOLD, Annotation, Document
from dateline.validation.engine import Checker
from dateline.validation.required import valid_annotations
from planted_errors import KINDS, Draft, Item
from world import REPOSITORY, share

ATTEMPTS = 1000
Row = tuple[str, str, str, str]
"""The document, the kind of error, the item, and what was changed."""


@click.group()
def main() -> None:
    """Measure how many errors a reviewer of gold finds."""


@main.command()
@click.option("--number", default=150, show_default=True, help="How many errors.")
@click.option("--seed", default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the copy.")
@click.option("--key", type=click.Path(path_type=Path), required=True, help="File for the key.")
@click.option("--split", multiple=True, help="Documents of this split; repeatable.")
@click.option("--root", type=click.Path(path_type=Path), default=REPOSITORY, hidden=True)
def plant(number: int, seed: int, out: Path, key: Path, split: tuple[str, ...], root: Path) -> None:
    """Copy gold to a folder, with errors."""
    source = Corpus(root)
    documents = [
        document
        for document in map(source.read_document, source.document_ids())
        if GOLD in source.annotators_of(document.id)
        and (not split or document.split in split)
        and document.contrast is None
    ]
    if not documents:
        raise click.ClickException("There is no gold to plant errors in.")
    planted = _Planted(source, documents, random.Random(seed))
    rows = list(planted.rows(number))
    out.mkdir(parents=True)
    for folder in ("schema", "seeds", "corpus"):
        shutil.copytree(root / folder, out / folder)
    (out / "docs").mkdir()
    shutil.copy(root / "docs" / "guidelines.md", out / "docs")
    copy = Corpus(out)
    for gold in planted.golds.values():
        copy.write_annotation(gold)
    for _ in valid_annotations(copy, planted.golds, [GOLD]):
        pass  # raises an error if a file is not valid
    with key.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(("document", "kind", "item", "what"))
        writer.writerows(rows)
    click.echo(f"{len(rows)} errors in {out}, key in {key}")


@main.command()
@click.argument("key", type=click.Path(exists=True, path_type=Path))
@click.argument("report", type=click.Path(exists=True, path_type=Path))
def score(key: Path, report: Path) -> None:
    """Compare the reviewer's REPORT (document, item, what, separated by tabs) with the KEY.

    An item is an id; a relation is the ids of its ends, such as e1-e2.
    """
    with key.open(encoding="utf-8", newline="") as file:
        planted = {_place(row): row["kind"] for row in csv.DictReader(file, delimiter="\t")}
    with report.open(encoding="utf-8", newline="") as file:
        reported = {_place(row) for row in csv.DictReader(file, delimiter="\t")}
    for kind in KINDS:
        places = [place for place, k in planted.items() if k == kind]
        hits = sum(place in reported for place in places)
        click.echo(f"{kind:28} {hits:4} of {len(places):4}  {share(hits, len(places))}")
    hits = len(planted.keys() & reported)
    others = len(reported - planted.keys())
    click.echo(f"{'all':28} {hits:4} of {len(planted):4}  {share(hits, len(planted))}")
    click.echo(f"reported beside them: {others}")
    if hits:
        click.echo(
            f"if all of those are errors and found as often: {others * len(planted) / hits:.0f} "
            "errors in gold"
        )


class _Planted:
    """Gold with errors, at most one in each item."""

    def __init__(self, corpus: Corpus, documents: list[Document], chance: random.Random) -> None:
        self.golds = {d.id: corpus.read_annotation(GOLD, d.id) for d in documents}
        self._documents = {document.id: document for document in documents}
        self._chance, self._ontology, self._checker = chance, corpus.ontology, Checker(corpus)
        self._errors = {id_: self._errors_of(gold) for id_, gold in self.golds.items()}
        self._touched: set[tuple[str, str]] = set()

    def rows(self, number: int) -> Iterator[Row]:
        """Plant this many errors, of each kind in turn."""
        kinds = list(KINDS)
        for position in range(number):
            yield self._one(kinds[position % len(kinds)])

    def _one(self, kind: str) -> Row:
        for _ in range(ATTEMPTS):
            id_ = self._chance.choice(sorted(self.golds))
            draft = Draft(_as_json(self.golds[id_]), self._ontology, self._chance)
            found = KINDS[kind](draft)
            if found is None:
                continue
            place = _place({"document": id_, "item": found[0]})
            if place in self._touched:
                continue
            changed = msgspec.convert(draft.gold, Annotation)
            if self._errors_of(changed) <= self._errors[id_]:
                self.golds[id_] = changed
                self._touched.add(place)
                return (id_, kind, *found)
        raise click.ClickException(
            f"No place for another error of the kind {kind}. Plant fewer errors."
        )

    def _errors_of(self, gold: Annotation) -> set[str]:
        """Errors and warnings of the rules, without their places."""
        incidents = self._checker.check_annotation(gold, self._documents[gold.document])
        return {f"{incident.code} {incident.message}" for incident in incidents}


def _place(row: Mapping[str, str]) -> tuple[str, str]:
    """Document and item; a relation is the same in both directions."""
    return row["document"], "-".join(sorted(row["item"].split("-")))


def _as_json(gold: Annotation) -> Item:
    content: Item = msgspec.json.decode(msgspec.json.encode(gold))
    return content


if __name__ == "__main__":
    main()
