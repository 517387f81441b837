/**
 * How a target renames schemas: its answer to `--cutover FILE` (capability `cutover`). The file holds the question, the answer is one
 * JSON line. All renames are in one transaction, so whoever is killed leaves either all of them or none. Which of the two a database has is told by the
 * names of its schemas alone, so nothing has to be remembered.
 */
import { type Static, Type } from "../type.ts";
import { isObject, readObject } from "../wire/json.ts";

const name = Type.String({ minLength: 1 });

const renameSchema = Type.Object({
  from: Type.String({ minLength: 1, description: "The name of a schema before the cutover" }),
  to: Type.String({ minLength: 1, description: "Its name after it" }),
});

const grantSchema = Type.Object(
  {
    on: Type.Enum(["schema", "relation", "future"], {
      description: "A schema, a table or view in it, or the tables that `owner` makes in it later (default privileges)",
    }),
    schema: Type.String({ description: "By its name before the cutover" }),
    relation: Type.Optional(name),
    owner: Type.Optional(name),
    right: Type.String({ description: "USAGE or SELECT" }),
    grantee: Type.String({ description: "The name of the role; empty for PUBLIC" }),
  },
  { description: "A right that the cutover gives and undo takes back" },
);

export const cutoverQuestionSchema = Type.Object(
  {
    action: Type.Enum(["plan", "apply", "undo"], {
      description: "plan: only look. apply: rename. undo: rename back",
    }),
    renames: Type.Array(renameSchema, { minItems: 1, description: "In any order" }),
    readers: Type.Optional(
      Type.Object(
        { old: name, new: name, give: Type.Optional(Type.Boolean({ description: "The plan's statements give what is missing" })) },
        { description: "plan: compare who may read `old` and `new`, by their names before the cutover" },
      ),
    ),
    grants: Type.Optional(
      Type.Array(grantSchema, { description: "apply: rights to give in the same transaction, as the plan told; undo: to take back" }),
    ),
    lock_timeout_ms: Type.Integer({ minimum: 1, description: "Give up when another session holds a lock for longer" }),
  },
  { description: "What the file of --cutover FILE holds" },
);

const findingSchema = Type.Object({
  kind: Type.Enum(["reads_by_id", "names_in_text", "search_path", "reader", "extension", "event_trigger", "session", "not_lockable"]),
  object: Type.String({ description: "What it is about, as the database names it" }),
  text: Type.String({ description: "A sentence for a person" }),
});

export const cutoverAnswerSchema = Type.Object(
  {
    state: Type.Enum(["before", "after", "neither"], { description: "Which names the database has, after the action" }),
    did: Type.Boolean({ description: "Whether this action changed it; false too where it was as wanted" }),
    reason: Type.Optional(Type.String({ description: "Where it is neither: which names are there and which are not" })),
    problems: Type.Array(Type.String(), { description: "What would stop the action, each as a sentence" }),
    findings: Type.Array(findingSchema, { description: "What the renames leave for a person to look at" }),
    schemas: Type.Array(
      Type.Object({ name, tables: Type.Integer(), views: Type.Integer(), others: Type.Integer(), owner: Type.String() }),
      { description: "The schemas of the renames that are there, with what is in them" },
    ),
    missing_grants: Type.Array(grantSchema, { description: "Rights that readers of the old schema have and lack on the new one" }),
    statements: Type.Array(Type.String(), {
      description: "plan: what apply would run, or what undo would where it is done; else what was run",
    }),
  },
  { description: "What a target prints for --cutover FILE" },
);

export type CutoverQuestion = Static<typeof cutoverQuestionSchema>;
export type CutoverAnswer = Static<typeof cutoverAnswerSchema>;
export type CutoverFinding = Static<typeof findingSchema>;
export type CutoverGrant = Static<typeof grantSchema>;
export type SchemaRename = Static<typeof renameSchema>;

