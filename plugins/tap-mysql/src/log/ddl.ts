/**
 * What a statement in the log does to tables: it empties them, it may give their rows other values than the log tells, or nothing that
 * matters. A statement is looked at by its words, so rather too much counts than too little. Pure.
 */

/** `names`: tables that the statement names, or may name, each with the schema it is in. */
export interface StatementEffect {
  /** `truncate`: all rows are gone. `gone`: tables are dropped or renamed. `altered`: rows may be others. `columns`: columns come or go, and rows stay. `rows`: rows change, and the log does not tell which. */
  kind: "truncate" | "gone" | "altered" | "columns" | "rows" | "none";
  mentions(schema: string, table: string): boolean;
}

const nothing: StatementEffect = { kind: "none", mentions: () => false };

/** `schema`: in which names without one are. */
export function effectOf(sql: string, schema: string): StatementEffect {
  const tokens = tokensOf(sql);
  const words = tokens.map(({ text }) => text.toUpperCase());
  const [verb = "", second = ""] = words;
  const effect = (kind: StatementEffect["kind"]): StatementEffect => ({ kind, mentions: mentionsIn(tokens, schema) });
  switch (verb) {
    case "TRUNCATE":
      return effect("truncate");
    case "RENAME":
      return second === "TABLE" || second === "TABLES" ? effect("gone") : nothing;
    case "DROP":
      if (second === "DATABASE" || second === "SCHEMA")
        return { kind: "gone", mentions: (of) => words.slice(2).includes(of.toUpperCase()) };
      return second === "TABLE" || second === "TABLES" ? effect("gone") : nothing;
    case "CREATE":
      // CREATE TEMPORARY TABLE is of a session alone.
      return words.slice(1, 4).includes("TABLE") && !words.slice(1, 4).includes("TEMPORARY") ? effect("gone") : nothing;
    case "ALTER": {
      const at = words.indexOf("TABLE");
      return at < 1 || at > 3 ? nothing : effect(isHarmless(words.slice(at + 1)) ? "columns" : "altered");
    }
    case "INSERT":
    case "UPDATE":
    case "DELETE":
    case "REPLACE":
    case "LOAD":
    case "WITH":
      return effect("rows");
    default:
      return nothing;
  }
}

/** Words of ALTER TABLE after which rows may have values that the log does not tell. */
const harmful = [
  "CHANGE",
  "MODIFY",
  "RENAME",
  "CONVERT",
  "EXCHANGE",
  "TRUNCATE",
  "PARTITION",
  "REMOVE",
  "DISCARD",
  "IMPORT",
  "VERSIONING",
  "GENERATED",
  "AS",
  "AUTO_INCREMENT",
  "NOT",
  "DEFAULT",
  "ORDER",
];

/** Adding and dropping columns, keys and comments; DEFAULT NULL, DEFAULT CHARSET and the next AUTO_INCREMENT are of no row. */
function isHarmless(words: readonly string[]): boolean {
  return words.every((word, i) => {
    if (!harmful.includes(word)) return true;
    const next = words[i + 1] ?? "";
    if (word === "DEFAULT") return next === "NULL" || next === "CHARSET" || next === "CHARACTER" || next === "COLLATE";
    if (word === "AUTO_INCREMENT") return /^\d+$/.test(next) || next === "=";
    if (word === "NOT") return next === "EXISTS";
    return word === "RENAME" && (next === "INDEX" || next === "KEY");
  });
}

interface Token {
  text: string;
  /** A dot is before it, and another name before that. */
  qualifier: string | undefined;
}

function mentionsIn(tokens: readonly Token[], schema: string): StatementEffect["mentions"] {
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  return (inSchema, table) => tokens.some(({ text, qualifier }) => same(text, table) && same(qualifier ?? schema, inSchema));
}

/** Words, and what is in quotes, without comments; /*! … *\/ is no comment. */
function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  const pattern =
    /\/\*(?:M?!\d*)|\*\/|\/\*[\s\S]*?\*\/|--\s[^\n]*|#[^\n]*|`((?:[^`]|``)*)`|"((?:[^"\\]|""|\\[\s\S])*)"|'(?:[^'\\]|''|\\[\s\S])*'|([\p{L}\p{N}_$]+)|(\.)|(=)/gu;
  let isAfterDot = false;
  for (const [, ticked, quoted, word, dot, equals] of sql.matchAll(pattern)) {
    if (dot !== undefined) {
      isAfterDot = true;
      continue;
    }
    const text = ticked?.replaceAll("``", "`") ?? quoted?.replaceAll('""', '"') ?? word ?? equals;
    if (text === undefined) continue;
    tokens.push({ text, qualifier: isAfterDot ? tokens.at(-1)?.text : undefined });
    isAfterDot = false;
  }
  return tokens;
}
