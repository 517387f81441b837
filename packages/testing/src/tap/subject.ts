/** A tap as the kit sees it: how to start it, and the messages it sends. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Catalog, JsonSchema, Row, SchemaMessage } from "@tapline/protocol";
import { parseExact } from "@tapline/protocol";
import { type Ended, type PluginProcess, startPlugin, tail } from "../plugin-process.ts";

export interface TapUnderTest {
  /** The program and its first arguments. */
  command: readonly string[];
  /** A config for a source that does not change and has at least one stream with rows. */
  config: Record<string, unknown>;
  /** The rows of that source, by the name of their stream on the wire. Without them the kit could not see that a tap leaves rows out. */
  rows: Record<string, readonly Row[]>;
  /** A config for which it sends more than a megabyte, so that it can be stopped before its end. */
  longConfig: Record<string, unknown>;
  env?: Record<string, string>;
  timeoutMs?: number;
}

/** The messages of one run, in order. */
export interface Output {
  ended: Ended;
  messages: WireMessage[];
}

export type WireMessage = {
  type: string;
  stream: string;
  record: Row;
  schema: JsonSchema;
  value: unknown;
  key_properties?: string[] | null;
};

/** The runs of a tap, with a folder for their files. */
export class TapSession {
  readonly #tap: TapUnderTest;
  readonly #folder: string;

  constructor(tap: TapUnderTest, folder: string) {
    this.#tap = tap;
    this.#folder = folder;
  }

  start(files: Record<string, unknown>, ...flags: string[]): PluginProcess {
    const { command, env, timeoutMs } = this.#tap;
    const args = Object.entries(files).flatMap(([name, content]) => {
      const path = join(this.#folder, `${name}-${Math.random().toString(36).slice(2)}.json`);
      writeFileSync(path, JSON.stringify(content));
      return [`--${name}`, path];
    });
    return startPlugin(command, [...args, ...flags], { cwd: this.#folder, env, timeoutMs });
  }

  async run(files: Record<string, unknown>, ...flags: string[]): Promise<Ended> {
    await using tap = this.start(files, ...flags);
    tap.end();
    return await tap.ended();
  }

  async discover(): Promise<Catalog> {
    const ended = await this.run({ config: this.#tap.config }, "--discover");
    assert.equal(ended.code, 0, `--discover ended with ${ended.code}: ${tail(ended.stderr)}`);
    return JSON.parse(ended.stdout);
  }

  /** Reads what the catalog (default: the discovered one) selects, from the state on. Fails unless the tap exits with 0. */
  async read(files: { catalog?: Catalog; state?: unknown; config?: Record<string, unknown> } = {}): Promise<Output> {
    const catalog = files.catalog ?? (await this.discover());
    const ended = await this.run({ config: this.#tap.config, ...files, catalog });
    assert.equal(ended.code, 0, `the tap ended with ${ended.code ?? ended.signal}: ${tail(ended.stderr)}`);
    return { ended, messages: messagesIn(ended.stdout) };
  }
}

/** The messages of an output. Every line must be JSON. */
export function messagesIn(stdout: string): WireMessage[] {
  const lines = stdout.split("\n");
  assert.equal(lines.pop(), "", "the output ends with half a line");
  return lines.map((line, i) => {
    try {
      return parseExact(line) as WireMessage;
    } catch {
      throw new Error(`line ${i + 1} is not JSON: ${line.slice(0, 80)}`);
    }
  });
}

export function schemasIn(messages: readonly WireMessage[]): Map<string, SchemaMessage> {
  return new Map(messages.filter(({ type }) => type === "SCHEMA").map((message) => [message.stream, message as unknown as SchemaMessage]));
}

export function rowsOf(messages: readonly WireMessage[], stream: string): Row[] {
  return messages.filter((message) => message.type === "RECORD" && message.stream === stream).map(({ record }) => record);
}
