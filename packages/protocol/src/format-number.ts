/**
 * Numbers as people read them. Not by `toLocaleString`: its first call loads the tables of all languages, which takes 30 ms, as
 * long as Node takes to start.
 */

/**
 * Groups the integer digits by commas and rounds to three decimals.
 * @example formatNumber(1234567.5) // "1,234,567.5"
 */
export function formatNumber(value: number): string {
  const [whole = "", ...decimals] = String(Math.round(value * 1000) / 1000).split(".");
  return [whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ","), ...decimals].join(".");
}
