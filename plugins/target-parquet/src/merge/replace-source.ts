/** REPLACE_SOURCE: the rows of one source leave, and every file that has one is written again without them. */
import { quoteName, quoteText } from "@tapline/columns";
import { type AnyFile, close, opened } from "./any-file.ts";
import { columnOf, keyColumns, type MergeContext, type MergeInput } from "./merge-input.ts";
import { relation } from "./relation.ts";

export async function dropSource(
  { engine, store, rewrite }: MergeContext,
  { entry }: MergeInput,
  files: readonly AnyFile[],
  { column, value }: { column: string; value: string },
): Promise<{ files: AnyFile[]; deleted: number }> {
  const columns = entry.columns.map(({ name, type }) => ({ name, type }));
  const isOfSource = `CAST(${quoteName(columnOf(entry, column))} AS VARCHAR) = ${quoteText(value)}`;
  const [key] = keyColumns(entry);
  const kept: AnyFile[] = [];
  let deleted = 0;
  for (const file of files) {
    const readable = await opened(store, entry, file, 1);
    const rows = relation([readable], columns);
    const [[count] = []] = await engine.query(`SELECT count(*) FROM (${rows}) WHERE ${isOfSource}`);
    const hits = Number(count);
    deleted += hits;
    const rest = file.rows - hits;
    if (hits === 0) kept.push(file);
    else if (rest > 0)
      kept.push(
        await rewrite({
          select: `SELECT * FROM (${rows}) WHERE (${isOfSource}) IS NOT TRUE`,
          columns,
          key,
          partition: file.partition,
          rows: rest,
        }),
      );
    await close(store, file, readable, hits > 0);
  }
  return { files: kept, deleted };
}
