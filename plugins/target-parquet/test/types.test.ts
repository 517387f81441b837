/** target-parquet keeps values and their types as the table of types says, read back by DuckDB. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { typeName } from "@tapline/columns";
import { describeTypes } from "@tapline/testing";
import { typeOf } from "../src/stream/type-text.ts";
import { typeRules } from "../src/stream/types.ts";
import { loadLines, temporaryFolder } from "./load-lines.ts";
import { readStream } from "./read-stream.ts";

describeTypes(() => {
  const folder = temporaryFolder();
  return {
    name: "Parquet",
    types: typeRules,
    async piped(input, settings) {
      const { summaries, failure } = await loadLines(folder, input, settings);
      if (failure !== undefined) throw failure;
      return { summaries: new Map(summaries.map((summary) => [summary.stream, summary])) };
    },
    rows: async (stream) => (await readStream(stream, folder)) ?? [],
    rowsOrNone: (stream) => readStream(stream, folder),
    async typesIn(stream) {
      const { streams } = JSON.parse(readFileSync(join(folder, "_tapline_manifest.json"), "utf8"));
      const { columns } = streams.find((each: { stream: string }) => each.stream === stream);
      const own = columns.filter(({ name }: { name: string }) => !name.startsWith("_sdc_"));
      return Object.fromEntries(own.map(({ name, type }: { name: string; type: string }) => [name, typeName(typeRules, typeOf(type))]));
    },
  };
});
