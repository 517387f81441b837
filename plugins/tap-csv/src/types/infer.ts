/**
 * Detects the types of columns from their cells. A column is text when a cell does not fit the others; when most of the others have
 * one type, the cell is named, so that nobody wonders why a column of amounts is text.
 */
import { formatNumber } from "@tapline/sdk";
import { blanksEnd } from "./blanks.ts";
import { type CellPosition, type InferredType, textType } from "./inferred-type.ts";
import { type Habits, KindGuess, noHabits, quoted } from "./kind-guess.ts";
import { Majority } from "./majority.ts";
import { isNullMarker, type Nulls } from "./null-values.ts";
import { booleanOf, isDigit } from "./recognize.ts";

/** Detects the types of columns from the same files. `usesSemicolons`: the files separate cells by semicolons. */
export function inferTypes(guesses: ReadonlyMap<string, ColumnGuess>, usesSemicolons = false): Map<string, InferredType> {
  const habits = noHabits(usesSemicolons);
  for (const guess of guesses.values()) guess.addHabits(habits);
  return new Map([...guesses].map(([name, guess]) => [name, guess.conclude(habits)]));
}

export interface GuessOptions {
  nulls?: Nulls;
  /** The setting `time_zone` gives times without a zone one. */
  hasZone?: boolean;
}

/** What a sheet records about a cell: a text there is text although it looks like something else. */
export type CellOrigin = "file" | "sheet" | "sheet text";

export class ColumnGuess {
  readonly #nulls: Nulls;
  readonly #hasZone: boolean;
  readonly #start: KindGuess;
  /** Set once a cell made the column text; it follows what the other cells are. */
  #majority: Majority | undefined;
  /** The cells since the last one that is text. */
  #run: KindGuess | undefined;
  /** The first values of a column of short words, such as yes and no; undefined for other columns. */
  #words: Set<string> | undefined = new Set();
  /** Cells with a value; those of them that come from a sheet; and those that are text there. */
  #cells = 0;
  #sheetCells = 0;
  #sheetTexts = 0;

  constructor({ nulls = [], hasZone = false }: GuessOptions = {}) {
    this.#nulls = nulls;
    this.#hasZone = hasZone;
    this.#start = this.#run = new KindGuess(hasZone);
  }

  /** Cells that are empty or blank and null values are ignored. */
  add(bytes: Uint8Array, start: number, end: number, at?: CellPosition, origin: CellOrigin = "file"): void {
    if (this.#majority?.isSettled === true || start === end) return;
    // Nearly all cells start with a byte that can't be a blank.
    const first = bytes[start] as number;
    if ((first <= 0x20 || first >= 0xc2) && blanksEnd(bytes, start, end) === end) return;
    if (this.#nulls.length > 0 && isNullMarker(this.#nulls, bytes, start, end)) return;
    this.#cells++;
    if (origin !== "file") this.#sheetCells++;
    if (origin === "sheet text" || (origin === "sheet" && !mayBeTyped(bytes, start, end))) this.#sheetTexts++;
    if (this.#majority !== undefined) this.#addBroken(this.#majority, bytes, start, end, at);
    else {
      this.#start.add(bytes, start, end, at);
      if (this.#start.isText) this.#break(this.#start, bytes, start, end, at);
    }
    if (this.#words !== undefined && this.#start.isText) this.#noteWord(bytes, start, end);
  }

  /** Whether the column is text whatever cells follow. */
  get isText(): boolean {
    return this.#start.isText;
  }

  addHabits(habits: Habits): void {
    if (!this.#isSheetText) this.#start.addHabits(habits);
  }

  conclude(habits: Habits = noHabits()): InferredType {
    if (this.#isSheetText) return textType(`all ${formatNumber(this.#cells)} cells are text in the sheet`);
    const { isText } = this.#start;
    if (!isText) return this.#start.conclude(habits, this.#sheetCells > 0);
    if (this.#run !== undefined) this.#majority?.addRun(this.#run, this.#run.values);
    this.#run = undefined;
    const doubt = this.#majority?.doubt();
    if (doubt !== undefined) return textType(`${quoted(doubt.cell.value)} made it text; ${doubt.found}`, doubt);
    const identifier = this.#majority?.identifier;
    if (identifier !== undefined) return textType(`values such as ${quoted(identifier)} have leading zeros, so they are identifiers`);
    const setting = this.#settingForWords();
    if (setting !== undefined) return textType(setting);
    const [value, first] = [quoted(this.#majority?.breaker.value ?? ""), quoted(this.#start.first.value)];
    if (this.#start.values <= 1) return textType(`${value} is not a number, date, time or boolean`);
    return textType(`${value} does not fit the types of the values before it, such as ${first}`);
  }

  get #isSheetText(): boolean {
    return this.#cells > 0 && this.#sheetTexts === this.#cells;
  }

  #addBroken(majority: Majority, bytes: Uint8Array, start: number, end: number, at: CellPosition | undefined): void {
    if (this.#run === undefined && !mayBeTyped(bytes, start, end)) {
      majority.addText(bytes, start, end, at);
      return;
    }
    this.#run ??= new KindGuess(this.#hasZone);
    this.#run.add(bytes, start, end, at);
    if (this.#run.isText) this.#break(this.#run, bytes, start, end, at);
  }

  /** The cell made the run text: counts the cells before it, and starts a new run with it if it has a type by itself. */
  #break(run: KindGuess, bytes: Uint8Array, start: number, end: number, at: CellPosition | undefined): void {
    this.#majority ??= new Majority(bytes, start, end, at);
    this.#run = undefined;
    if (run.values === 1) {
      this.#majority.addText(bytes, start, end, at, true);
      return;
    }
    this.#majority.addRun(run, run.values - 1);
    const next = new KindGuess(this.#hasZone);
    next.add(bytes, start, end, at);
    if (next.isText) this.#majority.addText(bytes, start, end, at, true);
    else this.#run = next;
  }

  #noteWord(bytes: Uint8Array, start: number, end: number): void {
    const words = this.#words as Set<string>;
    if (end - start < 8) words.add(Buffer.from(bytes.subarray(start, end)).toString().trim().toLowerCase());
    if (end - start >= 8 || words.size > 2) this.#words = undefined;
  }

  /** Columns that a setting makes boolean or a number, in words. */
  #settingForWords(): string | undefined {
    const { value } = this.#start.first;
    if (/^\s*[-+]?[\d.,]+\s?%\s*$/.test(value)) {
      return `values such as ${quoted(value)} are percentages; to load them as numbers, set a format such as "1234.56%" in columns`;
    }
    const pair = yesAndNo.find((words) => this.#words?.size === 2 && words.every((word) => this.#words?.has(word)));
    if (pair === undefined) return undefined;
    return `all values are ${pair.join(" or ")}; to load them as true or false, set type "boolean" and format "${pair.join("/")}" in columns`;
  }
}

const yesAndNo = [
  ["yes", "no"],
  ["y", "n"],
  ["t", "f"],
  ["ja", "nein"],
  ["j", "n"],
  ["oui", "non"],
  ["si", "no"],
  ["sí", "no"],
];

/** A cheap check before the others: only cells with a digit, or true and false, can have a type. */
function mayBeTyped(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (isDigit(bytes[at] as number)) return true;
  return booleanOf(bytes, start, end) >= 0;
}
