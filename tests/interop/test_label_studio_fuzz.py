"""Broken exports through a mapping: one message, or counts that add up and items that exist."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter

from dateline.errors import DatelineError
from dateline.interop.importing.mapping import Targets
from dateline.interop.importing.mapping_file import read_mapping
from dateline.interop.importing.translation import Translator
from dateline.interop.registry import format_of
from dateline.interop.units import units_of

from ..label_studio.foreign import RESULT, annotation, region, relation, said, task
from ..label_studio.test_import_fuzz import broken
from .test_label_studio import MAPPED

INPUTS = 300
ROWS = [
    *RESULT,
    region("ruiz", "ner", "PER", "Ruiz"), region("q", "statement", "said", "said"),
    relation("aB3_x-1", "ruiz", "more"), relation("ruiz", "she", "same"),
    relation("says", "q", "cued_by"), relation("says", "met", "tells"),
    said("met", "sure", "choices", "met", choices=["no"]),
]  # fmt: skip


def test_no_export_is_read_with_losses_that_nobody_is_told(files, tmp_path):
    chance = random.Random(20261130)
    ontology = files.corpus.ontology
    (tmp_path / "mapping.toml").write_text(MAPPED, encoding="utf-8")
    translator = Translator(
        read_mapping(tmp_path / "mapping.toml", Targets(ontology)), ontology, {}
    )
    export = tmp_path / "export.json"
    read = 0
    for _ in range(INPUTS):
        export.write_text(json.dumps(broken(copy.deepcopy([task(annotation(ROWS))]), chance)))
        try:
            documents = list(format_of("label-studio").reader(export))
        except DatelineError:
            continue
        for document in documents:
            for given in document.annotations.values():
                found = translator.translated(given, document.text)
                source = Counter(unit.kind for unit in units_of(given))
                source.update(found.counts)
                lost = Counter(loss.kind for loss in found.losses)
                left = Counter(unit.kind for unit in units_of(found.annotation))
                defaults = {kind for kind in left if kind.endswith("attributes")}
                kinds = {*source, *lost, *left} - defaults
                assert {k: source[k] - lost[k] for k in kinds} == {k: left[k] for k in kinds}
                read += 1
    assert read > INPUTS // 3
