#!/usr/bin/env node
import { defineStream, defineTap, runTap, Type } from "@tapline/sdk";

await runTap(
  defineTap({
    name: "tap-example",
    version: "0.1.0",
    description: "Reads whatever its generator yields.",
    config: Type.Object({ count: Type.Integer({ default: 100, description: "How many rows there are." }) }),
    streams: ({ count }) => [
      defineStream({
        name: "example_rows",
        schema: Type.Object({ id: Type.Integer(), name: Type.String() }),
        keys: ["id"],
        replicationKey: "id",
        sorted: true,
        async *read({ startValue }) {
          for (let id = Number(startValue ?? 0); id < count; id++) yield { id, name: `row ${id}` };
        },
      }),
    ],
  }),
);
