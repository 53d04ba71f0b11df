"""Plant errors in a copy of gold, and count how many of them a reviewer finds.

``plant`` copies a corpus and changes items of its gold at random, by a seed, so that every
annotation stays valid: only somebody who reads the text can tell. It writes the key to a file that
the reviewer does not get. ``score`` compares the reviewer's report with the key: the share of
errors found by kind (with score intervals, Wilson 1927), what was reported beside them, and from
both an estimate of the errors that gold had before.
"""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from dateline.corpus.store import Corpus
from dateline.model import GOLD, Document
from dateline.ontology.labels import Ontology

from .world import share

REPOSITORY = Path(__file__).parents[2]
Item = dict[str, Any]
Plant = tuple[str, str, str]
"""The kind of error, the id of the item, and what was changed."""


@click.group()
def main() -> None:
    """Measure how many errors a reviewer of gold finds."""


@main.command()
@click.option("--number", default=150, show_default=True, help="How many errors.")
@click.option("--seed", default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the copy.")
@click.option("--key", type=click.Path(path_type=Path), required=True, help="File for the key.")
@click.option("--split", multiple=True, help="Documents of this split; repeatable.")
def plant(number: int, seed: int, out: Path, key: Path, split: tuple[str, ...]) -> None:
    """Copy gold to a folder, with errors."""
    source = Corpus(REPOSITORY)
    out.mkdir(parents=True)
    for folder in ("schema", "corpus"):
        shutil.copytree(REPOSITORY / folder, out / folder)
    chance = random.Random(seed)
    documents = [source.read_document(id_) for id_ in source.document_ids()]
    documents = [
        d
        for d in documents
        if GOLD in source.annotators_of(d.id) and (not split or d.split in split)
    ]
    golds = {d.id: json.loads(source.annotation_path(GOLD, d.id).read_bytes()) for d in documents}
    texts = {d.id: d for d in documents}
    rows: list[tuple[str, ...]] = []
    touched: set[tuple[str, str]] = set()
    kinds = list(KINDS)
    while len(rows) < number:
        kind = kinds[len(rows) % len(kinds)]
        for _ in range(1000):
            id_ = chance.choice(sorted(golds))
            found = KINDS[kind](golds[id_], texts[id_], source.ontology, chance)
            if found is None:
                continue
            item, what, apply = found
            if (id_, item) in touched:
                continue
            apply()
            touched.add((id_, item))
            rows.append((id_, kind, item, what))
            break
        else:
            raise click.ClickException(f"No place for another error of the kind {kind}.")
    for id_, gold in golds.items():
        path = Corpus(out).annotation_path(GOLD, id_)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(gold, ensure_ascii=False, indent=1), encoding="utf-8")
    with key.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(("document", "kind", "item", "what"))
        writer.writerows(rows)
    click.echo(f"{len(rows)} errors in {out}, key in {key}")


@main.command()
@click.argument("key", type=click.Path(exists=True, path_type=Path))
@click.argument("report", type=click.Path(exists=True, path_type=Path))
def score(key: Path, report: Path) -> None:
    """Compare the reviewer's REPORT (document, item, what, separated by tabs) with the KEY."""
    with key.open(encoding="utf-8", newline="") as file:
        planted = {
            (row["document"], row["item"]): row["kind"] for row in csv.DictReader(file, delimiter="\t")
        }
    with report.open(encoding="utf-8", newline="") as file:
        reported = {(row["document"], row["item"]) for row in csv.DictReader(file, delimiter="\t")}
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


Change = tuple[str, str, Callable[[], None]] | None


