"""The rules of a release: what breaks each, and what is close to it and legal."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any, NamedTuple

import msgspec
import pytest

from dateline.corpus.splits import assign_split
from dateline.corpus.store import Corpus
from dateline.errors import DatelineError
from dateline.model import Document, Span
from dateline.ontology.schemas import split_shares
from dateline.release.cut import cut_release
from dateline.release.plan import plan_release
from dateline.text import sha256_of_text
from dateline.validation.incidents import Incident
from dateline.validation.registry import all_rules
from dateline.validation.release_context import fingerprint

from ..conftest import REPOSITORY, Run
from ..corpora import CorpusMaker, gold_of, make_annotation, make_document
from .conftest import commit, source, story

DATE = "2026-11-30"
WIRE = "The minister said on the radio that the talks in the old town would go on for a week."


class World(NamedTuple):
    """A corpus that was released, and how to change it."""

    corpus: Corpus
    maker: CorpusMaker
    known: tuple[Incident, ...]
    """What the first release was warned of."""

    @property
    def first(self) -> str:
        return self.corpus.document_ids()[0]

    def gold(self, **fields: Any) -> None:
        gold = self.corpus.read_annotation("gold", self.first)
        self.corpus.write_annotation(msgspec.structs.replace(gold, **fields))

    def without(self, name: str) -> dict[str, Any]:
        gold = self.corpus.read_annotation("gold", self.first)
        claims = tuple(claim for claim in gold.claims if claim.id != name)
        return {"claims": claims}

    def moved(self, name: str, span: Span) -> dict[str, Any]:
        gold = self.corpus.read_annotation("gold", self.first)
        return {
            "mentions": tuple(
                msgspec.structs.replace(m, spans=(span,)) if m.id == name else m
                for m in gold.mentions
            )
        }

    def document(self, **fields: Any) -> None:
        document = self.corpus.read_document(self.first)
        self.corpus.write_document(msgspec.structs.replace(document, **fields))

    def near(self, split: str, words: int) -> Document:
        """A document that ends as the first does, its first words aside."""
        text = self.corpus.read_document(self.first).text
        return self.maker.add_in_split(
            self.corpus, split, "Monday " + " ".join(text.split()[words:])
        )

    def in_group(self, make: Callable[[], Document]) -> None:
        """The first document and another one are of one group."""
        for name in (make().id, self.first):
            document = self.corpus.read_document(name)
            self.corpus.write_document(
                msgspec.structs.replace(document, group="talks", split_given=True)
            )

    def says(self, split: str, sentence: str, **fields: Any) -> Document:
        document = story(self.maker, self.corpus, split, source=source(None), **fields)
        text = f"{document.text}\n{sentence}"
        new = make_document(document.id, text, split, source=source(None))
        self.maker.add(self.corpus, new, make_annotation(new, gold_of(text)))
        return new

    def cluster(self, split: str, name: str) -> None:
        document = story(self.maker, self.corpus, split, source=source(None))
        gold = self.corpus.read_annotation("gold", document.id)
        events = tuple(
            msgspec.structs.replace(event, cluster=name) if event.id == "v1" else event
            for event in gold.events
        )
        self.corpus.write_annotation(msgspec.structs.replace(gold, events=events))


@pytest.fixture
def world(corpus: Corpus, maker: CorpusMaker) -> World:
    plan = plan_release(corpus, None, DATE)
    cut_release(corpus, plan)
    return World(corpus, maker, plan.warnings)


def found(world: World) -> set[str]:
    """Codes of all that a release would say and the first did not."""
    commit(world.corpus)
    try:
        plan = plan_release(world.corpus, None, DATE)
    except DatelineError as error:
        return {code for code in all_rules() if code in str(error)}
    return {incident.code for incident in plan.warnings if incident not in world.known}


Change = Callable[[World], object]


def both(*changes: Change) -> Change:
    return lambda world: [change(world) for change in changes]


def removed_and_released(world: World) -> None:
    """The first document goes, and that is released; then it is there again."""
    corpus, name = world.corpus, world.first
    paths = (corpus.document_path(name), corpus.annotation_path("gold", name))
    kept = [path.read_bytes() for path in paths]
    for path in paths:
        path.unlink()
    commit(corpus)
    cut_release(corpus, plan_release(corpus, None, DATE))
    for path, content in zip(paths, kept, strict=True):
        path.write_bytes(content)


CASES: dict[str, tuple[Change, Change]] = {
    "R801": (
        lambda w: w.gold(**w.without("c2")),
        lambda w: w.gold(**w.without("c2"), retired=("c2",)),
    ),
    "R802": (
        lambda w: w.gold(**w.moved("m2", Span(start=0, end=3, text="Kim"))),
        lambda w: w.gold(**w.moved("m1", Span(start=0, end=3, text="Kim"))),
    ),
    "R805": (
        removed_and_released,
        both(
            removed_and_released,
            lambda w: w.corpus.annotation_path("gold", w.first).unlink(),
        ),
    ),
    "R811": (lambda w: w.near("validation", 10), lambda w: w.near("train", 10)),
    "R812": (
        both(lambda w: w.says("train", WIRE), lambda w: w.says("test", WIRE)),
        both(lambda w: w.says("train", WIRE), lambda w: w.says("train", WIRE)),
    ),
    "R813": (
        both(lambda w: w.cluster("train", "talks"), lambda w: w.cluster("test", "talks")),
        both(lambda w: w.cluster("train", "talks"), lambda w: w.cluster("test", "others")),
    ),
    "R814": (
        lambda w: story(w.maker, w.corpus, "validation", source=source("2024-11-03")),
        lambda w: story(w.maker, w.corpus, "validation", source=source("2024-11-09")),
    ),
    "R815": (lambda w: w.near("train", 10), lambda w: w.in_group(lambda: w.near("train", 10))),
}  # fmt: skip
UNREACHED = {"R803": "D107 says it first", "R804": "the seed's rules say it first"}


def test_every_rule_of_a_release_has_a_case():
    assert {*CASES, *UNREACHED} == {c for c, rule in all_rules().items() if rule.scope == "release"}


@pytest.mark.parametrize("code", CASES)
def test_a_broken_rule_is_reported(world: World, code: str):
    CASES[code][0](world)
    assert code in found(world)


@pytest.mark.parametrize("code", CASES)
def test_what_is_legal_is_not_reported(world: World, code: str):
    CASES[code][1](world)
    assert code not in found(world)


def test_a_document_never_moves_between_splits(world: World):
    # The shares are changed too, or the rule on the id's hash would refuse it before.
    path = world.corpus.root / "schema" / "document.schema.json"
    shares = path.read_text("utf-8").replace('"x-share": 80', '"x-share": 0')
    path.write_text(shares.replace('"x-share": 10', '"x-share": 50'), "utf-8")
    corpus = Corpus(world.corpus.root)
    for name in corpus.document_ids():
        document = corpus.read_document(name)
        split = assign_split(name, split_shares(corpus.schemas))
        corpus.write_document(msgspec.structs.replace(document, split=split))
    assert "R803" in found(world._replace(corpus=corpus))


def test_a_released_text_never_changes(world: World):
    text = world.corpus.read_document(world.first).text + " More."
    (world.corpus.seeds / f"{world.first}.txt").write_bytes(text.encode())
    world.document(text=text, text_sha256=sha256_of_text(text))
    world.gold(text_sha256=sha256_of_text(text))
    assert "R804" in found(world)


def test_an_id_that_comes_to_mean_another_kind_is_refused(world: World):
    gold = world.corpus.read_annotation("gold", world.first)
    claims = tuple(
        msgspec.structs.replace(c, id="m9" if c.id == "c2" else c.id) for c in gold.claims
    )
    mentions = tuple(
        msgspec.structs.replace(m, id="c2" if m.id == "m9" else m.id) for m in gold.mentions
    )
    events = tuple(
        msgspec.structs.replace(e, arguments=()) if e.id == "v3" else e for e in gold.events
    )
    world.gold(claims=claims, mentions=mentions, events=events)
    assert "R802" in found(world)


def test_a_waiver_excuses_what_a_curator_has_read(world: World, run: Run):
    document = world.near("validation", 10)
    assert "R811" in found(world)
    waiver = '[[waiver]]\nrule = "R811"\ndocument = "{}"\nid = "{}"\nreason = "A reprint."\n'
    path = world.corpus.annotations / "waivers.toml"
    path.write_text(waiver.format(max(document.id, world.first), min(document.id, world.first)))
    assert run(world.corpus, "validate").exit_code == 0
    assert not {"R811", "W701"} & found(world)
    path.write_text(waiver.format("nobody", "nothing"))
    commit(world.corpus)
    with pytest.raises(DatelineError, match="R811"):
        plan_release(world.corpus, None, DATE)


def test_what_betrays_an_earlier_release_cannot_be_waived(world: World):
    world.gold(**world.without("c2"))
    (world.corpus.annotations / "waivers.toml").write_text(
        f'[[waiver]]\nrule = "R801"\ndocument = "{world.first}"\nid = "c2"\nreason = "x"\n'
    )
    assert "W702" in found(world)


def test_a_removed_document_may_come_back_as_it_was(world: World):
    removed_and_released(world)
    world.corpus.annotation_path("gold", world.first).unlink()
    assert not {"R805", "R804"} & found(world)
    text = "Another text altogether."
    new = make_document(world.first, text, world.corpus.read_document(world.first).split)
    world.maker.add(world.corpus, new)
    assert "R805" in found(world)


def test_event_instances_are_known_by_their_links():
    corpus = Corpus(REPOSITORY)
    known: dict[str, set[tuple[str, ...]]] = {}
    for name in corpus.document_ids():
        document, gold = corpus.read_document(name), corpus.read_annotation("gold", name)
        instances = fingerprint(document, gold).event_instances
        known.setdefault(document.group or name, set()).update(instances)
    # Every article names its clusters k1, k2 and so on.
    assert all(len(instances) > 1 for instances in known.values())
    for one, other in combinations(known.values(), 2):
        assert not one & other
    wire, herald = (
        fingerprint(corpus.read_document(name), corpus.read_annotation("gold", name))
        for name in ("serrat-ridge-wire", "serrat-ridge-herald")
    )
    assert wire.event_instances & herald.event_instances
