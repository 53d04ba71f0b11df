"""Changed files of every kind are read or refused with a message: no traceback, no hang.

``scripts/fuzz 20000 1`` tries more inputs, or others. An input is determined by its kind, the seed
and its number, so a failure names the command that repeats it.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from .conftest import INPUTS
from .kinds import KINDS


@pytest.mark.parametrize("name", KINDS)
def test_a_changed_file_is_read_or_refused_with_a_message(
    name: str, tmp_path: Path, pytestconfig: pytest.Config
):
    inputs = pytestconfig.getoption("--inputs", INPUTS)
    of_kind = len(range([*KINDS].index(name), inputs, len(KINDS)))
    seed = pytestconfig.getoption("--seed", 0)
    only = pytestconfig.getoption("--number", None)
    kind = KINDS[name](tmp_path / "corpus")
    failures: dict[str, list[int]] = {}
    for number in range(of_kind) if only is None else [only]:
        chance = random.Random(f"{name} {seed} {number}")
        content = kind.change(chance.choice(kind.bases), chance)
        for problem in kind.problems(content):
            failures.setdefault(problem, []).append(number)
            (tmp_path / f"input-{number}").write_bytes(content)
    command = f'pytest tests/fuzz -k "{name}" --seed {seed} --number'
    found = [
        f"{problem} ({len(numbers)} inputs): {command} {numbers[0]}"
        for problem, numbers in failures.items()
    ]
    assert not found, f"\n{len(failures)} problems; inputs in {tmp_path}\n" + "\n".join(found)
