/** Ajv, loaded when something is to be checked: 83 modules that `--about` and `--help` have no use for. */
import { createRequire } from "node:module";
import type { Ajv2020, KeywordCxt, Options } from "ajv/dist/2020.js";
import { stepCheck } from "./step.ts";

/** Schemas are taken as they are: looking at them through the schema of schemas takes longer than all else a small run does. */
export function newAjv(options: Options): Ajv2020 {
  const { Ajv2020, _ } = createRequire(import.meta.url)("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
  const ajv = new Ajv2020({ strict: false, validateSchema: false, meta: false, ...options });
  // Ajv's own divides doubles, and refuses 0.07 where the step is 0.01.
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
