/** A mapper as its kit sees it: how to start it, what it gets, and what it must make of it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeRecord, type JsonSchema, type Row } from "@tapline/protocol";
import { type Ended, type PluginProcess, startPlugin } from "../plugin-process.ts";

export interface MapperUnderTest {
  /** The program and its first arguments. */
  command: readonly string[];
  config: Record<string, unknown>;
  /** The streams of the tap, with at least one row. */
  streams: Record<string, { schema: JsonSchema; keys: readonly string[]; rows: readonly Row[] }>;
  /** The rows that leave the mapper, by the names of their streams there. Streams that are dropped are not in it. */
  mapped: Record<string, readonly Row[]>;
  env?: Record<string, string>;
  timeoutMs?: number;
}

/** The runs of a mapper, with a folder for its config. */
export class MapperSession {
  readonly #mapper: MapperUnderTest;
  readonly #folder: string;

  constructor(mapper: MapperUnderTest, folder: string) {
    this.#mapper = mapper;
    this.#folder = folder;
  }

  startWith(...args: string[]): PluginProcess {
    const { command, env, timeoutMs } = this.#mapper;
    return startPlugin(command, args, { cwd: this.#folder, env, timeoutMs });
  }

  start(config: Record<string, unknown> = this.#mapper.config): PluginProcess {
    const path = join(this.#folder, "config.json");
    writeFileSync(path, JSON.stringify(config));
    return this.startWith("--config", path);
  }

  async run(input: string, config?: Record<string, unknown>): Promise<Ended> {
    await using mapper = this.start(config);
    mapper.write(input);
    mapper.end();
    return await mapper.ended();
  }

  /** What a tap sends: each stream's SCHEMA and rows, with a STATE after it, whose value is an object with an odd spelling. */
  input(): string {
    const streams = Object.entries(this.#mapper.streams);
    return streams.map(([name, { rows }], at) => `${this.schemaLine(name)}${rows.map(recordLine(name)).join("")}${stateLine(at)}`).join("");
  }

  schemaLine(stream: string): string {
    const { schema, keys } = this.#mapper.streams[stream] as MapperUnderTest["streams"][string];
    return `${JSON.stringify({ type: "SCHEMA", stream, schema, key_properties: keys })}\n`;
  }
}

export const recordLine =
  (stream: string) =>
  (row: Row): string =>
    `{"type":"RECORD","stream":${JSON.stringify(stream)},"record":${encodeRecord(row)}}\n`;

/** Targets give it back to the tap byte for byte: its spaces, digits and order must stay. */
export const stateLine = (at: number): string => `{"type": "STATE",  "value": {"z": 1.50, "at": ${at}, "big": 12345678901234567890}}\n`;
