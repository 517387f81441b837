/** Ajv, loaded when something is to be checked: 83 modules that `--about` and `--help` have no use for. */
import { createRequire } from "node:module";
import type { Ajv2020, Options } from "ajv/dist/2020.js";

/** Schemas are taken as they are: looking at them through the schema of schemas takes longer than all else a small run does. */
export function newAjv(options: Options): Ajv2020 {
  const ajv = createRequire(import.meta.url)("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
  return new ajv.Ajv2020({ strict: false, validateSchema: false, meta: false, ...options });
}
