"""Scenario sheets: worlds that do not overlap, and sheets that are consistent."""

from __future__ import annotations

from collections import defaultdict

import pytest

from dateline.corpus.scenarios import read_scenario, scenario_paths
from dateline.corpus.store import Corpus
from dateline.errors import InvalidInputError

from .conftest import REPOSITORY

FOLDER = REPOSITORY / "seeds" / "scenarios"
CORPUS = Corpus(REPOSITORY)
PATHS = scenario_paths(CORPUS)
SHEET = """
title = "A quarrel"
domain = "strike"
summary = "Two people quarrel."
entity = [{ id = "ana", name = "Ana", kind = "woman" }]
fact = [{ id = "f1", kind = "quarrel", what = "They quarrel.", outcome = "happened" }]
statement = [
  { id = "s1", who = "ana", act = "denies", content = "No.", force = "certain", true = "no" },
]
article = [{ id = "a1", register = "report", publisher = "ana", date = "2024-02-29", angle = "Short." }]
"""


@pytest.fixture(scope="module")
def scenarios():
    return {path.stem: read_scenario(path) for path in PATHS}


def test_each_scenario_is_told_by_at_least_three_articles(scenarios):
    assert len(scenarios) >= 14
    for name, scenario in scenarios.items():
        assert len(scenario.article) >= 3
        for article in scenario.article:
            assert article.id.startswith(f"{name}-"), article.id
            assert len(article.facts) + len(article.statements) >= 4, article.id


def test_each_article_has_a_text_that_tells_what_is_said_of_it(scenarios):
    articles = {a.id: a for scenario in scenarios.values() for a in scenario.article}
    texts = {id_: CORPUS.read_document(id_).text for id_ in articles}
    for id_, text in texts.items():
        assert 150 <= len(text.split()) <= 450, id_
    header, *rows = (FOLDER / "coverage.tsv").read_text(encoding="utf-8").splitlines()
    assert header == "article\titem\ttold\twords\tdiffers\thow"
    covered = defaultdict(list)
    for row in rows:
        id_, item, told, words, *_ = row.split("\t")
        covered[id_].append(item)
        assert told in ("yes", "partly", "no")
        assert words in texts[id_], row
    for id_, article in articles.items():
        assert sorted(covered[id_]) == sorted((*article.facts, *article.statements)), id_


def test_worlds_have_nothing_in_common_but_publishers(scenarios):
    """Splits are independent only if no country or person is in two of them."""
    worlds = defaultdict(set)
    for name, scenario in scenarios.items():
        publishers = {article.publisher for article in scenario.article}
        for entity in scenario.entity:
            if entity.id not in publishers:
                worlds[entity.name.casefold()].add(name)
    assert {entity: names for entity, names in worlds.items() if len(names) > 1} == {}


def test_a_name_of_an_article_is_used_once(scenarios):
    names = [article.id for scenario in scenarios.values() for article in scenario.article]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "A quarrel"', "title = 1", "title"),
        ('who = "ana"', 'who = "bo"', 's1: there is no "bo"'),
        ('id = "s1"', 'id = "f1"', 'the id "f1" is used 2 times'),
        ("2024-02-29", "2023-02-29", "a1: "),
        ('true = "no"', 'true = "perhaps"', "perhaps"),
        ("act =", "ack =", "ack"),
        ('title = "A quarrel"', "title = ", "sheet.toml"),
    ],
)
def test_problems_of_a_sheet_are_named(tmp_path, old, new, message):
    path = tmp_path / "sheet.toml"
    path.write_text(SHEET, encoding="utf-8")
    assert read_scenario(path).title == "A quarrel"
    path.write_text(SHEET.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"sheet\.toml") as error:
        read_scenario(path)
    assert message in str(error.value)
