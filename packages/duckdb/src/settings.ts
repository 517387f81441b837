/** Settings of DuckDB itself, which are the same in every plugin. */
import { Type } from "@tapline/sdk";

export const memoryLimit = Type.Optional(
  Type.String({
    default: "512MB",
    pattern: "^[0-9]+(\\.[0-9]+)? ?([kKmMgGtT]i?)?[bB]$",
    description:
      "Most memory DuckDB may use, as a number and a unit (MB, GB, MiB, GiB); this process takes up to 400 MB more, and 600 MB where it loads texts of 100 KB.",
  }),
);

export const threadCount = Type.Optional(
  Type.Integer({ minimum: 1, description: "Threads DuckDB may use. Default: one for each processor core." }),
);
