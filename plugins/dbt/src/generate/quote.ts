/**
 * Quotes any name for a file of a dbt project, where up to three languages read it: YAML, Jinja and SQL. Pure.
 */

/** A name in SQL that Jinja renders first. DuckDB and PostgreSQL quote in the same way. */
export function sqlName(name: string): string {
  return jinjaText(`"${name.replaceAll('"', '""')}"`);
}

/** Text that Jinja does not change: only an opening brace has a meaning there. */
export function jinjaText(text: string): string {
  return text.replaceAll("{", '{{ "{" }}');
}

/** A list of plain names inside Jinja's `{{ }}`. */
export function jinjaList(names: readonly string[]): string {
  return `[${names.map(jinjaString).join(", ")}]`;
}

function jinjaString(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** A string in YAML. JSON is YAML, except for a few characters that YAML parsers refuse or read as line ends. */
export function yamlString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
