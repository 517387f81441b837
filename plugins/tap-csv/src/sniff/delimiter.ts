/** Chooses the delimiter, quote and escape character that explain a sample best. */
import type { Dialect, GivenDialect } from "./dialect.ts";
import { type Score, scoreOf } from "./score.ts";
import { type SampleRow, split, type Trial } from "./split.ts";
import { withoutLastCells } from "./trailing-delimiter.ts";

export interface Choice {
  readonly trial: Trial;
  readonly score: Score;
  readonly rows: readonly SampleRow[];
  /** The best choice with another delimiter. */
  readonly next: { readonly delimiter: string; readonly score: Score } | undefined;
  /** Whether a delimiter ends every row; `rows` don't have the empty cell after it. */
  readonly endsWithDelimiter: boolean;
  readonly evidence: Pick<
    Record<keyof Dialect, string>,
    "delimiter" | "quote" | "escape" | "doubleQuote" | "skipInitialSpace" | "trailingDelimiter"
  >;
}

/** Earlier ones win a tie. The last two are so common in texts and times that they need a better score. */
const delimiters = [",", ";", "\t", "|", "\u0001", "\u001f", "^", "~", "¦", "§", ":", " "];
const commonInTexts = new Set([" ", ":"]);
const quotes = ['"', "'", "`"];

export function chooseDelimiter(text: string, given: GivenDialect, comment: string | null): Choice {
  const start = startOf(text);
  let { best, next } = tryAll(start, given, comment);
  if (start.length < text.length) {
    // The rest may have quotes and escapes that the start does not have; everything else is decided if the score is clear.
    const isClear = best.score.value >= clear;
    const tried = tryAll(text, isClear ? withKnown(best.trial, start, text, given) : given, comment);
    best = tried.best;
    if (!isClear) next = tried.next;
  }
  // Without any delimiter the file has one column, and the delimiter is a comma.
  const trial = best.score.columns === 1 && given.delimiter === undefined ? { ...best.trial, delimiter: "," } : best.trial;
  // A single column with a delimiter after it still shows what the delimiter is.
  const single = best.score.columns === 2 && !best.endsWithDelimiter ? withoutLastCells(best.rows, given.trailingDelimiter) : undefined;
  const choice =
    single === undefined
      ? { ...best, trial, next }
      : { ...best, trial, next, rows: single, endsWithDelimiter: true, score: { ...best.score, columns: 1 } };
  return { ...choice, evidence: evidenceOf(choice, given) };
}

/** In characters. Trials take time, so the start of a sample decides where it can. */
const longestStart = 16 * 1024;
/** From this score on, more of the sample would not change the delimiter. */
const clear = 0.6;

function startOf(text: string): string {
  if (text.length <= longestStart) return text;
  const end = Math.max(text.lastIndexOf("\n", longestStart), text.lastIndexOf("\r", longestStart)) + 1;
  return end === 0 ? text : text.slice(0, end);
}

function withKnown(
  { delimiter, quote, escape: escaper, skipInitialSpace }: Trial,
  start: string,
  text: string,
  given: GivenDialect,
): GivenDialect {
  const isQuoteKnown = quotesIn(text, delimiter).length === quotesIn(start, delimiter).length;
  const isEscapeKnown = isQuoteKnown && escapeTrials(text, quote, given).length === escapeTrials(start, quote, given).length;
  return {
    ...given,
    delimiter,
    skipInitialSpace,
    ...(isQuoteKnown ? { quote } : {}),
    ...(isEscapeKnown ? { escape: escaper } : {}),
  };
}

type Tried = Pick<Choice, "trial" | "rows" | "score" | "endsWithDelimiter">;

function tryAll(text: string, given: GivenDialect, comment: string | null): { best: Tried; next: Choice["next"] } {
  const lines = text.split(/\r\n|\n|\r/, 200).filter((line) => line !== "");
  let best: Tried | undefined;
  const byDelimiter = new Map<string, Score>();
  const attempt = (trial: Trial): readonly SampleRow[] => {
    const all = split(text, trial, comment);
    const shorter = all.some(({ cells }) => cells.length > 2) ? withoutLastCells(all, given.trailingDelimiter) : undefined;
    const rows = shorter ?? all;
    const score = weighted(scoreOf(rows), trial, rows, given.delimiter !== undefined);
    if (score.value > (byDelimiter.get(trial.delimiter)?.value ?? -1)) byDelimiter.set(trial.delimiter, score);
    if (best === undefined || score.value > best.score.value + 1e-9)
      best = { trial, rows, score, endsWithDelimiter: shorter !== undefined };
    return rows;
  };
  for (const delimiter of given.delimiter === undefined ? candidates(lines) : [given.delimiter]) {
    for (const quote of given.quote === undefined ? quotesIn(text, delimiter) : [given.quote]) {
      let isEven = false;
      for (const escaper of escapeTrials(text, quote, given)) {
        const trial: Trial = { delimiter, quote, escape: escaper, skipInitialSpace: given.skipInitialSpace ?? false };
        const rows = attempt(trial);
        if (given.skipInitialSpace === undefined && isSpaced(rows)) attempt({ ...trial, skipInitialSpace: true });
        isEven ||= escaper === null && rows.every(({ cells, strays }) => strays === 0 && cells.length === rows[0]?.cells.length);
      }
      // If all rows have the same count of cells with this quote, another can't be better.
      if (isEven) break;
    }
  }
  const chosen = best as unknown as Tried;
  const others = [...byDelimiter].filter(([delimiter]) => delimiter !== chosen.trial.delimiter);
  const next = others.map(([delimiter, score]) => ({ delimiter, score })).sort((a, b) => b.score.value - a.score.value)[0];
  return { best: chosen, next };
}

