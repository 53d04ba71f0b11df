"""docs/metrics.md: its examples compute what they show, and it names every measure."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys

import pytest

import dateline
from dateline.evaluation.measures.groups import GROUPS
from dateline.model import LAYERS
from tests.conformance.differences import DIFFERENCES
from tests.conftest import REPOSITORY
from tests.evaluation.conftest import predicted

PAGE = REPOSITORY / "docs" / "metrics.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_examples_compute_what_they_show():
    without_fences = re.sub(r"^```.*$", "", TEXT, flags=re.M)
    test = doctest.DocTestParser().get_doctest(without_fences, {}, PAGE.name, str(PAGE), 0)
    results = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
    assert results.failed == 0
    assert results.attempted > 40


def test_the_primary_measures_are_those_of_the_code():
    table = re.search(r"\| group \| primary measure \|\n\|.*\|\n((?:\|.*\n)+)", TEXT)[1]
    described = dict(re.findall(r"^\| (\S+) \| `(.*?)`", table, flags=re.M))
    assert described == {name: group.primary for name, group in GROUPS.items()}


def test_every_group_and_every_measure_is_described(article, perfect, layered):
    perfect["scores"] = {"check_worthy": {"yes": {perfect["claims"][0]["id"]: 1.0}}}
    reports = [
        dateline.score([perfect], article, layers=article.ontology.layer_names),
        dateline.score(
            [predicted(layered.read_annotation("gold", "report"))], layered, layers=LAYERS
        ),
    ]
    sections = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", TEXT, flags=re.M | re.S))
    described = {
        name.strip(): body for names, body in sections.items() for name in names.split(",")
    }
    assert set(GROUPS) <= set(described)
    attributes = {
        attribute.name
        for corpus in (article, layered)
        for attribute in (
            *corpus.ontology.entity_attributes,
            *corpus.ontology.argument_attributes,
            *(a for layer in corpus.ontology.layers.values() for a in layer.attributes),
        )
    }
    for score in (score for report in reports for score in report.scores):
        name = re.sub(r", \w+ = \w+$", "", score.measure)
        if score.group == "document":
            name = f"{name.partition(', ')[0]}, NAME"
        if score.group == "factuality":
            name = f"{name.partition(', ')[0]}, SOURCE"
        stem = name.partition(", matched only")[0].partition(", joint")[0]
        wanted = (f"`{name}`", f"`{stem}, …`", "`P@k`" if name.startswith("P@") else f"`{stem}`")
        if stem.removesuffix(", same set").removeprefix("entity ") not in attributes:
            assert any(w in described[score.group] for w in wanted), (score.group, score.measure)


def test_every_rule_where_scorers_differ_has_a_test():
    section = re.search(r"^## Where scorers differ\n(.*?)(?=^## )", TEXT, flags=re.M | re.S)[1]
    named = re.findall(r"\| `([^`|]+)` \|$", section, flags=re.M)
    assert len(named) == len(re.findall(r"^\| (?!choice|-)", section, flags=re.M))
    cases = {difference.case.id for difference in DIFFERENCES}
    sources = [
        path.read_text(encoding="utf-8") for path in (REPOSITORY / "tests").rglob("test_*.py")
    ]
    for name in named:
        assert name in cases or any(f"def {name}(" in source for source in sources), name
    assert cases <= set(named)


@pytest.mark.parametrize("first", ["measures.groups", "measures.factuality", "placeless_errors"])
def test_measures_have_one_order_whichever_module_is_needed_first(first):
    program = f"""
import dateline.evaluation.{first}
from dateline.evaluation.measures.groups import GROUPS
print(*GROUPS)
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == list(GROUPS)
