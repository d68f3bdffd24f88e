"use strict";

// Light and dark: the button offers the other one.
{
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const label = () => { button.textContent = isDark() ? "浅色" : "深色"; };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("reviewer-theme", root.dataset.theme); } catch (error) { /* not remembered */ }
    label();
  });
  system.addEventListener("change", label);
  label();
  button.hidden = false;
}

// Without a script everything stands open; paper gets everything too.
{
  const folded = document.querySelectorAll("details[data-fold]");
  folded.forEach((part) => { part.open = false; });
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((part) => { part.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((part) => { part.open = false; }));
}
