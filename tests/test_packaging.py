"""The package as it is installed, and what it must not know."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from dateline.corpus.store import Corpus, file_name
from dateline.ontology.schemas import SCHEMA_NAMES
from tests.conftest import REPOSITORY, Run


def test_the_wheel_carries_the_schemas_and_the_documentation(tmp_path: Path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    start = "from dateline.corpus.create import create_corpus; create_corpus('new')"
    subprocess.run(
        [sys.executable, "-c", start], cwd=tmp_path, env={"PYTHONPATH": str(installed)}, check=True
    )
    pages = {path.name for path in (REPOSITORY / "docs").glob("*.md")}
    assert pages == {path.name for path in (installed / "dateline" / "docs").glob("*.md")}
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


# Files of a corpus that commands write, named in examples.
WRITTEN = ("docs/guidelines.md", "docs/images/stats")


def shown_strings(path: Path) -> Iterator[str]:
    """The strings of a module that a user may see: all but docstrings, which are help in cli/."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    hidden = set()
    if "cli" not in path.parts:
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                hidden.add(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in hidden:
            yield node.value


def test_nothing_shown_refers_to_a_file_of_the_checkout():
    package = REPOSITORY / "src" / "dateline"
    shown = [(path, text) for path in package.rglob("*.py") for text in shown_strings(path)]
    shown += [(path, path.read_text(encoding="utf-8")) for path in package.rglob("*.j2")]
    found = [
        f"{path.relative_to(package)}: {name} in {text.strip()[:80]!r}"
        for path, text in shown
        for name in re.findall(r"(?:scripts|docs)/[\w./-]+|[\w./-]+\.md(?=\))", text)
        if name.rstrip(".") not in WRITTEN
    ]
    assert found == []


def test_messages_refer_to_pages_of_the_documentation_that_exist(repository: Corpus, run: Run):
    code = "\n".join(p.read_text(encoding="utf-8") for p in (REPOSITORY / "src").rglob("*.py"))
    pages = set(re.findall(r"`dateline (?:\"\s+\")?docs ([\w-]+)", code))
    assert {"metrics", "models", "ontology-format"} <= pages
    listed = "\n" + run(repository, "docs").stdout
    for page in pages:
        assert f"\n{page} " in listed
        text = (REPOSITORY / "docs" / f"{page}.md").read_text(encoding="utf-8")
        assert run(repository, "docs", page).stdout == text
    unknown = run(repository, "docs", "nowhere")
    assert (unknown.exit_code, "Pages: adjudication, " in unknown.stderr) == (2, True)
