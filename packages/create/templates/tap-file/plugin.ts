#!/usr/bin/env node
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import {
  checkUnchanged,
  defineErrors,
  defineStream,
  defineTap,
  fileErrors,
  findFiles,
  parseExact,
  runTap,
  statFile,
  Type,
} from "@tapline/sdk";

const errors = defineErrors({
  line_invalid: {
    class: "data",
    message: ({ reason }: { reason: string }) => `A line can't be read: ${reason}`,
    hint: "Mend the line in the file.",
  },
});

const name = "example_rows";

/** What a line of a file holds. @throws line_invalid */
function readLine(text: string, position: { stream: string; file: string; line: number }): { id: number; name: string } {
  try {
    return parseExact(text) as { id: number; name: string };
  } catch (error) {
    throw errors.line_invalid({ reason: (error as Error).message }, position, error);
  }
}

/** The files, first those that changed first. */
async function filesByTime(path: string) {
  const position = { stream: name };
  const emptyFolder = (folder: string) => fileErrors.pattern_without_files({ pattern: folder }, position);
  const paths = await findFiles(path, { position, takes: (file) => file.endsWith(".jsonl"), emptyFolder });
  const found = await Promise.all(paths.map(async (file) => ({ file, stat: await statFile(file, position) })));
  const files = found.flatMap(({ file, stat }) =>
    stat === undefined ? [] : [{ file, stat, changed_at: new Date(Number(stat.mtimeNs / 1_000_000n)).toISOString() }],
  );
  return files.sort((a, b) => (a.changed_at < b.changed_at ? -1 : 1));
}

await runTap(
  defineTap({
    name: "tap-example",
    version: "0.1.0",
    description: "Reads JSON lines files.",
    config: Type.Object({ path: Type.String({ description: "A file, a folder, or a pattern such as data/*.jsonl." }) }),
    streams: ({ path }) => [
      defineStream({
        name,
        schema: Type.Object({ id: Type.Integer(), name: Type.String(), changed_at: Type.String({ format: "date-time" }) }),
        keys: ["id"],
        // The time of a row's file: the next run reads files that changed since.
        replicationKey: "changed_at",
        sorted: true,
        async *read({ startValue }) {
          for (const { file, stat, changed_at } of await filesByTime(path)) {
            if (changed_at < String(startValue ?? "")) continue;
            let line = 0;
            for await (const text of createInterface({ input: createReadStream(file) })) {
              line++;
              if (text !== "") yield { ...readLine(text, { stream: name, file, line }), changed_at };
            }
            await checkUnchanged(file, stat, { stream: name, file });
          }
        },
      }),
    ],
  }),
);
