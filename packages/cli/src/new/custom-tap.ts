/** The source and the test of a tap that reads whatever its generator yields. */
import { from } from "./from.ts";

export const customTap = (plugin: string, name: string): string => `#!/usr/bin/env node
// @ts-check
import { defineStream, defineTap, runTap, Type } ${from("@tapline/sdk")};

await runTap(
  defineTap({
    name: "${plugin}",
    version: "0.1.0",
    description: "Reads ${name}.",
    config: Type.Object({ count: Type.Integer({ default: 100, description: "How many rows there are" }) }),
    streams: ({ count }) => [
      defineStream({
        name: "${name.replaceAll("-", "_")}",
        schema: Type.Object({ id: Type.Integer(), name: Type.String() }),
        keys: ["id"],
        replicationKey: "id",
        sorted: true,
        async *read({ startValue }) {
          for (let id = Number(startValue ?? 0); id < count; id++) yield { id, name: \`row \${id}\` };
        },
      }),
    ],
  }),
);
`;

export const customTest = (plugin: string, name: string): string => `// The contract that every tap keeps.
import { fileURLToPath } ${from("node:url")};
import { describeTap } ${from("@tapline/testing")};

const program = fileURLToPath(new URL("../${plugin}.mjs", import.meta.url));
describeTap({
  command: [process.execPath, program],
  config: { count: 100 },
  rows: { "${name.replaceAll("-", "_")}": Array.from({ length: 100 }, (_, id) => ({ id, name: \`row \${id}\` })) },
  longConfig: { count: 12_000 },
});
`;
