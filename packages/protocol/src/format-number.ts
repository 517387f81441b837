/**
 * Numbers as people read them, without `toLocaleString`: its first call loads the tables of all languages, which takes as long as
 * Node itself takes to start (30 ms).
 */

/** 1234567.5 -> "1,234,567.5"; at most three decimals. */
export function formatNumber(value: number): string {
  const [whole = "", ...decimals] = String(Math.round(value * 1000) / 1000).split(".");
  return [whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ","), ...decimals].join(".");
}
