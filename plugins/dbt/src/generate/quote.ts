/**
 * How a name that may be anything stands in a file of a dbt project, where up to three languages read it: YAML, Jinja and SQL. Pure.
 */

/** A name in SQL that Jinja renders first. DuckDB and PostgreSQL quote alike. */
export function sqlName(name: string): string {
  return jinjaText(`"${name.replaceAll('"', '""')}"`);
}

/** Text that Jinja gives back as it is: only an opening brace can begin something there. */
export function jinjaText(text: string): string {
  return text.replaceAll("{", '{{ "{" }}');
}

/** A string or list inside of Jinja's `{{ }}`, as plain names have it. */
export function jinjaList(names: readonly string[]): string {
  return `[${names.map(jinjaString).join(", ")}]`;
}

export function jinjaString(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** A string in YAML: JSON is YAML, save for three characters that YAML's readers refuse or take for line ends. */
export function yamlString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
