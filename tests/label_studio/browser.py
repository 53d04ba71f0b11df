"""Uses the labelling page in a real browser as an annotator would."""

from __future__ import annotations

import contextlib
import os
import re
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
TIMEOUT = 60_000
"""Milliseconds for a step on the page; ten times what one took on a very busy machine."""
LOADING = 180_000
"""Milliseconds for loading a page; on a very busy machine, a long annotation took a fifth."""
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
_COUNT = """() => {
  window.actions = 0;
  const count = event => {
    const isModifier = ['Alt', 'Control', 'Meta', 'Shift'].includes(event.key);
    if (event.isTrusted && !event.repeat && !isModifier) window.actions += 1;
  };
  document.addEventListener('keydown', count, true);
  document.addEventListener('mousedown', count, true);
}"""
"""Counts each key and each press of a mouse button; a key with modifiers is one."""
_READY = """async () => {
  const isReady = () => {
    const selected = window.Htx?.annotationStore.selected;
    return !!window.DM && !DM.loading && !DM.loadingData && !Htx.isLoading
      && selected?.type === 'annotation' && selected.editable
      && [...selected.names.values()].every(tag => tag.isReady ?? true);
  };
  for (let frame = 0; frame < 4; frame += 1) {
    if (!isReady()) return false;
    await new Promise(requestAnimationFrame);
  }
  return isReady();
}"""
"""Whether the page has loaded a task for good.

The list of tasks (``DM``) gives the editor (``Htx``) the task twice, and the second time replaces
what was drawn. It is last done two frames after the list has loaded everything.
"""
_OF_ANNOTATION = "argument => { const it = Htx.annotationStore.selected; return %s; }"
_KEYS_MEAN_LABELS = "() => !document.activeElement?.matches('input, select, textarea')"
"""Whether no field has the focus; a field that is hidden when used loses it a frame later."""
_AT_REST = """element => {
  for (let one = element; one; one = one.parentElement) {
    const isMoving = /(^|[-\\s])(appear|enter|leave)(-|\\s|$)/.test(one.getAttribute('class') ?? '');
    if (isMoving || one.getAnimations().some(it => it.playState !== 'finished')) return false;
  }
  return true;
}"""
"""Whether nothing moves an element any more.

A dialog has such a class from the start. For some frames it is invisible at its final place; then
it grows there from a small size. A press in the first frames and a release in the later ones hit
different elements, which makes no click.
"""
_PLACE = """async quote => {
  const texts = document.createTreeWalker(
    document.querySelector('.lsf-richtext__container'), NodeFilter.SHOW_TEXT);
  const nodes = [];
  let all = '';
  while (texts.nextNode()) {
    nodes.push([all.length, texts.currentNode]);
    all += texts.currentNode.data;
  }
  const at = offset => {
    const [start, node] = nodes.find(([s, n]) => s <= offset && offset < s + n.data.length);
    return [node, offset - start];
  };
  const character = offset => {
    const range = document.createRange();
    const [node, place] = at(offset);
    range.setStart(node, place);
    range.setEnd(node, place + 1);
    const box = range.getBoundingClientRect();
    const isRightToLeft = /[\\p{Script=Arabic}\\p{Script=Hebrew}]/u.test(range.toString());
    return isRightToLeft ? [box.right, box.left, box, -1] : [box.left, box.right, box, 1];
  };
  const offset = all.indexOf(quote);
  const ends = () => {
    const [left, , first, forward] = character(offset);
    const [, right, last, back] = character(offset + quote.length - 1);
    return [left, first.top + first.height / 2, right, last.top + last.height / 2, forward, back];
  };
  const before = ends();
  await new Promise(requestAnimationFrame);
  const [left, top, right, bottom, forward, back] = ends();
  const isMoving = String(before) !== String([left, top, right, bottom, forward, back]);
  const isText = (x, y) => !!document.elementFromPoint(x, y)?.closest('.lsf-richtext__container');
  const isFree = isText(left + forward, top) && isText(right - back, bottom);
  return document.fonts.status === 'loaded' && !isMoving && isFree
    && [left, top, right, bottom, forward, back];
}"""
"""The ends of the first such words of the text, when they keep their place and nothing covers them."""


@contextlib.contextmanager
def browser():
    """A headless Chromium with an empty profile; fails where there is none."""
    found = os.environ.get("DATELINE_CHROMIUM") or next(
        filter(None, map(shutil.which, CHROMIUM)), None
    )
    if found is None:
        pytest.fail(
            "There is no Chromium: install the package chromium, or name one in DATELINE_CHROMIUM."
        )
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


