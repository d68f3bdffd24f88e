"use strict";
// In the head, so that a remembered theme is there before the first paint. Storage may be forbidden for local files.
try {
  const theme = localStorage.getItem("reviewer-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch (error) { /* then the page follows the system */ }
