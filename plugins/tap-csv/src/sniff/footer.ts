/** Recognizes lines after a table that are not rows: totals, counts of rows, and notes. */
import { kindOf } from "./cell-kind.ts";
import { sizeOf } from "./number-names.ts";

const totals =
  /^(?:(?:grand|sub|overall|report|page)[ -]?)?(?:totals?|sum|summe|gesamt|gesamtsumme|insgesamt|zwischensumme|totale|total général|somme|suma|summa|average|avg|durchschnitt|mittelwert|moyenne|promedio|totaal|razem|celkem|toplam|yhteensä|итого|всего|合计|总计|小计|合計|総計|小計|합계)(?=$|[\s:.,;*(=-])/iu;
const counts =
  /^\W*(?:\d[\d.,']*\s+(?:rows?|records?|lines?|entries|items|results|zeilen|datensätze|einträge|lignes|enregistrements|filas|registros|righe)\b|(?:rows?|records?|lines?|entries|row count|record count|count|anzahl)\s*[:=]\s*\d)/iu;
const notes =
  /^\W*(?:end of (?:file|report|data|list|export)|eof\b|generated (?:on|by|at)\b|exported (?:on|by|at)\b|printed (?:on|by|at)\b|report generated\b|source\s*:|note\s*:)/iu;

/** Whether the last row looks like a total or a note. `columns`: how many cells a row has. */
export function looksLikeFooter(cells: readonly string[], columns: number): boolean {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== "");
  const [first = ""] = filled;
  if (first === "" || columns < 2) return false;
  const isSparse = filled.length < columns;
  const word = totals.exec(first)?.[0];
  const isTotal = word !== undefined && (isSparse || first.replace(/[\s:.*=-]+$/, "") === word);
  return isTotal || (filled.length <= 2 && isSparse && (counts.test(first) || notes.test(first)));
}

/** Whether a line at the end can only be a note: it has a single text, where the rows have three cells or more. */
export function isLoneNote(cells: readonly string[], columns: number): boolean {
  return columns >= 3 && cells.length < columns && cells.filter((cell) => cell.trim() !== "").length === 1;
}

/**
 * Whether the row has only numbers, such as `,,30.00`, of which one is as large as every number above it, below rows that have more
 * cells, the first one among them. `before`: some rows before it, perhaps with the header.
 */
export function isUnnamedTotal(cells: readonly string[], columns: number, before: readonly (readonly string[])[]): boolean {
  const isFilled = (cell: string | undefined): boolean => cell !== undefined && cell.trim() !== "";
  const isNumber = (cell: string | undefined): boolean => cell !== undefined && kindOf(cell) === "number";
  const filled = [...cells.keys()].filter((i) => isFilled(cells[i]));
  if (filled.length === 0 || filled[0] === 0 || cells.length > columns || !filled.every((i) => isNumber(cells[i]))) return false;
  if (!before.every((row) => isFilled(row[0]))) return false;
  return filled.some((i) => {
    const above = before.map((row) => row[i]).filter(isNumber) as string[];
    return above.length > 0 && above.every((cell) => sizeOf(cell) <= sizeOf(cells[i] as string));
  });
}
