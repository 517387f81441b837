/** Describes tables by SHOW and DESCRIBE, which need no warehouse. */
import { quoteName } from "@tapline/columns";
import { TaplineError } from "@tapline/sdk";
import { type FoundTable, foldCase, keyOfComment, type Names, streamOfComment, type TableDescription, type TableName } from "@tapline/sql";
import { describeTable, showAllObjects, showObjects, showSchemas } from "./dialect/session.ts";
import type { Result, Session } from "./session.ts";

export interface Describer {
  describe(table: TableName): Promise<TableDescription | null>;
  tablesLike(schema: string, names: readonly string[]): Promise<FoundTable[]>;
  tablesIn(schema: string): Promise<{ table: string; stream?: string | undefined }[]>;
  hasSchema(schema: string): Promise<boolean>;
}

export function tableDescriber({ execute }: Pick<Session, "execute">, names: Names, database: string): Describer {
  const objects = (schema: string, name?: string): Promise<FoundObject[]> => {
    const inSchema = names.qualifySchema(database, schema);
    return orNone(async () => found(await execute(name === undefined ? showAllObjects(inSchema) : showObjects(inSchema, pattern(name)))));
  };
  // A name that is quoted finds no table that others made in another case.
  const isSame = (found: string, wanted: string): boolean =>
    names.fold(found) === names.fold(wanted) && names.quote(found) === quoteName(found);
  return {
    async describe(table) {
      const object = (await objects(table.schema, table.table)).find(({ name }) => isSame(name, table.table));
      if (object === undefined) return null;
      const qualified = names.qualify(database, table);
      const columns = rowsOf(await execute(describeTable(qualified), qualified));
      return {
        notTable: object.kind === "TABLE" ? undefined : object.kind.toLowerCase(),
        columns: columns.map(columnOf),
        uniqueKeys: [],
        // Grants, and views that name it, would not find another table.
        hasDependents: true,
        stream: streamOfComment(object.comment),
        notedKey: keyOfComment(object.comment),
        isReferenced: false,
      };
    },
    async tablesLike(schema, wanted) {
      const all = await Promise.all(wanted.map((name) => objects(schema, name)));
      const folded = wanted.map(foldCase);
      const byName = new Map(all.flat().map((object) => [object.name, object]));
      return [...byName.values()]
        .filter(({ name }) => folded.includes(foldCase(name)))
        .map(({ name, kind, comment }) => ({ table: name, stream: streamOfComment(comment), isTable: kind === "TABLE" }));
    },
    async tablesIn(schema) {
      const all = (await objects(schema)).filter(({ name }) => !foldCase(name).startsWith("_tapline_"));
      return all.map(({ name, comment }) => ({ table: name, stream: streamOfComment(comment) }));
    },
    async hasSchema(schema) {
      const schemas = rowsOf(await execute(showSchemas(quoteName(database), pattern(schema))));
      return schemas.some(({ name = "" }) => isSame(name, schema));
    },
  };
}

interface FoundObject {
  name: string;
  kind: string;
  comment: string | undefined;
}

/** "_" and "%" in a pattern stand for other characters; what is found too much is left out by its name. */
const pattern = (name: string): string => name.replaceAll(/[\\%]/g, "_");

function found(result: Result): FoundObject[] {
  return rowsOf(result).map(({ name = "", kind = "", comment }) => ({ name, kind, comment: comment === "" ? undefined : comment }));
}

function columnOf(row: Record<string, string | undefined>): TableDescription["columns"][number] {
  const { name = "", type = "", default: standard = "", expression = "", comment } = row;
  const refusesNull = row["null?"] === "N";
  return {
    name,
    type: shortened(type),
    // A batch with a NULL is refused whole, so rows without a value are found before.
    ...(refusesNull && { isRequired: true, refusesNull }),
    ...(comment !== undefined && comment !== "" && { comment }),
    ...(expression !== "" && { isGenerated: true }),
    ...(/^IDENTITY|^AUTOINCREMENT/i.test(standard) && { isNumbered: true }),
    ...(/ COLLATE /.test(type) && { equatesTexts: true }),
  };
}

/** Without the lengths and digits that a type has when none are named: VARCHAR(16777216), TIME(9). */
function shortened(type: string): string {
  return type.replace(/^(?:(VARCHAR)\((?:16777216|134217728)\)|(BINARY)\((?:8388608|67108864)\)|(TIME\w*)\(9\))/, "$1$2$3");
}

/** Each row by the names of the columns. */
function rowsOf({ columns, rows }: Result): Record<string, string | undefined>[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index] === null ? undefined : String(row[index])])));
}

/** [] where the schema does not exist. */
async function orNone<T>(work: () => Promise<T[]>): Promise<T[]> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TaplineError && /does not exist|not found/i.test(error.message) && !/warehouse/i.test(error.message)) return [];
    throw error;
  }
}
