"""``find`` finds exactly what a plain loop over the files of the corpus finds."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError
from dateline.search.conditions import Conditions, checked
from dateline.search.finding import find
from dateline.search.rows import CorpusRows, DatasetRows, Source
from tests.conftest import REPOSITORY
from tests.search.plain_loop import plain_loop

ANNOTATORS = ("gold", "pass-a", "pass-b")
ONTOLOGY = Corpus(REPOSITORY).ontology
FIELDS = {"mention": "mentions", "event": "events", "claim": "claims", "text": "text"}


class Rows:
    """The rows of a source, read once."""

    def __init__(self, source: Source) -> None:
        self.ontology = source.ontology
        self._rows = list(source.rows(ANNOTATORS))

    def rows(self, annotators, documents=(), split=None):
        yield from self._rows


@pytest.fixture(scope="module")
def sources(few, dist):
    return Rows(CorpusRows(few)), Rows(DatasetRows(dist))


def labels(names):
    return st.lists(st.sampled_from(names), max_size=3, unique=True).map(tuple)


def of_kinds():
    relations = [label.name for label in (*ONTOLOGY.event_relations, *ONTOLOGY.claim_relations)]
    relations += ONTOLOGY.labels_of("relations")
    return st.fixed_dictionaries(
        {},
        optional={
            "mention": labels(ONTOLOGY.labels_of("entities")),
            "event": labels(ONTOLOGY.labels_of("events")),
            "claim": labels(ONTOLOGY.labels_of("claims")),
            "relation": labels(relations),
        },
    )


PATTERNS = st.sampled_from(
    ["(?i)the", "[A-Z]\\w+", "ed\\b", "said|says", "x*", "\\d+", "(?s)war.*?in"]
)
ROLES = sorted(
    {
        (role, f)
        for t in ONTOLOGY.event_types.values()
        for role, of in t.roles.items()
        for f in (*of.fillers, None)
    },
    key=str,
)
CLAIMERS = [*ONTOLOGY.special_claimers, *ONTOLOGY.labels_of("entities")]
CONDITIONS = st.builds(
    Conditions,
    labels=of_kinds(),
    text=st.none() | PATTERNS,
    quote=st.none() | PATTERNS,
    roles=st.lists(st.sampled_from(ROLES), max_size=2).map(tuple),
    claimers=labels(CLAIMERS),
    claimer_name=st.none() | st.sampled_from(["Kor", "(?i)minist"]),
    disagree=st.none() | st.permutations(["pass-a", "pass-b"]).map(tuple),
)


def keys(found):
    return [
        (
            one.row.id,
            one.annotator,
            FIELDS.get(one.kind, f"{one.kind}s"),
            one.id or (f"{one.item['source']}→{one.item['target']}" if one.item else ""),
            one.ranges,
        )
        for one in found
    ]


def allowed(conditions: Conditions) -> bool:
    try:
        checked(conditions, ONTOLOGY)
    except InvalidInputError:
        return False
    return True


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(conditions=CONDITIONS.filter(allowed), annotator=st.sampled_from(ANNOTATORS))
def test_it_finds_what_a_plain_loop_finds(conditions, annotator, sources, plain):
    expected = plain_loop(plain, conditions, annotator)
    for source in sources:
        found = keys(find(source, conditions, annotator=annotator))
        assert len({*found}) == len(found)
        assert {*found} == expected
