#!/usr/bin/env node
import { bearer, restStream, restTap, runTap, Type } from "@tapline/rest";

const rows = restStream({
  name: "example_rows",
  path: "/items",
  schema: Type.Object({ id: Type.Integer(), name: Type.String(), updated_at: Type.String({ format: "date-time" }) }),
  keys: ["id"],
  records: "$.data[*]",
  paging: { type: "cursor", next: "$.next", param: "cursor" },
  incremental: { cursor: "updated_at", startParam: "since" },
});

await runTap(
  restTap({
    name: "tap-example",
    version: "0.1.0",
    description: "Reads lists of an API.",
    config: Type.Object({
      url: Type.String({ description: "The address of the API." }),
      token: Type.String({ secret: true, description: "The key of the API." }),
    }),
    api: ({ url, token }) => ({ url, auth: bearer(token) }),
    streams: [rows],
  }),
);
