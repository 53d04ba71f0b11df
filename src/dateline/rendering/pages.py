"""HTML pages of one design: a Jinja base template, a stylesheet, and a policy that bars all else.

Each page is one file with its style and script in it, so that it can be opened from a disk and sent
to somebody. Its Content-Security-Policy allows exactly these, by their hashes: whatever a text or a
label contains, nothing else runs, and nothing is loaded.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from dateline.rendering.header import Header
from dateline.rendering.site_links import INDEX

if TYPE_CHECKING:
    from jinja2 import Environment

_PACKAGE = "dateline.rendering"


def page(
    package: str,
    template: str,
    header: Header,
    style: str = "",
    script: str = "",
    *,
    has_images: bool = False,
    **values: Any,
) -> str:
    """A page from a template of a package, which extends ``page.html.j2``.

    ``style`` and ``script`` are added to those of all pages. With ``has_images``, the page may show
    images that are in it as ``data:``. The values are escaped. Raises ValueError if style or script
    would end its element.
    """
    from markupsafe import Markup  # noqa: PLC0415 (slow to import)

    style = resource(_PACKAGE, "page.css") + style
    script = resource(_PACKAGE, "theme.js") + script
    if "</" in style or "</" in script or "<!--" in script:
        raise ValueError("a style or a script must not contain </ or <!--")
    return (
        page_environment(package)
        .get_template(template)
        .render(
            policy=content_policy(style, script, has_images=has_images),
            style=Markup(style),  # noqa: S704 (from the package, but for colors)
            script=Markup(script),  # noqa: S704 (from the package)
            header=header,
            index=INDEX,
            **values,
        )
    )


def content_policy(style: str, script: str, *, has_images: bool = False) -> str:
    """The Content-Security-Policy of a page that has this style and this script."""
    return (
        f"default-src 'none'; script-src {_source(script)}; style-src {_source(style)}; "
        f"{'img-src data:; ' if has_images else ''}base-uri 'none'; form-action 'none'"
    )


def _source(content: str) -> str:
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest())
    return f"'sha256-{digest.decode()}'"


@cache
def resource(package: str, name: str) -> str:
    """A stylesheet or a script of a package."""
    return (resources.files(package) / name).read_text(encoding="utf-8")


@cache
def page_environment(package: str) -> Environment:
    """The Jinja environment for HTML templates in a package; all values are escaped."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    packages = dict.fromkeys((package, _PACKAGE))
    return Environment(
        loader=ChoiceLoader([PackageLoader(name, package_path="") for name in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
