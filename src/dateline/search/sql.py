"""Runs a statement of SQL on the views of a corpus or a dataset, and on nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from dateline.errors import InvalidInputError
from dateline.extras import extra
from dateline.search.address_space import limited_growth
from dateline.search.tables import Rows, Tables, tables_at, tables_of
from dateline.search.views import ANNOTATIONS, DOCUMENTS, statements

if TYPE_CHECKING:
    import duckdb

MEMORY = 2.0
"""Memory that a statement may use, and its result, in gigabytes."""
THREADS = 4
"""Threads that a statement may use."""
_GIGABYTE = 10**9
_SPARE = 1.0
"""Address space that threads and libraries reserve without using it, in gigabytes."""
_ROWS = 1_000
"""Rows of the result that are read at a time."""

SCHEMA = (
    "SELECT schema_name AS schema, table_name AS view, column_name AS column, data_type AS type "
    "FROM duckdb_columns() WHERE NOT internal AND NOT starts_with(table_name, '_') "
    "ORDER BY schema_name <> 'main', table_oid, column_index"
)
"""The statement that lists all columns of all views."""


def query(statement: str, source: str | Path | Rows | Mapping[str, Rows] = ".") -> pa.Table:
    """The result of a SELECT statement in DuckDB's SQL.

    ``source`` is a corpus folder, a built dataset, the name of a dataset on the Hub (ORG/NAME or
    ORG/NAME@REVISION), or what ``load_dataset`` gives for the config ``documents``. The statement
    can neither read nor write files, and cannot load extensions.

    Raises InvalidInputError for a statement that is not a SELECT or cannot be run,
    MissingExtraError without DuckDB, and DatelineError if the source is not readable.
    """
    if isinstance(source, str | Path):
        return run(statement, tables_at(source))
    return run(statement, tables_of(source))


def run(statement: str, tables: Tables, memory: float = MEMORY) -> pa.Table:
    """The result of a SELECT statement on tables; ``memory`` is in gigabytes. Raises as `query`."""
    with extra("query"):
        import duckdb  # noqa: PLC0415
    with duckdb.connect(":memory:", config=_settings(memory)) as connection:
        connection.register(DOCUMENTS, tables.documents)
        if tables.annotations is not None:
            connection.register(ANNOTATIONS, tables.annotations)
        schemas = [None if table is None else table.schema for table in tables]
        for view in statements(*schemas):
            connection.execute(view)
        connection.execute("SET lock_configuration = true")
        try:
            _check_kind(connection, statement)
            return _interruptible(
                connection,
                lambda: _read(connection.sql(statement).to_arrow_reader(_ROWS), memory),
            )
        except (duckdb.OutOfMemoryException, MemoryError) as error:
            raise _too_large("The statement needs", memory, str(error)) from None
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise InvalidInputError(f"The statement cannot be run. {error}") from None


def run_alone(statement: str, tables: Tables, memory: float = MEMORY) -> pa.Table:
    """The same as `run`, in a process that does nothing else meanwhile.

    DuckDB's limit does not cover a single huge value, so the address space is limited too: by twice
    the memory, for what DuckDB uses and for the result, and what is reserved.
    """
    with limited_growth(int((2 * memory + _SPARE) * _GIGABYTE)):
        return run(statement, tables, memory)


def _settings(memory: float) -> dict[str, str | bool | int | float | list[str]]:
    """Settings that keep a statement from files, networks, extensions and Python's variables."""
    return {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "python_enable_replacements": "false",
        "temp_directory": "",
        "threads": str(THREADS),
        "memory_limit": f"{memory:f}GB",
    }


def _interruptible(connection: duckdb.DuckDBPyConnection, work: Callable[[], pa.Table]) -> pa.Table:
    """The result of work in a thread of its own; Ctrl+C also ends the statement that it runs.

    In the main thread the exception would have to wait until Arrow has its next rows.
    """
    with ThreadPoolExecutor(max_workers=1) as executor:
        try:
            return executor.submit(work).result()
        except KeyboardInterrupt:
            connection.interrupt()
            raise


def _read(reader: pa.RecordBatchReader, memory: float) -> pa.Table:
    """The whole result, which DuckDB's limit does not cover."""
    batches, size = [], 0
    for batch in reader:
        size += batch.nbytes
        if size > memory * _GIGABYTE:
            raise _too_large("The result has", memory)
        batches.append(batch)
    return pa.Table.from_batches(batches, reader.schema)


def _too_large(what: str, memory: float, reason: str = "") -> InvalidInputError:
    return InvalidInputError(
        f"{what} more than {memory:g} GB. Restrict it, or allow more memory. {reason}".strip()
    )


def _check_kind(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    import duckdb  # noqa: PLC0415

    found = connection.extract_statements(statement)
    if len(found) != 1:
        raise InvalidInputError(f"Expected one statement, found {len(found)}.")
    kind = found[0].type
    if kind not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
        raise InvalidInputError(
            f"The statement is {kind.name}, but only SELECT is allowed; it may start with WITH, "
            "FROM, DESCRIBE, SUMMARIZE or EXPLAIN."
        )
