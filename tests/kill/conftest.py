"""An option of the tests of kills; it needs ``tests/kill`` on pytest's command line."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-kills", action="store_true", help="Kill at every change of a file.")
