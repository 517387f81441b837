/** The executable of a mapper: a process between tap and target that maps the messages on stdin, and writes them to stdout. */
import { fstatSync } from "node:fs";
import { type MapSettings, mapSettings } from "@tapline/maps/settings";
import { capabilities, type Decoded, Decoder, encodeMessage, type Static, type TObject, Type } from "@tapline/protocol";
import type { Described } from "../config/about.ts";
import { errors } from "../errors.ts";
import type { RowMapper } from "../mapper/define-mapper.ts";
import { type MessageMapper, RowMapping } from "../mapper/map-rows.ts";
import type { Report } from "../report/report.ts";
import { readBatch } from "../target/files/read-batch.ts";
import { Stopped } from "../target/load.ts";
import { Output } from "./output.ts";
import { type PluginRun, runPlugin } from "./run-plugin.ts";
import { standardInput } from "./standard-input.ts";

/** What every mapper has. */
const inputSettings = {
  batch_inputs: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description:
        "Folders and files that BATCH messages of the tap may name. The rows of streams with a map go on as records; the files stay.",
    }),
  ),
  max_line_bytes: Type.Integer({
    default: 128 * 1024 * 1024,
    minimum: 1024,
    description: "The longest message allowed; a longer one is an error.",
  }),
};

const settings = Type.Object({ ...mapSettings, ...inputSettings });

type InputSettings = Static<TObject<typeof inputSettings>>;

/** What a mapper is called that does what the setting `stream_maps` says. */
export interface Mapper {
  name: string;
  version: string;
  description: string;
}

/** How long a stopped mapper waits for its reader to take the last piece. */
const patienceMs = 1000;

/** Describes a mapper for `about` and the like. @example about(describeMapper(mapper)) */
export function describeMapper(mapper: Mapper | RowMapper): Described {
  const list = ["about", "controlChannel", "controlPipe", "replaceSource", "streamMaps"] as const;
  const { name, version, description } = mapper;
  const more = "map" in mapper ? [] : [capabilities.partialRecords];
  return {
    ...{ name, version, description },
    config: "map" in mapper ? Type.Object({ ...mapper.config.properties, ...inputSettings }) : settings,
    capabilities: [...list.map((each) => capabilities[each]), ...more].sort(),
  };
}

/**
 * Runs a mapper by the arguments of this process and ends the process: with 0, with the exit code of the error's class, or with 128 + n
 * after a signal. One without `map` does what its settings `stream_maps` say.
 * @example await runMapper(mapper);
 */
export function runMapper<C extends TObject>(mapper: Mapper | RowMapper<C>): Promise<never> {
  return runPlugin<InputSettings>(describeMapper(mapper), "mapper", async (run) => {
    const { config, report, signal } = run;
    if (fstatSync(0).isDirectory())
      throw errors.usage({ plugin: mapper.name, reason: "Standard input is a folder; it must be what a tap writes" });
    const maps =
      "map" in mapper ? new RowMapping(mapper.map(config as Static<C>, report.log)) : await streamMaps(config as MapSettings, report);
    signal.addEventListener("abort", () => setTimeout(run.dieOfSignal, patienceMs).unref());
    try {
      await pass(maps, run);
    } finally {
      report.mapped(maps.counts());
    }
  });
}

async function streamMaps(config: MapSettings, report: Report): Promise<MessageMapper> {
  const { openMapper } = await import("@tapline/maps");
  return openMapper(config, { warn: (text) => report.log("warning", text) });
}

async function pass(maps: MessageMapper, { config, signal }: PluginRun<InputSettings>): Promise<void> {
  const output = new Output();
  const decoder = new Decoder({ maxLineBytes: config.max_line_bytes });
  const write = async (decoded: Decoded): Promise<void> => {
    if (decoded.type === "BATCH" && maps.readsRows(decoded.stream)) {
      const schema = maps.schemaOf(decoded.stream) ?? {};
      const reading = { ...config, validate_records: false };
      for await (const part of readBatch(decoded, schema, reading, () => {})) {
        if (part.type === "RECORDS") await write(part);
        else for await (const records of part.records()) await write(records);
      }
      return;
    }
    const line = decoder.messageLine;
    for (const mapped of maps.take(decoded)) {
      if (mapped.type === "RECORDS") await output.write(mapped.bytes);
      else if (mapped !== decoded) await output.write(Buffer.from(encodeMessage(mapped)));
      else await output.write(Buffer.concat([line, newline]));
    }
  };
  for await (const chunk of untilStopped(standardInput(), signal)) for (const decoded of decoder.push(chunk)) await write(decoded);
  for (const decoded of decoder.end()) await write(decoded);
  await output.written();
}

const newline = Buffer.from("\n");

/** @throws Stopped once the signal is aborted, also while no input comes */
async function* untilStopped(input: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const source = input[Symbol.asyncIterator]();
  const stopped = new Promise<"stopped">((resolve) => signal.addEventListener("abort", () => resolve("stopped"), { once: true }));
  try {
    while (!signal.aborted) {
      const next = await Promise.race([source.next(), stopped]);
      if (next === "stopped") break;
      if (next.done) return;
      yield next.value;
    }
    throw new Stopped();
  } finally {
    void source.return?.();
  }
}
