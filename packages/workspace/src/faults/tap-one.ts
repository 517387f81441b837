#!/usr/bin/env node
/** A tap of the fault suite, built on the SDK as users do: one stream, with a bookmark every `state_every` rows. */
import { checkpoint, defineStream, defineTap, runTap } from "@tapline/sdk";
import { bookmark, parts, rowAt, rowSchema, sourceSettings } from "./source.ts";

const tap = defineTap({
  name: "tap-one",
  version: "1.0.0",
  description: "Rows that follow from a seed.",
  config: sourceSettings,
  streams: (source) => [
    defineStream({
      name: "s0",
      schema: rowSchema,
      keys: ["id"],
      async *read({ state }) {
        for await (const { first, last, isMarked } of parts(source, Number(state.n ?? 0))) {
          for (let n = first; n <= last; n++) yield rowAt(source, n).row;
          if (isMarked) yield checkpoint(bookmark(source, last));
        }
      },
    }),
  ],
});

await runTap(tap);
