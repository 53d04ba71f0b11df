"use strict";
(() => {
  const { rows } = JSON.parse(document.getElementById("data").textContent);
  const form = document.querySelector(".filters");
  const count = document.getElementById("count");
  const entries = [...document.querySelectorAll(".entries > li")];
  const fields = [...form.elements].filter((field) => field.name);

  function apply() {
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = fields.filter((field) => field.name !== "text" && field.value);
    let shown = 0;
    rows.forEach((row, at) => {
      const fits =
        words.every((word) => row.text.includes(word)) &&
        wanted.every((field) => (row.facets[field.name] ?? []).includes(field.value));
      entries[at].hidden = !fits;
      shown += fits;
    });
    const all = rows.length.toLocaleString("en");
    const some = shown.toLocaleString("en");
    count.textContent = shown === rows.length ? `${all} documents` : `${some} of ${all} documents`;
  }

  // The address has what is chosen, so that a selection can be linked to.
  function store() {
    const chosen = new URLSearchParams(
      fields.filter((field) => field.value).map((field) => [field.name, field.value]),
    );
    history.replaceState(null, "", `${location.pathname}${location.search}#${chosen}`);
  }
  function restore() {
    const chosen = new URLSearchParams(location.hash.slice(1));
    for (const field of fields) field.value = chosen.get(field.name) ?? "";
    apply();
  }

  form.addEventListener("input", () => {
    apply();
    store();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => (apply(), store())));
  addEventListener("hashchange", restore);
  restore();
})();
