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
            r"(?<!there )\bis no\b(?! longer| more)",
            r"\bstands\b(?! for)",
            "[«»]",
        )
    ),
    flags=re.I,
)
READ = ("CONTRIBUTING.md", "SECURITY.md", "Makefile", "docs/architecture.md",
        "docs/changelog.md", "docs/reference.md", "scripts", "src/dateline/cli/main.py",
        "src/dateline/cli/shared.py", "tests/cli/test_main.py")  # fmt: skip
# Files with sample data in other languages, quotes of texts, or these phrases themselves.
SAMPLES = {"docs/style.md", "tests/test_style.py"}
BINARY = {".png", ".svg", ".html", ".lock"}


def files() -> Iterator[str]:
    listed = subprocess.run(
        ["git", "ls-files", *READ], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        path = REPOSITORY / name
        if path.is_file() and path.suffix not in BINARY and name not in SAMPLES:
            yield name


@pytest.mark.parametrize("name", list(files()))
def test_no_phrase_to_avoid_is_used(name: str):
    lines = (REPOSITORY / name).read_text(encoding="utf-8").replace("_", " ").splitlines()
    found = [
        f"{name}:{number}: {match[0]!r} in {line.strip()[:90]!r}"
        for number, line in enumerate(lines, 1)
        for match in AVOID.finditer(line)
    ]
    assert not found, "docs/style.md says what to write instead:\n" + "\n".join(found)
