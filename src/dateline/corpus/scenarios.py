"""Scenario sheets: ``seeds/scenarios/NAME.toml``, invented worlds that articles are written from.

A sheet says who there is, what happened, who says what about it, and which article tells what. The
names of its tables and fields are in ``seeds/scenarios/README.md`` of this project's corpus.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from dateline.corpus.store import Corpus
from dateline.corpus.unread_files import SCENARIOS
from dateline.dates import parse_date
from dateline.errors import DatelineError, InvalidInputError
from dateline.files.names import inside
from dateline.files.reading import MalformedError, converted, decode_toml, read_bytes
from dateline.model import Struct

KNOWLEDGE_BASE = "scenario"
"""The name of the sheets as a knowledge base: a link to NAME/ID is to an entity or a fact."""

UNNAMED = "unnamed"
"""Who says something if the text is to name nobody."""

Outcome = Literal["happened", "did not happen", "planned", "under way", "possible", "general"]
Act = Literal[
    "asserts", "denies", "declines", "retracts", "demands", "opposes", "promises", "threatens",
    "predicts", "judges", "thanks", "apologises",
]  # fmt: skip


class Participant(Struct, frozen=True):
    """Somebody or something of the world."""

    id: str
    name: str
    kind: str
    aliases: tuple[str, ...] = ()


class Fact(Struct, frozen=True):
    """What happened or did not; ``who`` has the participants by the part that they play.

    A participant is an id, or words for somebody without one.
    """

    id: str
    kind: str
    what: str
    outcome: Outcome
    when: str = ""
    where: str = ""
    who: Mapping[str, tuple[str, ...]] = {}
    because_of: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()


class Statement(Struct, frozen=True):
    """What somebody says about facts, and whether it is true."""

    id: str
    who: str
    act: Act
    content: str
    force: Literal["certain", "probable", "possible"]
    true: Literal["yes", "no", "unknown", "opinion"]
    about: tuple[str, ...] = ()
    to: tuple[str, ...] = ()


class Article(Struct, frozen=True):
    """A text to be written: what it tells, in which register, for which publisher."""

    id: str
    register: str
    publisher: str
    date: str
    angle: str
    facts: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()


class Scenario(Struct, frozen=True):
    """An invented world, and the articles about it."""

    title: str
    domain: str
    summary: str
    entity: tuple[Participant, ...]
    fact: tuple[Fact, ...]
    statement: tuple[Statement, ...]
    article: tuple[Article, ...]


def scenario_paths(corpus: Corpus) -> list[Path]:
    """The sheets of a corpus, sorted."""
    return sorted(inside(corpus.root, corpus.seeds / SCENARIOS).glob("*.toml"))


def read_scenario(path: Path) -> Scenario:
    """Read a sheet.

    Raises InvalidInputError naming file and value if it has another format, an id that is used
    twice, a reference to nothing, or a date that does not exist.
    """
    try:
        scenario = converted(decode_toml(read_bytes(path)), Scenario)
    except MalformedError as error:
        raise InvalidInputError(f"{path}: {error.problem}.") from None
    if problems := list(_problems(scenario)):
        raise InvalidInputError("\n  ".join([f"{path}:", *problems]))
    return scenario


def linkable_items(corpus: Corpus) -> Mapping[str, frozenset[str] | None]:
    """The ids of entities and facts by the name of their sheet; None for a sheet with errors."""
    if corpus.is_elsewhere(corpus.seeds):
        return {}
    found: dict[str, frozenset[str] | None] = {}
    for path in scenario_paths(corpus):
        try:
            sheet = read_scenario(path)
        except DatelineError:
            found[path.stem] = None
        else:
            ids = [*(entity.id for entity in sheet.entity), *(fact.id for fact in sheet.fact)]
            found[path.stem] = frozenset(ids)
    return found


def _problems(scenario: Scenario) -> Iterator[str]:
    groups = (scenario.entity, scenario.fact, scenario.statement, scenario.article)
    uses = Counter(item.id for group in groups for item in group)
    yield from (f'the id "{id_}" is used {count} times' for id_, count in uses.items() if count > 1)
    participants, facts, statements = ({item.id for item in group} for group in groups[:3])
    for fact in scenario.fact:
        yield from _unknown(fact.id, (*fact.because_of, *fact.part_of), facts)
        yield from _unknown(fact.id, filter(None, [fact.where]), participants)
    for statement in scenario.statement:
        speakers = () if statement.who == UNNAMED else (statement.who,)
        yield from _unknown(statement.id, (*speakers, *statement.to), participants)
        yield from _unknown(statement.id, statement.about, facts)
    for article in scenario.article:
        yield from _unknown(article.id, [article.publisher], participants)
        yield from _unknown(article.id, article.facts, facts)
        yield from _unknown(article.id, article.statements, statements)
        try:
            parse_date(article.date)
        except InvalidInputError as error:
            yield f"{article.id}: {error}"


def _unknown(owner: str, references: Iterable[str], known: set[str]) -> Iterator[str]:
    for reference in references:
        if reference not in known:
            yield f'{owner}: there is no "{reference}"'
