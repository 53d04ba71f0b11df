"use strict";
(() => {
  // Pointing at a claimer, an event or a line of the network fades all other lines.
  const network = document.querySelector(".network");
  if (!network) return;
  const lines = [...network.querySelectorAll(".line")];
  function fade(shown) {
    network.classList.toggle("pointed", Boolean(shown));
    for (const line of lines) line.classList.toggle("shown", Boolean(shown?.(line)));
  }
  network.addEventListener("pointerover", (event) => {
    const at = event.target.closest(".node, .line");
    if (!at) return fade(null);
    if (at.matches(".line")) return fade((line) => line === at);
    const name = "claimer" in at.dataset ? "claimer" : "event";
    fade((line) => line.dataset[name] === at.dataset[name]);
  });
  network.addEventListener("pointerleave", () => fade(null));
})();
