"""Freeze the scores that a peer gives to the cases; see README.md in this folder.

    python -m tests.conformance.freeze seqeval
    python -m tests.conformance.freeze corefud-scorer --clone PATH --python PATH

writes ``frozen/NAME.json``. Other numbers than before are printed; ``--check`` writes nothing, and
fails if there are any.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from .differences import DIFFERENCES
from .documents import Case
from .generator import random_cases
from .peers import PEERS
from .peers.peer import Numbers, Peer, Place

FOLDER = Path(__file__).parent / "frozen"
RANDOM = FOLDER / "random.json"
CASES, SEED = 30, 11
Frozen = dict[str, dict[str, Numbers]]
"""Numbers by mode of the peer and case."""


def read_random() -> list[Case]:
    """The random cases."""
    return msgspec.json.decode(RANDOM.read_bytes(), type=list[Case])


def read_frozen(source: str) -> Frozen:
    """The frozen numbers of a peer."""
    return json.loads((FOLDER / f"{source}.json").read_bytes())["numbers"]


def cases_of(peer: Peer) -> Iterator[Case]:
    """The cases that a peer scores."""
    yield from filter(None, map(peer.covered, read_random()))
    yield from (difference.case for difference in DIFFERENCES if difference.peer == peer.name)


def numbers_of(source: str, clone: Path, python: Path) -> Frozen:
    """Run all modes of a peer on their cases."""
    found: Frozen = {}
    for peer in PEERS.values():
        if peer.source == source:
            found[peer.name] = {}
            for case in cases_of(peer):
                with tempfile.TemporaryDirectory() as scratch:
                    numbers = peer.run(case, Place(clone, python, Path(scratch)))
                kept = {
                    name: _rounded(row) for name, row in numbers.items() if name in peer.measures
                }
                if kept:
                    found[peer.name][case.id] = kept
    return found


def _rounded(row) -> list[float | None]:
    return [None if number is None else round(number, 6) for number in row]


def _version(source: str, clone: Path, python: Path) -> str:
    """The version of a package, or the commit of a clone."""
    if clone != Path():
        commit = subprocess.run(
            ["git", "-C", clone, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        )
        return commit.stdout.strip()
    try:
        return version(source)
    except PackageNotFoundError:
        code = f"import importlib.metadata as m; print(m.version({source!r}))"
        printed = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
        return printed.stdout.strip()


def _lines(content: dict) -> str:
    """JSON with a case on each line."""
    modes = [
        f"  {json.dumps(mode)}: {{\n"
        + ",\n".join(f"   {json.dumps(name)}: {json.dumps(row)}" for name, row in cases.items())
        + "\n  }"
        for mode, cases in content["numbers"].items()
    ]
    head = "".join(
        f" {json.dumps(k)}: {json.dumps(v)},\n" for k, v in content.items() if k != "numbers"
    )
    return "{\n" + head + ' "numbers": {\n' + ",\n".join(modes) + "\n }\n}\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", choices=[*sorted({p.source for p in PEERS.values()}), "random"])
    parser.add_argument("--clone", type=Path, default=Path(), help="Folder of the peer's code.")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="Interpreter.")
    parser.add_argument("--check", action="store_true", help="Only compare.")
    given = parser.parse_args()
    if given.peer == "random":
        lines = (msgspec.json.encode(case).decode() for case in random_cases(CASES, SEED))
        RANDOM.write_text("[\n" + ",\n".join(lines) + "\n]\n")
        return 0
    clone = given.clone.resolve() if given.clone != Path() else given.clone
    numbers = numbers_of(given.peer, clone, given.python)
    path = FOLDER / f"{given.peer}.json"
    before = read_frozen(given.peer) if path.is_file() else {}
    changed = [
        f"{mode}, {name}: {before.get(mode, {}).get(name)} is now {row}"
        for mode, cases in numbers.items()
        for name, row in cases.items()
        if before.get(mode, {}).get(name) != row
    ]
    print(*changed, sep="\n")
    if given.check:
        return int(bool(changed))
    content = {
        "peer": given.peer,
        "version": _version(given.peer, clone, given.python),
        "numbers": numbers,
    }
    path.write_text(_lines(content), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
