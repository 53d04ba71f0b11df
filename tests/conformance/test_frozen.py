"""Frozen scores of other scorers: equal to Dateline's, or different in a stated way."""

from __future__ import annotations

import pytest

from .differences import DIFFERENCES, Difference
from .documents import UNDEFINED, rates_of_dateline
from .freeze import read_frozen, read_random
from .generator import random_cases
from .peers import PEERS

COMPARED = [name for name, peer in PEERS.items() if peer.covers is not None]
SHOWN = 1e-4
"""Differences are written with four decimals."""


@pytest.mark.parametrize("name", COMPARED)
def test_random_documents(name):
    peer, frozen = PEERS[name], read_frozen(PEERS[name].source)[name]
    compared = 0
    for case in filter(None, map(peer.covered, read_random())):
        if case.id not in frozen:
            continue
        own = rates_of_dateline(case, peer.layers, peer.options)
        for measure, theirs in frozen[case.id].items():
            ours = own.get(peer.measures[measure], UNDEFINED)
            for mine, other in zip(ours, theirs, strict=True):
                if other is not None:
                    # What Dateline leaves undefined is 0 for all peers.
                    expected = pytest.approx(other, abs=peer.tolerance)
                    assert (0 if mine is None else mine) == expected, (case, measure, ours, theirs)
                    compared += mine is not None
    assert compared > 50


@pytest.mark.parametrize("case", DIFFERENCES, ids=lambda d: f"{d.peer}-{d.case.id}")
def test_differences(case: Difference):
    peer = PEERS[case.peer]
    own = rates_of_dateline(case.case, peer.layers, peer.options)
    frozen = read_frozen(peer.source)[peer.name][case.case.id]
    for measure, (ours, theirs) in case.scores.items():
        assert ours != theirs
        found = own.get(peer.measures[measure], UNDEFINED)
        assert found[2] == pytest.approx(ours[2], abs=SHOWN), measure
        assert tuple(frozen[measure]) == pytest.approx(theirs, abs=SHOWN), measure
        if theirs[:2] != (None, None):
            assert found == pytest.approx(ours, abs=SHOWN), measure


def test_random_documents_have_what_is_hard():
    documents = [document for case in read_random() for document in case.documents]
    spans = [m.span for d in documents for m in d.gold.mentions]
    assert any("," in span for span in spans)
    assert any(len(set(d.predicted.mentions)) < len(d.predicted.mentions) for d in documents)
    assert any(len({m.span for m in d.gold.mentions}) < len(d.gold.mentions) for d in documents)
    assert {len(case.documents) for case in read_random()} == {1, 2, 3}


def test_every_difference_names_a_measure_of_its_peer():
    for case in DIFFERENCES:
        assert case.scores
        assert set(case.scores) <= set(PEERS[case.peer].measures)


def test_the_generator_gives_the_same_documents_again():
    assert random_cases(2, 3) == random_cases(2, 3)
