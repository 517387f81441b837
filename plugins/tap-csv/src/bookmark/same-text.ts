/**
 * Warns of a new file with the text of a file that an earlier run read: a renamed file or a copy. Its rows are sent nevertheless, because
 * two exports may have the same text.
 */
import { formatNumber, type Log } from "@tapline/sdk";
import { type InputFile, nameOf } from "../source/source.ts";
import type { FileMark } from "./file-mark.ts";
import { missingPart } from "./missing-file.ts";

export interface SameTextOptions {
  stream: string;
  inputs: readonly InputFile[];
  /** Changed files are replaced, so a later file may still delete the rows that an earlier run read: warn after the last file. */
  replaces: boolean;
  log: Log;
}

/** A file of this run. `twins`: the files in which an earlier run read the same text. */
interface Repeated {
  name: string;
  rows: number;
  twins: readonly string[];
}

/** How many files to name; the others are counted. */
const maxNamed = 3;

export class SameText {
  readonly #options: SameTextOptions;
  readonly #names: ReadonlySet<string>;
  readonly #earlier = new Map<string, string[]>();
  readonly #replaced = new Set<string>();
  #waiting: Repeated[] = [];
  #named = 0;
  readonly #counted = { files: 0, rows: 0 };

  /** `marks`: those of earlier runs. */
  constructor(marks: ReadonlyMap<string, FileMark>, options: SameTextOptions) {
    this.#options = options;
    this.#names = new Set(options.inputs.map(nameOf));
    for (const [name, mark] of marks) {
      if (!mark.isDone) continue;
      const key = textOf(mark);
      const names = this.#earlier.get(key);
      if (names === undefined) this.#earlier.set(key, [name]);
      else names.push(name);
    }
  }

  /** Call it for each new file that was read to its end, before the checkpoint. `rows`: how many of its rows were sent. */
  async add(name: string, mark: FileMark | undefined, rows: number): Promise<void> {
    const twins = mark && this.#earlier.get(textOf(mark));
    if (twins === undefined || rows === 0) return;
    this.#waiting.push({ name, rows, twins });
    if (!this.#options.replaces) await this.#warn();
  }

  /** The rows that an earlier run read from this file are deleted. */
  replace(name: string): void {
    this.#replaced.add(name);
  }

  /** Call it after the last file. */
  async end(): Promise<void> {
    await this.#warn();
    const { files, rows } = this.#counted;
    if (files === 0) return;
    const which = files === 1 ? "1 more file has the same text as a file" : `${formatNumber(files)} more files have the same text as files`;
    this.#options.log("warning", `${which} that an earlier run read: ${sentAgain(rows)}`);
  }

  async #warn(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { name, rows, twins } of waiting) {
      const twin = twins.find((other) => !this.#replaced.has(other));
      if (twin === undefined) continue;
      if (this.#named++ < maxNamed) {
        await this.#warnOf(name, twin, rows);
        continue;
      }
      this.#counted.files++;
      this.#counted.rows += rows;
    }
  }

  async #warnOf(name: string, twin: string, rows: number): Promise<void> {
    const { stream, inputs, log } = this.#options;
    const isThere = this.#names.has(twin) || (await missingPart(twin, inputs)) === twin;
    const now = isThere ? "still there" : "gone now";
    const condition = isThere ? "If one is only a copy of the other, remove it and" : "If the file was only renamed,";
    log(
      "warning",
      `${name} has the same text as ${twin}, which an earlier run read (it is ${now}): ${sentAgain(rows)}, and a table that is appended to has them twice. ${condition} load the stream again: tapline run … --full-refresh --replace ${stream}`,
    );
  }
}

const sentAgain = (rows: number): string => (rows === 1 ? "1 row was sent again" : `${formatNumber(rows)} rows were sent again`);

/** Of the unpacked text, so that a compressed copy is recognized too. */
const textOf = ({ offset, checksum }: FileMark): string => `${offset} ${checksum}`;