def _mention_type(gold: Item, document: Document, ontology: Ontology, chance: random.Random) -> Change:
    entity = chance.choice(gold["entities"])
    other = chance.choice([t for t in ("PERSON", "GROUP", "ORGANIZATION") if t != entity["type"]])
    if entity["type"] not in ("PERSON", "GROUP", "ORGANIZATION"):
        return None
    members = [m for m in gold["mentions"] if m["entity"] == entity["id"]]
    if any(r["source"] == m["id"] or r["target"] == m["id"] for m in members for r in gold.get("relations", ())):
        return None

    def apply() -> None:
        entity["type"] = other
        for member in members:
            member["type"] = other

    return members[0]["id"], f"{members[0]['spans'][0]['text']}: {other}", apply


def _missing_mention(gold: Item, document: Document, ontology: Ontology, chance: random.Random) -> Change:
    mention = chance.choice(gold["mentions"])
    used = json.dumps([gold.get(k) for k in ("events", "claims", "relations")])
    chain = [m for m in gold["mentions"] if m["entity"] == mention["entity"]]
    if f'"{mention["id"]}"' in used or len(chain) < 2:
        return None
    return mention["id"], mention["spans"][0]["text"], lambda: gold["mentions"].remove(mention)


def _span(gold: Item, document: Document, ontology: Ontology, chance: random.Random) -> Change:
    mention = chance.choice(gold["mentions"])
    span = mention["spans"][0]
    words = span["text"].split(" ")
    if len(words) < 2 or len(mention["spans"]) > 1:
        return None
    start = span["start"] + len(words[0]) + 1
    if any(s["start"] == start and s["end"] == span["end"] for m in gold["mentions"] for s in m["spans"]):
        return None

    def apply() -> None:
        span.update(start=start, text=document.text[start : span["end"]])

    return mention["id"], " ".join(words), apply


def _chain(gold: Item, document: Document, ontology: Ontology, chance: random.Random) -> Change:
    mention = chance.choice(gold["mentions"])
    others = [e for e in gold["entities"] if e["type"] == mention["type"] and e["id"] != mention["entity"]]
    chain = [m for m in gold["mentions"] if m["entity"] == mention["entity"]]
    if not others or len(chain) < 2 or mention["attributes"]["level"] == "name":
        return None
    other = chance.choice(others)
    return (
        mention["id"],
        f"{mention['spans'][0]['text']}: {other['name']}",
        lambda: mention.update(entity=other["id"]),
    )


def _event_type(gold: Item, document: Document, ontology: Ontology, chance: random.Random) -> Change:
    event = chance.choice(gold["events"])
    if event.get("cluster"):
        return None
    roles = {a["role"] for a in event.get("arguments", ())}
    types = [
        t.name
        for t in ontology.event_types.values()
        if t.name != event["type"] and roles <= {r.name for r in t.roles}
    ]
    if not types:
        return None
    other = chance.choice(sorted(types))
    return event["id"], f"{event['trigger'][0]['text']}: {other}", lambda: event.update(type=other)


def _missing_event(gold: Item, document: Document, ontology: Ontology, chance: random.Random) -> Change:
    event = chance.choice(gold["events"])
    rest = [e for e in gold["events"] if e is not event]
    used = json.dumps([rest, gold.get("claims"), gold.get("event_relations")])
    if f'"{event["id"]}"' in used or event.get("cluster"):
        return None
    return event["id"], event["trigger"][0]["text"], lambda: gold["events"].remove(event)


def _argument_role(gold: Item, document: Document, ontology: Ontology, chance: random.Random) -> Change:
    event = chance.choice(gold["events"])
    arguments = {a["role"]: a for a in event.get("arguments", ())}
    pairs = [("agent", "target"), ("agent", "addressee"), ("origin", "destination"), ("agent", "recipient")]
    for one, two in pairs:
        if one in arguments and two in arguments and all("mention" in arguments[r] for r in (one, two)):
            types = {m["id"]: m["type"] for m in gold["mentions"]}
            people = {"PERSON", "GROUP", "ORGANIZATION", "GPE", "FORCE"}
            if {types[arguments[r]["mention"]] for r in (one, two)} <= people:

                def apply(one: str = one, two: str = two) -> None:
                    arguments[one]["role"], arguments[two]["role"] = two, one
                    event["arguments"].sort(key=lambda a: (a["role"], str(a.get("mention"))))

                return event["id"], f"{event['trigger'][0]['text']}: {one} and {two} swapped", apply
    return None


