/** Recognizes header rows that have units or types below the names. */

const unit =
  /^([[(<{].*[\])>}]|%|[‰°][a-z]?|[a-zµμΩ°]{1,3}[²³23]?(\s?[/·*^]\s?[a-zµμ°]{1,4}[²³23]?)*|[kmgt]?wh|[kmgt]?hz|[hmk]?pa|mbar|min|sec|hours?|days?|years?|pcs|ppm|usd|eur|gbp|chf|jpy|[$€£¥]|(?:k|m|t|mio|tsd)\.? ?(?:€|\$|eur|usd)|[ymdhs]{1,4}([-/.: ][ymdhs]{1,4}){1,5}|string|text|int(eger)?|float|double|decimal|number|date(time)?|bool(ean)?|varchar|char|timestamp)$/iu;

/** Whether all cells that are not empty are units or types. */
export function areUnits(cells: readonly string[]): boolean {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== "");
  return filled.length > 0 && filled.every((cell) => unit.test(cell));
}
