/** Gives landed rows that leave columns unchanged the values that they keep. */
import { unchangedColumns } from "@tapline/columns";
import type { Connection } from "../connection.ts";
import type { FoldPlan, FoldStatements } from "../dialect/merge.ts";

/** The columns that landed rows leave unchanged, and the statements for them. */
export interface Fold extends FoldStatements {
  columns: readonly string[];
}

export interface FoldedRows {
  /** By column: for how many rows there was no value to keep. Columns without any are left out. */
  lost: ReadonlyMap<string, number>;
  /** Gives the rows their values. To be called when each key has one landed row. */
  fill(): Promise<void>;
}

/** Looks at the landed rows. Undefined where no row leaves a column unchanged. */
export async function findFold(connection: Connection, { lists, plan }: FoldPlan, table: string): Promise<Fold | undefined> {
  const found = (await connection.query(lists, table)).flatMap(([text]) => unchangedColumns(String(text)));
  const columns = [...new Set(found)].sort();
  return columns.length === 0 ? undefined : { columns, ...plan(columns) };
}

/** Finds the values while all landed rows are there. */
export async function foldRows(connection: Connection, { columns, collect, countLost, ...fold }: Fold, table: string): Promise<FoldedRows> {
  await connection.run(collect, table);
  const counts = (await connection.query(countLost, table))[0] ?? [];
  const lost = new Map(columns.map((column, index): [string, number] => [column, Number(counts[index])]).filter(([, count]) => count > 0));
  return {
    lost,
    async fill() {
      await connection.run(fold.fill, table);
      if (fold.finish !== undefined) await connection.run(fold.finish, table);
    },
  };
}