def _missing_argument(gold: Item, document: Document, ontology: Ontology, chance: random.Random) -> Change:
    event = chance.choice(gold["events"])
    arguments = [a for a in event.get("arguments", ()) if a["role"] in ("agent", "target", "victim", "theme")]
    if not arguments:
        return None
    gone = chance.choice(arguments)
    return (
        event["id"],
        f"{event['trigger'][0]['text']}: no {gone['role']}",
        lambda: event["arguments"].remove(gone),
    )


def _factuality(gold: Item, document: Document, ontology: Ontology, chance: random.Random) -> Change:
    event = chance.choice(gold["events"])
    value = chance.choice(event["factuality"])
    flip = {
        "certain_positive": "certain_negative",
        "certain_negative": "certain_positive",
        "unknown": "certain_positive",
    }.get(value["value"])
    if flip is None:
        return None
    return (
        event["id"],
        f"{event['trigger'][0]['text']}: {value['source']} {flip}",
        lambda: value.update(value=flip),
    )


def _claimer(gold: Item, document: Document, ontology: Ontology, chance: random.Random) -> Change:
    if not gold.get("claims"):
        return None
    claim = chance.choice(gold["claims"])
    others = {
        c["claimer"] for c in gold["claims"] if c["claimer"] not in (claim["claimer"], "AUTHOR")
    } - {"UNNAMED"}
    if not others:
        return None
    other = chance.choice(sorted(others))
    return claim["id"], f"{claim['spans'][0]['text']}: {other}", lambda: claim.update(claimer=other)


def _act(gold: Item, document: Document, ontology: Ontology, chance: random.Random) -> Change:
    if not gold.get("claims"):
        return None
    claim = chance.choice(gold["claims"])
    other = {"DENY": "CONFIRM", "ASSERT": "PREDICT", "PROMISE": "PREDICT", "EVALUATE": "ACCUSE", "ACCUSE": "EVALUATE", "CONFIRM": "DENY", "PREDICT": "PROMISE"}.get(claim["act"])
    if other is None:
        return None
    return claim["id"], f"{claim['spans'][0]['text']}: {other}", lambda: claim.update(act=other)


def _missing_claim(gold: Item, document: Document, ontology: Ontology, chance: random.Random) -> Change:
    if not gold.get("claims"):
        return None
    claim = chance.choice(gold["claims"])
    rest = [c for c in gold["claims"] if c is not claim]
    used = json.dumps([gold["events"], rest, gold.get("claim_relations")])
    if f'"{claim["id"]}"' in used:
        return None
    return claim["id"], claim["spans"][0]["text"], lambda: gold["claims"].remove(claim)


def _relation(gold: Item, document: Document, ontology: Ontology, chance: random.Random) -> Change:
    relations = [r for r in gold.get("event_relations", ()) if r["type"] in ("BEFORE", "INCLUDES")]
    if not relations:
        return None
    relation = chance.choice(relations)

    def apply() -> None:
        relation["source"], relation["target"] = relation["target"], relation["source"]

    return f"{relation['source']}-{relation['target']}", f"{relation['type']} reversed", apply


KINDS: dict[str, Callable[[Item, Document, Ontology, random.Random], Change]] = {
    "type of an entity": _mention_type,
    "missing mention": _missing_mention,
    "span of a mention": _span,
    "mention in a wrong chain": _chain,
    "type of an event": _event_type,
    "missing event": _missing_event,
    "roles swapped": _argument_role,
    "missing argument": _missing_argument,
    "factuality": _factuality,
    "claimer": _claimer,
    "act": _act,
    "missing claim": _missing_claim,
    "order of events": _relation,
}
