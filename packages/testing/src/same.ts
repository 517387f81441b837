/** Compares long lists of texts and shows only the first few differences: a general diff of thousands of rows takes minutes. */

/** Fails unless both lists have the same texts, each equally often, in any order. */
export function assertSame(found: readonly string[], expected: readonly string[], what: string): void {
  const counts = new Map<string, number>();
  for (const text of expected) counts.set(text, (counts.get(text) ?? 0) + 1);
  const surplus: string[] = [];
  for (const text of found) {
    const left = counts.get(text) ?? 0;
    if (left === 0) surplus.push(text);
    else counts.set(text, left - 1);
  }
  const missing = [...counts].flatMap(([text, count]) => Array<string>(count).fill(text));
  if (missing.length === 0 && surplus.length === 0) return;
  const parts = [`${expected.length} ${what} expected, ${found.length} found`, ...some("missing", missing), ...some("too many", surplus)];
  throw new Error(parts.join("\n"));
}

const cut = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

function some(title: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [`${title}: ${texts.length}`, ...texts.slice(0, 3).map((text) => `  ${cut(text)}`)];
}
