"""Opens pages of a site from its folder, and notes what they do that they must not."""

from __future__ import annotations

from playwright.sync_api import Page


class Reader:
    """Somebody who reads a site in a browser; ``problems`` are errors, requests and dialogs."""

    def __init__(self, browser, folder, **options):
        options = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"} | options
        self.context = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.folder = folder
        self.problems: list[str] = []
        self.page.on("console", lambda message: self._note(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self._note(f"error: {error}"))
        self.page.on("dialog", self._refuse)
        self.page.on("request", self._check)

    def open(self, path):
        """Open a page of the site, whose path may end with a fragment."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.folder.as_uri()}/{path}")

    def _note(self, problem):
        self.problems.append(problem)

    def _refuse(self, dialog):
        self._note(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _check(self, request):
        if not request.is_navigation_request() or request.frame.parent_frame:
            self._note(f"request: {request.url}")

    # What a document's page shows.

    @property
    def selected(self):
        """The id of the item in the panel; None if there is none."""
        found = self.page.locator("#detail .id code")
        return found.inner_text() if found.count() else None

    def marked(self):
        """The items that are marked with the selected one, each with its role, by id."""
        return self.page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll('.to')]
              .map(one => [one.dataset.i, one.dataset.role ?? '']))"""
        )

    def click(self, item):
        """Click on the first word of an item in the text."""
        self.page.locator(f'[id="{item}"]').click(position={"x": 6, "y": 8})