/** Delimiters that half of the lines have; delimiters of several characters are taken from the lines. */
function candidates(lines: readonly string[]): string[] {
  const many = Math.max(1, Math.ceil(lines.length / 2) - 1);
  // A colon in times and addresses is not a delimiter.
  const searched = lines.map((line) => line.replace(/(?<=\d):(?=\d)|:\/\//g, ""));
  const inMany = (delimiter: string): boolean => searched.filter((line) => line.includes(delimiter)).length >= many;
  const runs = new Set<string>();
  for (const line of lines.slice(0, 20)) {
    for (const [run] of line.matchAll(/[|;:,~^¦§!#&*@%<>]{2,4}/gu)) if (!/^,+$|^;+$/.test(run)) runs.add(run);
    for (const [run] of line.matchAll(/[,;|] |\t\t| \| /g)) runs.add(run);
  }
  const found = [...delimiters, ...[...runs].slice(0, 20)].filter(inMany);
  return found.includes(",") ? found : [...found, ","];
}

/**
 * The quotes that a cell begins with; the usual one is always tried, and also covers files without quotes. That quotes are plain text
 * must be set: if it were detected, a quote that is never closed would pass as text.
 */
function quotesIn(text: string, delimiter: string): string[] {
  const opens = (quote: string): boolean =>
    text.startsWith(quote) || [delimiter, `${delimiter} `, "\n", "\r"].some((before) => text.includes(before + quote));
  const seen = quotes.filter((quote) => text.includes(quote) && opens(quote));
  return seen.includes('"') ? seen : ['"', ...seen];
}

/** Whether a space follows nearly all delimiters and rarely precedes them. */
function isSpaced(rows: readonly SampleRow[]): boolean {
  let [delimiters, followed, preceded] = [0, 0, 0];
  for (const { cells } of rows) {
    delimiters += cells.length - 1;
    for (let i = 1; i < cells.length; i++) {
      if (cells[i]?.startsWith(" ")) followed++;
      if (cells[i - 1]?.endsWith(" ")) preceded++;
    }
  }
  return followed > 0 && followed >= delimiters * 0.8 && preceded <= delimiters * 0.5;
}

function escapeTrials(text: string, quote: string | null, given: GivenDialect): (string | null)[] {
  if (given.escape !== undefined) return [given.escape];
  return quote !== null && text.includes(`\\${quote}`) ? [null, "\\"] : [null];
}

/** Adds small preferences, so that of two equal scores the more common dialect wins. */
function weighted(
  score: Score,
  { delimiter, quote, escape: escaper, skipInitialSpace }: Trial,
  rows: readonly SampleRow[],
  isGiven: boolean,
): Score {
  if (score.columns === 1 && !isGiven) return { ...score, value: score.value * (delimiter === "," ? 1 : 0.99) };
  const isAmbiguous = commonInTexts.has(delimiter) && score.fitting < rows.length * 0.9;
  const used = quote !== null && rows.some(({ quoted }) => quoted.includes(true));
  let value = score.value;
  if (commonInTexts.has(delimiter)) value *= isAmbiguous ? 0.3 : 0.85;
  if (delimiter.length > 1) value *= 0.97;
  if (quote !== null && quote !== '"') value *= used ? 0.98 : 0.9;
  if (escaper !== null) value *= 0.995;
  if (skipInitialSpace) value *= 1.01;
  return { ...score, value };
}

function evidenceOf({ trial, score, rows, next, endsWithDelimiter }: Omit<Choice, "evidence">, given: GivenDialect): Choice["evidence"] {
  const { quote, escape: escaper } = trial;
  const quotedCells = rows.reduce((sum, { quoted }) => sum + quoted.filter(Boolean).length, 0);
  const strays = rows.reduce((sum, row) => sum + row.strays, 0);
  const other =
    next === undefined
      ? ""
      : `; score ${score.value.toFixed(2)}, next best is ${shown(next.delimiter)} with ${next.score.value.toFixed(2)}`;
  const doubled = quote !== null && rows.some((row) => row.cells.some((cell, i) => row.quoted[i] === true && cell.includes(quote + quote)));
  const evidence = (key: keyof GivenDialect, words: string): string => (given[key] === undefined ? words : "set in the config");
  return {
    delimiter: evidence(
      "delimiter",
      score.columns === 1
        ? "no character splits the lines into the same number of cells, so there is one column"
        : `${score.fitting} of ${rows.length} rows have ${score.columns} cells with it, and ${Math.round(score.meaning * 100)} % of the cells look like values or words${other}`,
    ),
    quote: evidence(
      "quote",
      quotedCells === 0
        ? `the default: no cell is quoted${strays > 0 ? `; ${strays} ${strays === 1 ? "is" : "are"} inside text or never closed` : ""}`
        : `${quotedCells} cells begin and end with it${strays > 0 ? `; ${strays} ${strays === 1 ? "is" : "are"} elsewhere` : ""}`,
    ),
    escape: evidence(
      "escape",
      escaper === null ? "the default: no cell needs one" : `${shown(escaper + quote)} occurs inside quoted cells, which do not end there`,
    ),
    doubleQuote: evidence("doubleQuote", doubled ? "quoted cells contain doubled quotes" : "the default: no cell shows it"),
    skipInitialSpace: evidence(
      "skipInitialSpace",
      trial.skipInitialSpace ? "a space follows nearly every delimiter" : "most delimiters are not followed by a space",
    ),
    trailingDelimiter: evidence(
      "trailingDelimiter",
      endsWithDelimiter ? "a delimiter ends every row, and no cell follows it" : "not every row ends with a delimiter",
    ),
  };
}

/** The character in readable form. */
export const shown = (character: string): string =>
  character === "\t" ? "a tab" : character === " " ? "a space" : JSON.stringify(character);
