"""docs/style.md: the phrases to avoid are used nowhere."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.conftest import REPOSITORY

GUIDE = REPOSITORY / "docs" / "style.md"
ROW = re.compile(r"^\| (`.+`) \|", flags=re.M)
PHRASES = [p for row in ROW.findall(GUIDE.read_text("utf-8")) for p in re.findall(r"`(.+?)`", row)]
AVOID = re.compile(
    "|".join(
        (
            *(rf"\b{re.escape(phrase)}\b" for phrase in PHRASES),
            r"(?<!there )\bis no (?!longer|more)\w",
            r"pip install ['\"]?dateline",
            r"\bstands\b(?! for)",
            "[«»]",
        )
    ),
    flags=re.I,
)
# Sample data, results, and schemas whose wording release 1.0.0 pins by their hashes.
DATA = (
    "annotations/",
    "benchmarks/results/",
    "corpus/",
    "releases/",
    "schema/",
    "seeds/",
    "tests/schema/",
)
# They list the phrases, convert quotation marks, or inject network faults.
EXEMPT = {
    "docs/style.md",
    "src/dateline/adjudication/manual_edits.py",
    "src/dateline/predictions/formats/placement.py",
    "src/dateline/rendering/printable.py",
    "tests/label_studio/proxy.py",
    "tests/label_studio/test_network_failures.py",
    "tests/test_style.py",
}
SUFFIXES = {"", ".cff", ".j2", ".json", ".md", ".py", ".sh", ".toml", ".yaml", ".yml"}
GENERATED = re.compile(r"<!-- dateline:(\w+) -->.*<!-- /dateline:\1 -->", flags=re.S)


def files() -> Iterator[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        path = REPOSITORY / name
        if name.startswith(DATA) or name in EXEMPT or not path.is_file():
            continue
        if path.suffix in SUFFIXES:
            yield name


def prose(name: str) -> list[str]:
    """The lines of a file without generated blocks, with the words of names apart."""
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    without = GENERATED.sub(lambda block: "\n" * block[0].count("\n"), text)
    return without.replace("_", " ").splitlines()


def test_messages_and_hints_are_joined_by_sentences():
    """Else a message that ends with a question mark gets a full stop after it."""
    joined = re.compile(r"message\}\. *\{|\.message\}\.\"$", flags=re.M)
    sources = [name for name in files() if name.startswith("src/") and name.endswith(".py")]
    assert len(sources) > 100
    assert not [
        f"{name}: {match[0]}"
        for name in sources
        for match in joined.finditer((REPOSITORY / name).read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("name", list(files()))
def test_no_phrase_to_avoid_is_used(name: str):
    found = [
        f"{name}:{number}: {match[0]!r} in {line.strip()[:90]!r}"
        for number, line in enumerate(prose(name), 1)
        for match in AVOID.finditer(line)
    ]
    assert not found, "docs/style.md says what to write instead:\n" + "\n".join(found)
