import { seededRandom } from "@tapline/testing/seeded-random";
import { expect, test } from "vitest";
import { loadLines, record, schema, state, temporaryFolder } from "../../test/load-lines.ts";
import { readStream } from "../../test/read-stream.ts";

const properties = { id: { type: "integer" }, file: { type: ["null", "string"] }, n: { type: "integer" } };
const replace = (value: string): string => `${JSON.stringify({ type: "REPLACE_SOURCE", stream: "s", column: "file", value })}\n`;

interface Row {
  id: number;
  file: string | null;
  n: number;
}

async function stored(folder: string): Promise<string[]> {
  const rows = (await readStream("s", folder)) ?? [];
  return rows.map(({ id, file, n }) => `${id} ${file} ${n}`).sort();
}

test.each([
  ["appended rows", [], {}, 7],
  ["rows with keys", ["id"], {}, 8],
  ["rows with keys in partitions", ["id"], { partition_by: ["file"] }, 9],
  ["appended rows in partitions", [], { partition_by: ["file"] }, 10],
])(
  "%s: a random history of rows and replaced sources leaves what a list of rows would have",
  async (_, keys, settings, seed) => {
    const folder = temporaryFolder();
    const random = seededRandom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    let model: Row[] = [];
    let [sent, deleted, n] = [0, 0, 0];
    const put = (row: Row): string => {
      if (keys.length > 0) model = model.filter(({ id }) => id !== row.id);
      model.push(row);
      sent++;
      return record(row);
    };
    for (let run = 0; run < 3; run++) {
      let text = schema(properties, keys);
      sent = 0;
      for (let commit = 0; commit < 5; commit++) {
        for (let part = 0; part < 3; part++) {
          for (let row = below(6); row > 0; row--) text += put({ id: below(20), file: below(6) === 0 ? null : `f${below(4)}'`, n: ++n });
          const source = `f${below(4)}'`;
          if (below(2) === 0) continue;
          text += replace(source);
          deleted += model.filter(({ file }) => file === source).length;
          model = model.filter(({ file }) => file !== source);
          for (let row = below(5); row > 0; row--) text += put({ id: below(20), file: source, n: ++n });
          // All rows of the source have arrived at a STATE; whether that commits is up to the settings.
          text += state(n);
        }
        text += state(n);
      }
      const { failure, summaries } = await loadLines(folder, text, { ...settings, batch_size_rows: 1 + below(30) });
      expect(failure).toBeUndefined();
      expect(summaries[0]).toMatchObject({ received: sent, in_table: model.length });
      expect(await stored(folder)).toEqual(model.map(({ id, file, n: at }) => `${id} ${file} ${at}`).sort());
    }
    expect(deleted).toBeGreaterThan(10);
  },
  240_000,
);
