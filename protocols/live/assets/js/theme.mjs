// Light or dark: as the system has it, until somebody chooses.

const KEY = "operando-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();

function apply() {
  document.documentElement.dataset.theme = localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light");
  for (const listener of listeners) listener();
}

export const isDark = () => document.documentElement.dataset.theme === "dark";

export function toggleTheme() {
  localStorage.setItem(KEY, isDark() ? "light" : "dark");
  apply();
}

export function onTheme(listener) {
  listeners.add(listener);
}

export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

system.addEventListener("change", apply);
apply();
