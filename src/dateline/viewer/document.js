"use strict";
(() => {
  const body = document.body;
  const { marks, guidelines, twins } = JSON.parse(document.getElementById("data").textContent);
  const texts = document.querySelector(".texts");
  const detail = document.getElementById("detail");
  const tip = document.getElementById("tip");
  const LAYER = { m: "mentions", e: "events", c: "claims", q: "claims" };
  const layerOf = (element) => LAYER[element.classList[0]];
  let selected = null;

  body.classList.add("js");

  // Elements and cards by id.
  const pieces = new Map();
  for (const element of texts.querySelectorAll("[data-i]")) {
    const id = element.dataset.i;
    if (!pieces.has(id)) pieces.set(id, []);
    pieces.get(id).push(element);
  }
  const cards = new Map();
  for (const card of document.querySelectorAll("[data-card]")) cards.set(card.dataset.card, card);

  const isHidden = (element) => body.classList.contains(`no-${layerOf(element)}`);
  const shownAt = (node) => {
    let element = node.closest?.("[data-i]");
    while (element && isHidden(element)) element = element.parentElement.closest("[data-i]");
    return element;
  };

  function clear() {
    for (const element of texts.querySelectorAll(".on, .to, .cue")) {
      element.classList.remove("on", "to", "cue");
      delete element.dataset.role;
    }
    for (const card of cards.values()) card.classList.remove("on");
    for (const button of document.querySelectorAll("[data-label][aria-pressed]")) {
      button.removeAttribute("aria-pressed");
    }
    body.classList.remove("focus");
    globalThis.CSS.highlights?.delete("passage");
    detail.hidden = true;
    detail.replaceChildren();
    selected = null;
  }

  // The stretches of an item, without the cue of a claim.
  const stretches = (id) => (pieces.get(id) ?? []).filter((one) => !one.classList.contains("q"));

  function mark(id, role) {
    const found = stretches(id);
    for (const element of found) element.classList.add("to");
    if (role && found.length) {
      const first = found[0];
      first.dataset.role = first.dataset.role ? `${first.dataset.role}, ${role}` : role;
    }
  }

  function select(id, { scroll = true } = {}) {
    if (!cards.has(id)) return;
    clear();
    selected = id;
    for (const element of pieces.get(id) ?? []) {
      element.classList.add(element.classList.contains("q") ? "cue" : "on");
    }
    for (const [other, role] of marks[id] ?? []) mark(other, role);
    // The same item of the other annotation, with what belongs to it.
    const twin = twins[id];
    if (twin) {
      for (const element of stretches(twin)) element.classList.add("on");
      for (const [other, role] of marks[twin] ?? []) mark(other, role);
    }
    if (pieces.size) body.classList.add("focus");
    showDetail(id);
    const first = stretches(id)[0] ?? stretches((marks[id] ?? [[]])[0][0])[0] ?? cards.get(id);
    if (scroll) reveal(first);
  }

  function reveal(element) {
    for (let at = element.closest("details"); at; at = at.parentElement.closest("details")) {
      at.open = true;
    }
    // On a phone, what is known about the item covers the lower half.
    const box = element.getBoundingClientRect();
    if (texts.contains(element)) {
      if (box.top < 80 || box.bottom > innerHeight / 2) scrollBy({ top: box.top - innerHeight / 4 });
    } else {
      element.scrollIntoView({ block: "nearest" });
    }
  }

  const guidelineOf = (card) => guidelines[[...card.classList].find((one) => one in guidelines)];

  function described(id, { full }) {
    const card = cards.get(id);
    const made = document.createElement("div");
    made.className = `described ${card.className.replace("card", "")}`;
    const head = document.createElement("p");
    head.className = "head";
    head.append(...[...card.querySelector(".go").childNodes].map((one) => one.cloneNode(true)));
    made.append(head);
    const more = card.querySelector(".more").cloneNode(true);
    if (!full) {
      const facts = [...more.querySelectorAll("dl > div")];
      for (const fact of facts.slice(6)) fact.remove();
    }
    made.append(more);
    const guideline = guidelineOf(card);
    if (guideline) {
      const line = document.createElement("p");
      line.className = "guideline";
      line.dir = "auto";
      line.textContent = guideline;
      more.querySelector("dl").after(line);
    }
    return made;
  }

  function showDetail(id) {
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.textContent = "×";
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", leave);
    detail.replaceChildren(close, described(id, { full: true }));
    detail.hidden = false;
    detail.parentElement.scrollTop = 0;
    cards.get(id).classList.add("on");
  }

  // The address names the selected item, so that it can be linked to.
  const named = () => {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return "";
    }
  };
  const address = (id) => `${location.pathname}${location.search}${id ? `#${encodeURIComponent(id)}` : ""}`;
  function choose(id, options) {
    if (named() !== id) history.pushState(null, "", address(id));
    select(id, options);
  }
  function leave() {
    clear();
    hideTip();
    if (location.hash) history.pushState(null, "", address(""));
  }
  function follow() {
    const name = named();
    if (cards.has(name)) select(name);
    else clear();
    showPassage(name);
  }
  addEventListener("hashchange", follow);
  addEventListener("popstate", follow);

  texts.addEventListener("click", (event) => {
    if (getSelection()?.type === "Range") return;
    let element = shownAt(event.target);
    if (!element) return leave();
    // A click on the selected item selects the item around it.
    if (element.dataset.i === selected) {
      const around = element.parentElement && shownAt(element.parentElement);
      if (around && around.dataset.i !== selected) element = around;
    }
    hideTip();
    choose(element.dataset.i, { scroll: false });
  });

  // A link to the item that is selected already changes no address.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (link && cards.has(decodeURIComponent(link.hash.slice(1)))) {
      event.preventDefault();
      choose(decodeURIComponent(link.hash.slice(1)));
    }
  });

  // A passage is named by its offsets in code points, as in #char=12,20 (RFC 5147).
  const lines = [...document.querySelectorAll(".texts article:first-child [data-start]")];
  function placeAt(offset, isEnd) {
    const line = lines.findLast((one) => Number(one.dataset.start) + isEnd <= offset);
    let left = offset - Number(line?.dataset.start);
    const walker = line && document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    while (walker?.nextNode()) {
      const points = [...walker.currentNode.data];
      if (left < points.length + isEnd) {
        return [walker.currentNode, points.slice(0, left).join("").length];
      }
      left -= points.length;
    }
    return null;
  }
  function showPassage(name) {
    const found = /^char=(\d+),(\d+)$/.exec(name);
    if (!found || Number(found[1]) >= Number(found[2])) return;
    const start = placeAt(Number(found[1]), 0);
    const end = placeAt(Number(found[2]), 1);
    if (!start || !end) return;
    const range = new Range();
    range.setStart(...start);
    range.setEnd(...end);
    globalThis.CSS.highlights?.set("passage", new Highlight(range));
    reveal(start[0].parentElement);
  }

  // Hovering or focusing an item shows it in short.
  let timer = 0;
  function showTip(id, box) {
    if (id === selected || !cards.has(id)) return;
    tip.replaceChildren(described(id, { full: false }));
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const below = box.bottom + 10 + height < innerHeight;
    tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
    tip.style.top = `${Math.max(8, below ? box.bottom + 8 : box.top - height - 8)}px`;
  }
  function hideTip() {
    clearTimeout(timer);
    tip.hidden = true;
  }
  texts.addEventListener("pointerover", (event) => {
    hideTip();
    const element = event.pointerType === "touch" ? null : shownAt(event.target);
    if (!element) return;
    const { clientX: x, clientY: y } = event;
    const boxes = [...element.getClientRects()];
    const box = boxes.find((one) => one.top <= y && y <= one.bottom && one.left <= x) ?? boxes[0];
    timer = setTimeout(() => showTip(element.dataset.i, box), 150);
  });
  texts.addEventListener("pointerleave", hideTip);
  document.querySelector(".panel").addEventListener("focusin", (event) => {
    hideTip();
    const link = event.target.closest(".card .go");
    if (link?.matches(":focus-visible")) {
      showTip(link.parentElement.dataset.card, link.getBoundingClientRect());
    }
  });
  document.querySelector(".panel").addEventListener("focusout", hideTip);
  addEventListener("scroll", hideTip, { passive: true });

  // Layers and labels.
  for (const box of document.querySelectorAll(".layers input")) {
    box.addEventListener("change", () => {
      body.classList.toggle(`no-${box.name}`, !box.checked);
    });
  }
  for (const button of document.querySelectorAll("[data-label]")) {
    button.addEventListener("click", () => {
      const wasPressed = button.hasAttribute("aria-pressed");
      leave();
      if (wasPressed) return;
      for (const element of texts.querySelectorAll(`.${button.dataset.label}:not(.q)`)) {
        element.classList.add("to");
      }
      body.classList.add("focus");
      button.setAttribute("aria-pressed", "true");
    });
  }

  // Keys.
  function step(by) {
    const order = pieces.size
      ? [...pieces.keys()].filter((id) => stretches(id).some((one) => !isHidden(one)))
      : [...cards.keys()];
    if (!order.length) return;
    const at = order.indexOf(selected);
    const next = at < 0 ? (by > 0 ? 0 : order.length - 1) : (at + by + order.length) % order.length;
    choose(order[next]);
  }
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea")) return;
    if (event.key === "Escape") leave();
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else return;
    event.preventDefault();
  });

  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details.items")) one.open = true;
  });

  follow();
})();
