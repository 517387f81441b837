/** Keys as dbt tests, in YAML: dbt's own for one column, `tapline_unique` and `tapline_not_null` for several and for names dbt can't quote. Pure. */
import { jinjaText, yamlString } from "./quote.ts";

/** Lines of a table or model that say its keys are there and, where `isUnique`, told once. `more`: other tests of the whole model. */
export function keyTests(keys: readonly string[], { isUnique, more = [] }: { isUnique: boolean; more?: readonly string[] }): string[] {
  // dbt renders a column's name twice and puts quotes around it, doubling none; arguments of tests it renders once.
  const isPlain = keys.every((key) => !/["{]/.test(key));
  const isTogether = keys.length > 1 || !isPlain;
  const whole = [
    ...(isPlain ? [] : [ownTest("tapline_not_null", keys)]),
    ...(isUnique && isTogether ? [ownTest("tapline_unique", keys)] : []),
    ...more,
  ];
  const tests = `[not_null${isUnique && !isTogether ? ", unique" : ""}]`;
  const columns = isPlain ? keys.map((key) => `  - {name: ${yamlString(key)}, quote: true, data_tests: ${tests}}`) : [];
  return [
    ...(whole.length > 0 ? ["data_tests:", ...whole.map((test) => `  - ${test}`)] : []),
    ...(columns.length > 0 ? ["columns:", ...columns] : []),
  ];
}

export function ownTest(name: string, keys: readonly string[]): string {
  return `${name}: {arguments: {keys: [${keys.map((key) => yamlString(jinjaText(key))).join(", ")}]}}`;
}
