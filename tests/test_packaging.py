"""The package as it is installed, and what it must not know."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

from dateline.corpus.store import Corpus, file_name
from dateline.ontology.schemas import SCHEMA_NAMES
from tests.conftest import REPOSITORY


def test_the_wheel_carries_the_schemas(tmp_path: Path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    start = "from dateline.corpus.create import create_corpus; create_corpus('new')"
    subprocess.run(
        [sys.executable, "-c", start], cwd=tmp_path, env={"PYTHONPATH": str(installed)}, check=True
    )
    for name in SCHEMA_NAMES:
        original = (REPOSITORY / "schema" / file_name(name)).read_bytes()
        assert (installed / "dateline" / "schema" / file_name(name)).read_bytes() == original
        assert (tmp_path / "new" / "schema" / file_name(name)).read_bytes() == original


def test_the_package_names_no_label_of_this_corpus(repository: Corpus):
    ontology = repository.ontology
    labels = {label for layer in ontology.layers.values() for label in layer.label_names}
    labels |= {label.name for label in (*ontology.claimers, *ontology.event_relations)}
    labels |= {label.name for label in ontology.claim_relations}
    code = "\n".join(p.read_text(encoding="utf-8") for p in (REPOSITORY / "src").rglob("*.py"))
    named = {label for label in labels if re.search(rf"""["']{label}["']""", code)}
    assert named == set()