/** undefined where the value is no question. */
export function readCutoverQuestion(value: unknown): CutoverQuestion | undefined {
  if (!isObject(value)) return undefined;
  const { action, renames, grants = [], lock_timeout_ms: wait, readers } = value;
  const isRight =
    (action === "plan" || action === "apply" || action === "undo") &&
    Number.isSafeInteger(wait) &&
    (wait as number) > 0 &&
    isListOf(renames, isRename) &&
    renames.length > 0 &&
    isListOf(grants, isGrant) &&
    (readers === undefined || (isObject(readers) && isName(readers.old) && isName(readers.new)));
  return isRight ? (value as CutoverQuestion) : undefined;
}

/** undefined where the text is no answer. */
export function readCutoverAnswer(text: string): CutoverAnswer | undefined {
  const value = readObject(text);
  if (value === undefined) return undefined;
  const { state, did, problems, findings, schemas, missing_grants: grants, statements, reason } = value;
  const isRight =
    (state === "before" || state === "after" || state === "neither") &&
    typeof did === "boolean" &&
    (reason === undefined || typeof reason === "string") &&
    isListOf(problems, isText) &&
    isListOf(statements, isText) &&
    isListOf(findings, (each) => isObject(each) && isText(each.kind) && isText(each.object) && isText(each.text)) &&
    isListOf(schemas, (each) => isObject(each) && isName(each.name)) &&
    isListOf(grants, isGrant);
  return isRight ? (value as CutoverAnswer) : undefined;
}

/**
 * The renames in an order in which each new name is free when it is given. undefined: they go around in a circle, or a name is there twice.
 * @example orderRenames([{ from: "new", to: "live" }, { from: "live", to: "old" }]) // live -> old first
 */
export function orderRenames(renames: readonly SchemaRename[]): SchemaRename[] | undefined {
  const isTwice = (names: readonly string[]): boolean => new Set(names).size < names.length;
  if (isTwice(renames.map(({ from }) => from)) || isTwice(renames.map(({ to }) => to))) return undefined;
  const ordered: SchemaRename[] = [];
  let left = [...renames];
  while (left.length > 0) {
    const taken = new Set(left.map(({ from }) => from));
    const free = left.filter(({ to }) => !taken.has(to));
    if (free.length === 0) return undefined;
    ordered.push(...free);
    left = left.filter((each) => !free.includes(each));
  }
  return ordered;
}

/**
 * A regular expression, for JavaScript and PostgreSQL alike, of texts that may put a schema's name together from parts: one that ends at an
 * underscore before the end of a literal or a placeholder, or begins with one after it. undefined: the name has no parts.
 * @example new RegExp(builtNamePattern("analytics_new") ?? "").test("'analytics_' || kind") // true
 */
export function builtNamePattern(name: string): string | undefined {
  const plain = (text: string): string => text.replaceAll(/[^A-Za-z0-9_]/g, "\\$&");
  const places = [...name.matchAll(/_/g)].map(({ index }) => index).filter((index) => index > 0 && index < name.length - 1);
  const starts = places.map((index) => `(^|[^A-Za-z0-9_])${plain(name.slice(0, index + 1))}(['"%$]|\\{\\{)`);
  const ends = places.map((index) => `(['"]|%[sIL]|\\}\\})${plain(name.slice(index))}($|[^A-Za-z0-9_])`);
  return places.length === 0 ? undefined : [...starts, ...ends].join("|");
}

const isText = (value: unknown): value is string => typeof value === "string";
const isName = (value: unknown): value is string => isText(value) && value !== "";
const isRename = (value: unknown): boolean => isObject(value) && isName(value.from) && isName(value.to);
const isGrant = (value: unknown): boolean =>
  isObject(value) &&
  (value.on === "schema" || (value.on === "relation" && isName(value.relation)) || (value.on === "future" && isName(value.owner))) &&
  isName(value.schema) &&
  (value.right === "USAGE" || value.right === "SELECT") &&
  isText(value.grantee);

function isListOf(value: unknown, isOne: (each: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(isOne);
}
