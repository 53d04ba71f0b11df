"""Options of the fuzz tests; they need ``tests/fuzz`` on pytest's command line."""

from __future__ import annotations

import pytest

INPUTS = 800


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--inputs", type=int, default=INPUTS, help="Number of inputs, of all kinds.")
    parser.addoption("--seed", type=int, default=0, help="Seed of the mutations.")
    parser.addoption("--number", type=int, help="Only the input of this number, of each kind.")
