"""An annotator who worsens is named, and steady ones are not."""

from __future__ import annotations

import importlib.util
from collections import Counter

import numpy as np

from dateline.agreement.counts import PairCount
from dateline.quality.comparison import Comparison
from dateline.quality.drift import find_drift, find_label_uses
from dateline.quality.report import ALPHA, OTHERS

from ..conftest import REPOSITORY

_spec = importlib.util.spec_from_file_location(
    "simulated_annotators", REPOSITORY / "scripts" / "simulated_annotators.py"
)
simulated_annotators = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(simulated_annotators)
worked = simulated_annotators.worked

WORSENING = {"bo": 2}
DOCUMENTS, SEEDS = 100, 200
# At most this many of 200 reports on steady annotators may name somebody: the number follows a
# binomial distribution with p = .01 at most, and more than 8 have a probability of .0002.
MOST = 8


def flagged(comparisons):
    return {(one.annotator, one.against) for one in find_drift(comparisons, 13) if one.flagged}


def test_a_worsening_annotator_is_named_for_all_seeds_and_no_other():
    others_named = 0
    for seed in range(SEEDS):
        found = {name for name, _ in flagged(worked(seed, WORSENING))}
        assert "bo" in found, seed
        others_named += found != {"bo"}
    assert others_named <= MOST


def test_steady_annotators_are_named_as_rarely_as_the_level_says():
    named = sum(bool(flagged(worked(seed, {}))) for seed in range(SEEDS))
    assert named <= MOST
    assert ALPHA == 0.01


def test_of_two_annotators_none_is_named_alone():
    found = find_drift(worked(1, WORSENING, names=["ana", "bo"], gold=False), 13)
    assert [(one.annotator, one.against) for one in found] == [("ana", "bo"), ("bo", "ana")]


def test_what_cannot_be_tested_is_left_open():
    few = [one for one in worked(1, {}) if one.document in {"d0", "d1", "d2"}]
    assert {(one.p, one.adjusted, one.flagged) for one in find_drift(few, 13)} == {
        (None, None, False)
    }
    assert find_drift([], 13) == []
    assert find_label_uses([], 13) == []


def labelled(seed, other_use=()):
    """Comparisons of three annotators, of whom some give a label for another one half the time."""
    generator = np.random.default_rng(seed)
    sizes = 1 + generator.poisson(6, DOCUMENTS)
    given = {
        name: [
            np.where(generator.random(n) < (0.5 if name in other_use else 0.05), "B", "A")
            for n in sizes
        ]
        for name in ("ana", "bo", "cy")
    }
    found = []
    for one, other in ((a, b) for a in given for b in given if a != b):
        for number, (mine, theirs) in enumerate(zip(given[one], given[other], strict=True)):
            labels = {
                ("entities", label): PairCount(
                    common=int(((mine == label) & (theirs == label)).sum()),
                    first=int((mine == label).sum()),
                    second=int((theirs == label).sum()),
                )
                for label in "AB"
            }
            instead = {
                ("entities", label): Counter(theirs[(mine == label) & (theirs != label)].tolist())
                for label in "AB"
            }
            found.append(
                Comparison(
                    annotator=one, other=other, document=f"d{number}", time=None,
                    total=PairCount(), labels=labels, instead=instead,
                )
            )  # fmt: skip
    return found


def test_the_annotator_who_uses_a_label_differently_is_named_and_no_other():
    uses = find_label_uses(labelled(13, ["cy"]), 13)
    assert {(one.annotator, one.label) for one in uses if one.flagged} == {("cy", "A"), ("cy", "B")}
    much = next(one for one in uses if (one.annotator, one.label) == ("cy", "B"))
    assert much.own > 5 * much.others
    assert (much.against, much.instead) == (OTHERS, "A")


def test_labels_used_alike_are_named_as_rarely_as_the_level_says():
    named = sum(
        any(one.flagged for one in find_label_uses(labelled(seed), 13)) for seed in range(20)
    )
    # With p = .01 at most, more than 3 of 20 have a probability of .00004.
    assert named <= 3
