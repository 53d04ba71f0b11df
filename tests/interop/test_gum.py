"""A document of GUM, which exists in several formats, is the same in all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.interop.registry import format_of

from .comparison import chains_by_token

GUM = Path("/work/shared/formats/gum")
FILES = {
    "corefud": "dep-GUM_voyage_coron.conllu",
    "conll2012": "gum-conll-GUM_voyage_coron.conll",
    "webanno-tsv": "gum-tsv-GUM_voyage_coron.tsv",
}


@pytest.mark.skipif(not GUM.is_dir(), reason="needs files of another corpus")
def test_mentions_chains_and_bridging_are_the_same_in_all_formats():
    chains, places, bridging = {}, {}, {}
    for name, file in FILES.items():
        (document,) = format_of(name).reader(GUM / file)
        (annotation,) = document.annotations.values()
        found = chains_by_token(document, annotation)
        chains[name] = {chain for chain in found if len(chain) > 1}
        starts = {start: number for number, (start, _) in enumerate(document.tokens)}
        places[name] = sorted((starts[m.spans[0].start], m.type) for m in annotation.mentions)
        bridging[name] = len(annotation.relations)
    assert len(chains["corefud"]) == 20
    assert chains["corefud"] == chains["conll2012"] == chains["webanno-tsv"]
    assert len(places["corefud"]) == 165
    assert places["corefud"] == places["conll2012"] == places["webanno-tsv"]
    assert bridging == {"corefud": 16, "conll2012": 0, "webanno-tsv": 16}
