/**
 * The claimed files of a run, as one stream sees them: which it has read, and how many rows of each. The bookmark has it under `claims`, so
 * that it is committed with the rows. The runner puts a file away when the bookmarks of all its streams say that it was read.
 */
import { type ClaimedFile, claimsKey, type FileProgress, readFileProgress, type StreamState } from "@tapline/sdk";
import type { InputFile } from "../source/source.ts";
import type { FileMark } from "./file-mark.ts";

export class Claims {
  /** By path. */
  readonly #claimed: ReadonlyMap<string, ClaimedFile>;
  readonly #progress = new Map<string, FileProgress>();
  /** How many inputs of each file are not read yet: an archive may have several. */
  readonly #unread = new Map<string, number>();

  /** `inputs`: those of the stream. `state`: its bookmark, of which only what is about these claims is kept. */
  constructor(claimed: readonly ClaimedFile[], inputs: readonly InputFile[], state: StreamState) {
    this.#claimed = new Map(claimed.map((each) => [each.path, each]));
    const known = readFileProgress(state);
    for (const { path } of inputs) {
      const claim = this.#claimed.get(path);
      if (claim === undefined) continue;
      this.#unread.set(path, (this.#unread.get(path) ?? 0) + 1);
      this.#progress.set(claim.id, known.get(claim.id) ?? { done: false, sent: 0, rejected: 0 });
    }
  }

  /** The claim's id; undefined for a pipe, which can't be claimed. */
  idOf({ path }: InputFile): string | undefined {
    return this.#claimed.get(path)?.id;
  }

  isDone(input: InputFile): boolean {
    return this.#of(input)?.done === true;
  }

  /** Whether a mark is about a file that is still there. A file of the same name that came after one that was put away is new. */
  knows({ claim }: FileMark): boolean {
    return claim === undefined || [...this.#claimed.values()].some(({ id, follows }) => id === claim || follows === claim);
  }

  /** The file is read from its start again. */
  restart(input: InputFile): void {
    const progress = this.#of(input);
    if (progress !== undefined && this.#unread.get(input.path) === 1) Object.assign(progress, { sent: 0, rejected: 0 });
  }

  addSent(input: InputFile, rows: number): void {
    const progress = this.#of(input);
    if (progress !== undefined) progress.sent += rows;
  }

  addRejected(input: InputFile): void {
    const progress = this.#of(input);
    if (progress !== undefined) progress.rejected += 1;
  }

  /** The input was read to its end, or nothing is to be read from it. */
  end(input: InputFile): void {
    const left = (this.#unread.get(input.path) ?? 1) - 1;
    this.#unread.set(input.path, left);
    const progress = this.#of(input);
    if (progress !== undefined && left === 0) progress.done = true;
  }

  /** Whether a bookmark may be sent after each file: a long one would cost more than the rows of small files. */
  get areFew(): boolean {
    return this.#progress.size <= mostForOneEach;
  }

  /** For the bookmark. `isWhole`: the rows of a file count by themselves; false: only with those of files that are still to be read. */
  state(isWhole: boolean): StreamState {
    const entries = [...this.#progress].map(([id, progress]) => [id, { ...progress, done: progress.done && isWhole }] as const);
    return entries.length === 0 ? {} : { [claimsKey]: Object.fromEntries(entries) };
  }

  #of(input: InputFile): FileProgress | undefined {
    const id = this.idOf(input);
    return id === undefined ? undefined : this.#progress.get(id);
  }
}

const mostForOneEach = 50;
