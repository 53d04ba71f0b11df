"""The header of all HTML pages: the corpus, its site if there is one, and the reports in it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from dateline.errors import NotFoundError
from dateline.rendering.site_links import INDEX, REPORTS, report_file


class ReportLink(NamedTuple):
    """A report in a site: its title, and its path in the folder of the site."""

    title: str
    file: str


class Header(NamedTuple):
    """What the header of a page shows.

    ``title`` is that of the corpus. ``site`` is what is before all links into its site, such as
    ``../`` or an address that ends with a slash; None for a page without a site. ``reports`` are
    those of the site, and ``here`` is the path of the page itself, if it is one of the site.
    """

    title: str
    site: str | None = None
    reports: tuple[ReportLink, ...] = ()
    here: str = ""

    def of_page(self, file: str) -> Header:
        """The header of the page with this path in the site, with relative links."""
        return self._replace(site="../" * file.count("/"), here=file)


def header_of(title: str, site: str | None) -> Header:
    """The header of a page outside of a site, with links to the site at a URL or in a folder.

    The reports are those that the folder has; of a URL, none are known. Raises NotFoundError if the
    site is neither a URL nor the folder of a site.
    """
    if site is None:
        return Header(title)
    address = site_address(site)
    if "://" in site:
        return Header(title, f"{address}/")
    found = [name for name in REPORTS if (Path(site) / report_file(name)).is_file()]
    links = tuple(ReportLink(REPORTS[name], report_file(name)) for name in found)
    return Header(title, f"{address}/", links)


def site_address(site: str) -> str:
    """The address of a site at a URL or in a folder, without a slash at its end.

    Raises NotFoundError if it is neither.
    """
    if "://" in site:
        return site.rstrip("/")
    if not (Path(site) / INDEX).is_file():
        raise NotFoundError(
            f"{site}: is not the folder of a site. Run `dateline view --out {site}`, or give a URL."
        )
    return Path(site).resolve().as_uri()
