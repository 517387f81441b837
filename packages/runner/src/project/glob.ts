/** Matches names against patterns: `*` stands for any characters, `?` for one. */

export function matchesGlob(pattern: string, name: string): boolean {
  return isGlob(pattern) ? expressionOf(pattern).test(name) : pattern === name;
}

/** Whether one of the patterns matches. */
export function isNamedBy(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matchesGlob(pattern, name));
}

export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/** One pattern is matched against thousands of columns in a row. */
const compiled = new Map<string, RegExp>();

function expressionOf(pattern: string): RegExp {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    const source = pattern
      .replaceAll(/[\\^$.|+()[\]{}]/g, "\\$&")
      .replaceAll(/\*+/g, ".*")
      .replaceAll("?", ".");
    expression = new RegExp(`^${source}$`, "su");
    compiled.set(pattern, expression);
  }
  return expression;
}
