"""The corpora that tests of layers share are valid themselves."""

from __future__ import annotations

import pytest

from dateline.validation.engine import check_corpus


@pytest.mark.parametrize("name", ["layered", "entities_only"])
def test_a_corpus_of_other_layers_is_valid(request: pytest.FixtureRequest, name: str):
    corpus = request.getfixturevalue(name)
    checked = list(check_corpus(corpus))
    found = [incident for part in checked for incident in part.incidents]
    assert [incident for incident in found if incident.level == "error"] == []
    assert len(corpus.document_ids()) == 1
