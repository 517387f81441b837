/** What a load did to tables and names so that its streams fit. Each change is kept until the commit that makes it durable, then reported once. */
import type { TableChange } from "@tapline/protocol";

export class TableChanges {
  readonly #durable = new Map<string, TableChange[]>();
  readonly #known = new Set<string>();
  #waiting: [stream: string, change: TableChange][] = [];

  /** Adds a change. The same change of a stream counts once. */
  add(stream: string, change: TableChange): void {
    const key = JSON.stringify([stream, change.kind, change.column, change.from, change.to]);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#waiting.push([stream, change]);
  }

  /** Call it after a commit: the changes that are durable now, in order. */
  take(): [stream: string, change: TableChange][] {
    const taken = this.#waiting;
    this.#waiting = [];
    for (const [stream, change] of taken) this.#durable.set(stream, [...this.of(stream), change]);
    return taken;
  }

  /** The durable changes of a stream. */
  of(stream: string): readonly TableChange[] {
    return this.#durable.get(stream) ?? [];
  }
}

/** Describes a change in a sentence. */
export function describeChange(stream: string, { kind, column, from, to }: TableChange): string {
  const about = `stream ${JSON.stringify(stream)}`;
  const property = column === undefined ? "" : JSON.stringify(column);
  const type = (name: string | undefined): string => (name === undefined ? "" : ` ${name}`);
  const name = (text: string | undefined): string => JSON.stringify(text ?? "");
  switch (kind) {
    case "table_created":
      return `${about}: a new table${to === undefined ? "" : ` ${name(to)}`}`;
    case "table_renamed":
      return `${about}: its table is ${name(to)}`;
    case "column_added":
      return `${about}: a new column ${property}${type(to)}`;
    case "column_widened":
      return `${about}: column ${property} was${type(from)} and is now${type(to)}`;
    case "column_renamed":
      return `${about}: the property ${property} is in the column ${name(to)}`;
    case "column_kept_apart":
      return `${about}: values of ${property} that don't fit its column${from === undefined ? "" : ` (${from})`} are in the column ${name(to)}`;
    case "column_absent":
      return `${about}: column ${property} is no longer sent; rows that are updated keep their value there`;
    case "key_changed":
      return `${about}: its key was ${from || "none"} and is now ${to || "none"}`;
    case "view_remade":
      return `${about}: the view ${name(to)} was made again, for its table changed`;
  }
}