class Annotator:
    """Somebody at the page, logged in; every step waits until the page shows its effect."""

    def __init__(self, page, url, email=None, password=None):
        self.page = page
        self._url = url
        if email is None:  # somebody who is logged in already
            return
        page.goto(f"{url}/user/login/")
        page.fill("[name=email]", email)
        page.fill("[name=password]", password)
        page.click("button[type=submit]")
        page.wait_for_url(lambda address: "/login" not in address)

    def open_list(self, project):
        """The project's list of tasks."""
        self.page.goto(f"{self._url}/projects/{project}/data")
        expect(self.page.locator(".lsf-table__cell").first).to_be_visible(timeout=LOADING)

    def open(self, project, task):
        """Open a task, and wait until its text can be marked."""
        self._task = f"{self._url}/projects/{project}/data?task={task}"
        self.reopen()

    def reopen(self):
        """Load the page of the task again."""
        self.page.goto(self._task)
        self.page.wait_for_function(_READY, timeout=LOADING)
        # The page adds the layer of arcs when all of its parts are ready.
        self.page.wait_for_selector("svg.relations-overlay", state="attached", timeout=LOADING)

    def in_another_tab(self):
        """The same person with the same text, to be opened in another tab."""
        other = Annotator(self.page.context.new_page(), self._url)
        other._task = self._task
        return other

    def _wait_for(self, state, argument=None):
        """Wait until the annotation on the page is in a state: an expression of ``it``."""
        self.page.wait_for_function(_OF_ANNOTATION % state, arg=argument)

    def _get(self, state, argument=None):
        return self.page.evaluate(_OF_ANNOTATION % state, argument)

    def save(self):
        """Save now what the page saves by itself within seconds, and wait until it is saved.

        The page takes a relation that is added meanwhile for saved too, and never saves it.
        """
        self._get("it.autosave?.flush()")
        self._wait_for("!it.isDraftSaving")

    def _place(self, quote):
        return self.page.wait_for_function(_PLACE, arg=quote).json_value()

    @property
    def selected_labels(self):
        return self.page.locator(".dateline .layer .lsf-label_selected .lsf-label__text")

    @property
    def relations(self):
        return self.page.locator(".lsf-relations__item")

    def press(self, hotkey):
        """Press a hotkey as the ontology writes it: ``a``, ``shift+a``."""
        *modifiers, key = hotkey.split("+") if hotkey != "+" else [hotkey]
        if modifiers:
            key = "+".join([*(m.capitalize() for m in modifiers), key.upper()])
        self.page.wait_for_function(_KEYS_MEAN_LABELS)
        self.page.keyboard.press(key)

    def click_on(self, locator):
        """Click when the element has come to rest."""
        self.page.wait_for_function(_AT_REST, arg=locator.element_handle())
        locator.click()

    def go_on(self):
        """Select the next region with its key; the first one if none is selected."""
        before = self.selected_region()
        self.page.keyboard.press("Alt+.")
        self._wait_for(
            "it.highlightedNode && it.highlightedNode.cleanId !== argument", before["id"]
        )
        self.page.wait_for_function(_KEYS_MEAN_LABELS)

    def selected_region(self):
        """Id, label and words of the selected region."""
        return self._get(
            "{id: it.highlightedNode?.cleanId, text: it.highlightedNode?.text, "
            "label: it.highlightedNode?.labels[0]}"
        )

    def wait_for_label(self, label):
        """Wait until the selected region has a label."""
        self._wait_for("it.highlightedNode.labels.includes(argument)", label)

    def count_actions(self):
        """Count keys and mouse buttons from now on; returns how many there were until now."""
        before = self.page.evaluate("window.actions")
        if before is None:
            self.page.evaluate(_COUNT)
        self.page.evaluate("window.actions = 0")
        return before

    def leave(self):
        """Leave the region, if one is selected, so that keys mean labels again."""
        if self._get("it.hasSelection"):
            self.page.keyboard.press("Escape")
        self._wait_for("!it.hasSelection")
        expect(self.selected_labels).to_have_count(0)

    def draw(self, hotkey, label, quote):
        """Choose a label by its key, and draw over the first such words of the text."""
        self.leave()
        self.press(hotkey)
        self._draw(label, quote)

    def draw_with(self, label, quote, *further):
        """Choose a label with the mouse, others by key, and draw over the first such words."""
        self.leave()
        self._click_label(label)
        for hotkey in further:
            self.press(hotkey)
        self._draw(label, quote, further)

    def group(self, letter, *quotes):
        """Select the first regions with such words, and give all of them a letter."""
        self.leave()
        self.page.keyboard.down("Control")
        for number, quote in enumerate(quotes, 1):
            self._click(quote)
            self._wait_for("it.selectionSize === argument", number)
        self.page.keyboard.up("Control")
        self._click_label(letter)
        self._wait_for(
            "it.selectedRegions.every(r => r.labelings.some(l => l.mainValue.includes(argument)))",
            letter,
        )

    def _click_label(self, label):
        labels = self.page.locator(".dateline .layer .lsf-label:visible")
        pattern = re.compile(f"^{re.escape(label)}(\\W|\\d|f19|shift|$)")
        self.click_on(labels.filter(has_text=pattern).first)

    def _draw(self, label, quote, further=()):
        rows = self.page.locator(".htx-highlight[data-label]")
        before = rows.count()
        expect(self.selected_labels).to_have_count(1 + len(further))
        expect(self.selected_labels.first).to_have_text(label)
        start, top, end, bottom, forward, onward = self._place(quote)
        mouse = self.page.mouse
        mouse.move(start + forward, top)
        mouse.down()
        mouse.move(start + 6 * forward, top)
        mouse.move(end - onward, bottom)
        mouse.up()
        expect(rows).to_have_count(before + 1)
        # Nothing is selected: keys mean labels again.
        expect(self.selected_labels).to_have_count(0)

    def select(self, quote):
        """Click on the first such words of the text, and wait for their attributes."""
        is_selected = "!!it.highlightedNode?.text.includes(argument)"
        if not self._get(is_selected, quote):  # a second click would leave the region
            self._click(quote)
        self._wait_for(is_selected, quote)
        expect(self.page.locator(".dateline .side h4:visible").first).to_be_visible()

    def _click(self, quote):
        start, top, _, _, forward, _ = self._place(quote)
        self.page.mouse.click(start + 4 * forward, top)

    def choose(self, *values):
        """Choose values of the selected region, each by name."""
        for value in values:
            choice = self.page.locator(".dateline .side .lsf-choice:visible").filter(
                has_text=re.compile(f"^{re.escape(value)}(\\[\\w+\\])?$")
            )
            self.click_on(choice.last.locator("label"))
            expect(choice.last.locator("input")).to_be_checked()
            self.page.wait_for_function(_KEYS_MEAN_LABELS)

    def choose_for(self, question, *values):
        """Choose values of the question with this heading, of the text or of the selected region."""
        heading = self.page.locator(f".dateline .side h4:visible:text-is('{question}')")
        choices = heading.locator("xpath=following-sibling::div[1]").locator(".lsf-choice")
        for value in values:
            choice = choices.filter(has_text=re.compile(f"^{re.escape(value)}(\\[\\w+\\])?$"))
            self.click_on(choice.locator("label"))
            expect(choice.locator("input")).to_be_checked()
            self.page.wait_for_function(_KEYS_MEAN_LABELS)

    def number(self, control, value):
        """Type a number into a field of the text or of the selected region."""
        field = self.page.locator(f".dateline .side input[name={control}]:visible")
        self.click_on(field)
        field.press_sequentially(value)
        # Keys mean labels again when the field has lost the focus.
        self.click_on(field.locator("xpath=preceding::h4[1]"))
        expect(field).to_have_value(value)

    def refused(self, message):
        """Try to submit, and read why the page refuses it."""
        self.click_on(self.page.get_by_label("Submit current annotation"))
        expect(self.page.get_by_text(message)).to_be_visible()
        self.click_on(self.page.get_by_role("button", name="OK"))
        expect(self.page.get_by_text(message)).to_be_hidden()

    def write(self, control, text):
        """Write a line of text into a field of the selected region."""
        field = self.page.locator(f".dateline .side input[name={control}]:visible")
        field.fill(text)
        field.press("Enter")
        expect(self.page.get_by_text(text, exact=True).first).to_be_visible()

    def open_relations(self):
        """Open the list of relations."""
        self.click_on(self.page.locator("#regions-relations_1_droppable:visible"))
        expect(self.page.locator(".lsf-relations").first).to_be_visible()

    def open_regions(self):
        """Open the list of regions."""
        self.click_on(self.page.locator("[id=regions-relations_0_droppable]:visible"))
        expect(self.page.locator(".lsf-outliner-item").first).to_be_visible()

    def relate(self, source, target):
        """Join two regions with a relation that has no label yet."""
        self.save()
        before = self._get("it.relationStore.size")
        self.select(source)
        self.page.keyboard.press("Alt+r")
        self._wait_for("it.isLinkingMode")
        self._click(target)
        self._wait_for("it.relationStore.size === argument", before + 1)

    def join(self, source, target, *labels):
        """Join two regions with a relation of these labels; shows the list of relations."""
        self.relate(source, target)
        self.open_relations()
        relation = self.relations.last
        relation.hover()
        actions = relation.locator(".lsf-relations__action button, button.lsf-relations__action")
        self.click_on(actions.first)
        self.click_on(self.page.get_by_text("Select labels").last)
        for label in labels:
            self.click_on(self.page.get_by_test_id(f"select-option-{label}"))
            self._wait_for("it.relationStore.relations.at(-1).labels?.includes(argument)", label)
        self.page.keyboard.press("Escape")
        expect(self.page.get_by_test_id("select-popup")).to_have_count(0)

    def save_in_list(self):
        """Click the open text in a list that has no others, which saves the draft and closes the text."""
        with self.page.expect_response(
            lambda r: "/drafts" in r.url and r.request.method in ("POST", "PATCH")
        ) as answer:
            # The row of the open text is marked only if the list was there before the text.
            self.click_on(self.page.locator(".lsf-table__row-wrapper"))
        assert answer.value.ok, answer.value.text()

    def submit(self):
        """Submit, and wait until the server has it."""
        self._send("POST", self.page.get_by_label("Submit current annotation"))

    def update(self):
        """Submit changes of an annotation, and wait until the server has them."""
        self._send("PATCH", self.page.get_by_test_id("bottombar-update-button"))

    def _send(self, method, button):
        self.save()
        with self.page.expect_response(
            lambda r: "/annotations" in r.url and r.request.method == method
        ) as answer:
            self.click_on(button)
        assert answer.value.ok, answer.value.text()
