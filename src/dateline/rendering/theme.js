"use strict";
(() => {
  const root = document.documentElement;
  const stored = (value) => {
    try {
      if (value) localStorage.setItem("dateline-theme", value);
      return localStorage.getItem("dateline-theme");
    } catch {
      return null; // a browser may refuse storage to files
    }
  };
  const isDark = () => {
    const theme = root.dataset.theme;
    return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  if (["light", "dark"].includes(stored())) root.dataset.theme = stored();
  document.getElementById("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    stored(root.dataset.theme);
  });
})();
