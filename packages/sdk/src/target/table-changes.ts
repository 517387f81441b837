/** What a load did to tables and names so that its streams fit: kept until the commit that makes it true, then told once. */
import type { TableChange } from "@tapline/protocol";

export class TableChanges {
  readonly #told = new Map<string, TableChange[]>();
  readonly #known = new Set<string>();
  #waiting: [stream: string, change: TableChange][] = [];

  /** The same change of a stream again is no other one. */
  add(stream: string, change: TableChange): void {
    const key = JSON.stringify([stream, change.kind, change.column, change.from, change.to]);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#waiting.push([stream, change]);
  }

  /** After a commit: those it made true, in their order. */
  take(): [stream: string, change: TableChange][] {
    const taken = this.#waiting;
    this.#waiting = [];
    for (const [stream, change] of taken) this.#told.set(stream, [...this.of(stream), change]);
    return taken;
  }

  /** Those of a stream that are true. */
  of(stream: string): readonly TableChange[] {
    return this.#told.get(stream) ?? [];
  }
}

/** A sentence for a person. */
export function describeChange(stream: string, { kind, column, from, to }: TableChange): string {
  const about = `stream ${JSON.stringify(stream)}`;
  const property = column === undefined ? "" : JSON.stringify(column);
  const type = (name: string | undefined): string => (name === undefined ? "" : ` ${name}`);
  const name = (text: string | undefined): string => JSON.stringify(text ?? "");
  switch (kind) {
    case "table_created":
      return `${about}: a new table${to === undefined ? "" : ` ${name(to)}`}`;
    case "table_renamed":
      return `${about}: its table is called ${name(to)}`;
    case "column_added":
      return `${about}: a new column ${property}${type(to)}`;
    case "column_widened":
      return `${about}: column ${property} was${type(from)} and is now${type(to)}`;
    case "column_renamed":
      return `${about}: the property ${property} is in the column ${name(to)}`;
    case "column_kept_apart":
      return `${about}: values of ${property} that don't fit its column${from === undefined ? "" : ` (${from})`} are in the column ${name(to)}`;
    case "column_absent":
      return `${about}: column ${property} is no longer sent; new rows have NULL there`;
    case "key_changed":
      return `${about}: its key was ${from || "none"} and is now ${to || "none"}`;
    case "view_remade":
      return `${about}: the view ${name(to)} was made again, for its table changed`;
  }
}
