/** Gives landed rows that leave columns unchanged the values that they keep. */
import { unchangedColumns } from "@tapline/columns";
import type { Connection } from "../connection.ts";
import type { FoldPlan } from "../dialect/merge.ts";

export interface FoldedRows {
  /** By column: for how many rows there was no value to keep. Columns without any are left out. */
  lost: ReadonlyMap<string, number>;
  /** Gives the rows their values. To be called when each key has one landed row. */
  fill(): Promise<void>;
}

/** Finds the values while all landed rows are there. Undefined where no row leaves a column unchanged. */
export async function foldRows(connection: Connection, { lists, plan }: FoldPlan, table: string): Promise<FoldedRows | undefined> {
  const found = (await connection.query(lists, table)).flatMap(([text]) => unchangedColumns(String(text)));
  const columns = [...new Set(found)].sort();
  if (columns.length === 0) return undefined;
  const { collect, countLost, fill, finish } = plan(columns);
  await connection.run(collect, table);
  const counts = (await connection.query(countLost, table))[0] ?? [];
  const lost = new Map(columns.map((column, index): [string, number] => [column, Number(counts[index])]).filter(([, count]) => count > 0));
  return {
    lost,
    async fill() {
      await connection.run(fill, table);
      await connection.run(finish, table);
    },
  };
}
