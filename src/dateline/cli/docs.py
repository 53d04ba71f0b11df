"""``dateline docs``."""

from __future__ import annotations

import click

from dateline.cli.shared import Command, echo


@click.command(cls=Command)
@click.argument("page", required=False)
def docs(page: str | None) -> None:
    """Print a page of the documentation, or list the pages.

    \b
    Examples:
      dateline docs
      dateline docs metrics | less
    """
    from dateline.files.reading import read_text
    from dateline.packaged import packaged

    with packaged("docs") as folder:
        pages = {path.stem: path for path in sorted(folder.glob("*.md"))}
        if page is None:
            width = max(map(len, pages))
            for name, path in pages.items():
                title = read_text(path).partition("\n")[0].removeprefix("# ")
                echo(f"{name:{width}}  {title}")
        elif page in pages:
            echo(read_text(pages[page]), nl=False)
        else:
            raise click.BadParameter(
                f"{page!r} is not a page. Pages: {', '.join(pages)}.", param_hint="PAGE"
            )
