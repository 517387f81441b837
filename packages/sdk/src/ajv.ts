/** Ajv, loaded only when there is something to check: its 83 modules are of no use to `--about` and `--help`. */
import { createRequire } from "node:module";
import type { Ajv2020, KeywordCxt, Options } from "ajv/dist/2020.js";
import { stepCheck } from "./step.ts";

/** Schemas are not validated against their meta-schema: that takes longer than everything else in a small run. */
export function newAjv(options: Options): Ajv2020 {
  const { Ajv2020, _ } = createRequire(import.meta.url)("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
  const ajv = new Ajv2020({ strict: false, validateSchema: false, meta: false, ...options });
  // Ajv's multipleOf divides doubles, so it refuses 0.07 where the step is 0.01.
  ajv.removeKeyword("multipleOf");
  return ajv.addKeyword({
    keyword: "multipleOf",
    type: "number",
    code(context: KeywordCxt) {
      const check = context.gen.scopeValue("func", { ref: stepCheck(context.schema) });
      context.fail(_`!${check}(${context.data})`);
    },
  });
}
