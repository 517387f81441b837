/** Light, dark, or as the system says: kept in this browser. */

export type Theme = "system" | "light" | "dark";

const key = "tapline-theme";
const order: readonly Theme[] = ["system", "light", "dark"];

export function keptTheme(): Theme {
  const kept = localStorage.getItem(key);
  return order.find((theme) => theme === kept) ?? "system";
}

export function setTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(key);
  else localStorage.setItem(key, theme);
  showTheme(theme);
}

export function showTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  // What draws on a canvas has to draw again.
  window.dispatchEvent(new Event("themechange"));
}

export const nextTheme = (theme: Theme): Theme => order[(order.indexOf(theme) + 1) % order.length] ?? "system";
