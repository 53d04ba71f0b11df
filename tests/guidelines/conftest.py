"""A corpus with every layer, whose guidelines can be changed and recorded."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from dateline.corpus.guidelines import guidelines_of
from dateline.corpus.store import Corpus
from dateline.model import Annotation, made_by
from tests.conftest import Run
from tests.corpora import write_ontology
from tests.layered import ONTOLOGY

Change = Callable[[dict[str, Any]], object]
"""Changes the definitions of an ontology."""


class Project:
    """A corpus and its ontology, the annotation of "ana" and gold, and the command line."""

    def __init__(self, corpus: Corpus, run: Run) -> None:
        self.root = corpus.root
        self.ontology = copy.deepcopy(ONTOLOGY)
        self._run = run

    @property
    def corpus(self) -> Corpus:
        """The corpus as it is now."""
        return Corpus(self.root)

    def change(self, change: Change, version: str | None = None) -> None:
        """Change the ontology, and raise its version."""
        change(self.ontology["$defs"])
        self.ontology["x-version"] = version or self.ontology["x-version"]
        write_ontology(self.corpus, self.ontology)

    def write_page(self, text: str) -> None:
        """Write the page of guidelines."""
        path = self.root / "docs" / "guidelines.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def record(self, reason: str = "First version", *options: str) -> str:
        """Record the guidelines; what the command says."""
        result = self._run(self.corpus, "guidelines", "--record", reason, *options)
        assert result.exit_code == 0, result.stderr
        return result.stderr

    def annotate(self, *annotators: str) -> None:
        """Annotate by the guidelines as they are now; gold is the model."""
        made = guidelines_of(self.corpus)
        for annotator in annotators:
            own = msgspec.structs.replace(self.annotation("gold"), annotator=annotator)
            self.corpus.write_annotation(made_by(own, made))

    def annotation(self, annotator: str) -> Annotation:
        """The annotation of the only document."""
        return self.corpus.read_annotation(annotator, "report")

    def findings(self, *codes: str) -> list[tuple[str, str, str]]:
        """Annotator or file, subject and message of what validate reports of these rules."""
        result = self._run(self.corpus, "validate", "--format", "json")
        assert result.exit_code == 0, result.stdout
        return [
            (found["file"].split("/")[1], found["subject"], found["message"])
            for found in json.loads(result.stdout)
            if found["code"] in (codes or ("G901", "G902", "G903"))
        ]

    def reopen(self, *options: str) -> list[dict[str, Any]]:
        """What reopen lists."""
        result = self._run(self.corpus, "reopen", "--format", "json", *options)
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    def run(self, *arguments: str):
        """Run a command, whatever comes of it."""
        return self._run(self.corpus, *arguments)


@pytest.fixture
def project(layered: Corpus, run: Run) -> Project:
    return Project(layered, run)


def describe(name: str, description: str) -> Change:
    """Give the entity type of this name another description."""

    def change(definitions: dict[str, Any]) -> None:
        for label in definitions["mention"]["properties"]["type"]["oneOf"]:
            if label["const"] == name:
                label["description"] = description

    return change
