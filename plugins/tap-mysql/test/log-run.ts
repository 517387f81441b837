/** Pipes from a server whose log is read, of which each run has the state of the one before. */
import type { Json, State } from "@tapline/sdk";
import type { MariadbDatabase } from "@tapline/testing/mariadb";
import { Loaded, type Sent } from "@tapline/testing/tap-run";
import { type RunOptions, runTap } from "./tap-run.ts";

export { brief, codeOf } from "@tapline/testing/tap-run";

export class Capture {
  state: State = {};
  readonly loaded = new Loaded();
  readonly database: MariadbDatabase;

  constructor(database: MariadbDatabase) {
    this.database = database;
  }

  /** The stream of a table. */
  stream(table: string): string {
    return `${this.database.database}-${table}`;
  }

  /** With `until`, rows after the last STATE are dropped, as a target drops them. */
  async run(options: RunOptions = {}): Promise<Sent> {
    const config = { default_replication_method: "LOG_BASED" as const, ...options.config };
    const sent = await runTap(this.database, { state: this.state, ...options, config });
    this.state = sent.state;
    const last = options.until === undefined ? sent.messages.length : sent.types.lastIndexOf("STATE") + 1;
    this.loaded.take(sent.messages.slice(0, last));
    return sent;
  }

  /** @throws what the run threw */
  async ok(options?: RunOptions): Promise<Sent> {
    const sent = await this.run(options);
    if (sent.thrown !== undefined) throw sent.thrown;
    return sent;
  }

  rows(table: string): Json[] {
    return this.loaded.rows(this.stream(table));
  }

  /** What a whole read has in this table now. */
  async expected(table: string): Promise<Json[]> {
    const { messages, thrown } = await runTap(this.database);
    if (thrown !== undefined) throw thrown;
    return new Loaded().take(messages).rows(this.stream(table));
  }

  bookmark(table: string): Record<string, Json> {
    return (this.state as { bookmarks: Record<string, Record<string, Json>> }).bookmarks[this.stream(table)] ?? {};
  }
}
