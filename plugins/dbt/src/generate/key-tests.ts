/** The dbt tests of keys, in YAML: dbt's built-in tests for one column; `tapline_unique` and `tapline_not_null` for several columns and for names that dbt can't quote. Pure. */
import { jinjaText, yamlString } from "./quote.ts";

/** The lines of a table or model that test its keys for NULL and, with `isUnique`, for duplicates. `more`: other tests of the whole model. */
export function keyTests(keys: readonly string[], { isUnique, more = [] }: { isUnique: boolean; more?: readonly string[] }): string[] {
  // dbt renders a column's name twice and quotes it without doubling quotes in it; arguments of tests it renders once.
  const isPlain = keys.every((key) => !/["{]/.test(key));
  const isTogether = keys.length > 1 || !isPlain;
  const whole = [
    ...(isPlain ? [] : [customTest("tapline_not_null", keys)]),
    ...(isUnique && isTogether ? [customTest("tapline_unique", keys)] : []),
    ...more,
  ];
  const tests = `[not_null${isUnique && !isTogether ? ", unique" : ""}]`;
  const columns = isPlain ? keys.map((key) => `  - {name: ${yamlString(key)}, quote: true, data_tests: ${tests}}`) : [];
  return [
    ...(whole.length > 0 ? ["data_tests:", ...whole.map((test) => `  - ${test}`)] : []),
    ...(columns.length > 0 ? ["columns:", ...columns] : []),
  ];
}

export function customTest(name: string, keys: readonly string[]): string {
  return `${name}: {arguments: {keys: [${keys.map((key) => yamlString(jinjaText(key))).join(", ")}]}}`;
}
