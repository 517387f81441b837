/** A target as the kit sees it: how to start it, and how to read what it wrote without its help. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ended, type PluginProcess, startPlugin, tail } from "../plugin-process.ts";

/**
 * A row of the table: text, booleans, numbers (number, bigint, or an `ExactNumber` where a double would change it), instants as
 * RFC 3339, nested values parsed, NULL as null. Columns that start with `_sdc_` are ignored.
 */
export type StoredRow = Record<string, unknown>;

export interface TargetUnderTest {
  /** The program and its first arguments. */
  command: readonly string[];
  /** A config that writes inside `folder`. Each check has one folder, empty at first, for all its runs. */
  config(folder: string): Record<string, unknown>;
  /**
   * The rows of a stream as another program reads them now, also while the target runs; null where there is no table. With
   * `<stream>__rejects` it reads the rejected rows, of targets whose --about lists `rejects`.
   */
  read(stream: string, folder: string): Promise<StoredRow[] | null>;
  /** Default: append-only and upsert. */
  loadMethods?: readonly ("append-only" | "upsert" | "overwrite")[];
  /** The target stores integers of more than 64 bits. Default: false, then none are sent. */
  anyInteger?: boolean;
  /** Settings that make it commit at each STATE. Default: `commit_after_ms: 0`. */
  promptly?: Record<string, unknown>;
  env?: Record<string, string>;
  timeoutMs?: number;
}

const defaultPromptly = { commit_after_ms: 0 };

/** The runs of a target in one folder. A check may start it as often as it needs. */
export class TargetSession {
  readonly folder: string;
  readonly #subject: TargetUnderTest;

  constructor(subject: TargetUnderTest, folder: string) {
    this.#subject = subject;
    this.folder = folder;
  }

  /** Starts it and leaves its input open. */
  start(settings: Record<string, unknown> = {}, args: readonly string[] = []): PluginProcess {
    const path = join(this.folder, "kit-config.json");
    writeFileSync(path, JSON.stringify({ ...this.#subject.config(this.folder), ...settings }));
    return this.startWith(["--config", path, ...args]);
  }

  startWith(args: readonly string[]): PluginProcess {
    const { command, env, timeoutMs } = this.#subject;
    return startPlugin(command, args, { cwd: this.folder, env, timeoutMs });
  }

  /** Starts it so that it commits at each STATE. */
  startPromptly(settings: Record<string, unknown> = {}): PluginProcess {
    return this.start({ ...(this.#subject.promptly ?? defaultPromptly), ...settings });
  }

  /** Loads a whole input. Fails unless the target exits with 0. */
  async load(input: string, settings: Record<string, unknown> = {}): Promise<Ended> {
    const ended = await this.tryToLoad(input, settings);
    assert.equal(ended.code, 0, `the target ended with ${ended.code ?? ended.signal}: ${tail(ended.stderr)}`);
    return ended;
  }

  async tryToLoad(input: string, settings: Record<string, unknown> = {}): Promise<Ended> {
    await using target = this.start(settings);
    target.write(input);
    target.end();
    return await target.ended();
  }

  /** The stream's rows. Fails where there is no table. */
  async rows(stream: string): Promise<StoredRow[]> {
    const rows = await this.#subject.read(stream, this.folder);
    assert.ok(rows !== null, `there is no table for stream ${stream}`);
    return rows;
  }

  async rowsOrNone(stream: string): Promise<StoredRow[]> {
    return (await this.#subject.read(stream, this.folder)) ?? [];
  }
}

/** What its `--about` lists. */
export async function capabilitiesOf(session: TargetSession): Promise<readonly string[]> {
  await using about = session.startWith(["--about", "--format", "json"]);
  return (JSON.parse((await about.ended()).stdout) as { capabilities: string[] }).capabilities;
}
