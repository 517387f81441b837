/** What the log says of each table's rows: which columns identify a row there, which ones it lacks, and what each column is. */
import type { Session } from "@tapline/postgres";

export interface LogColumn {
  name: string;
  number: number;
  type: number;
  modifier: number;
  /** The log has its old values in updates of the key and in deletes. */
  isIdentity: boolean;
  /** The server computes it, and the log does not have it. */
  isGenerated: boolean;
  /** Rows that were there before the column may have a value in it that no change of the log told. */
  hasDefault: boolean;
  /** Large values are stored apart, and the log lacks them where they did not change. */
  isToastable: boolean;
}

export interface TableFacts {
  oid: number;
  /** pg_class.relkind, relpersistence, relreplident. */
  kind: string;
  persistence: string;
  identity: string;
  /** Other tables INHERIT it: their rows are in it, and in the log they are theirs. */
  hasChildren: boolean;
  columns: readonly LogColumn[];
}

export async function readTableFacts({ execute }: Session, oids: readonly number[]): Promise<Map<number, TableFacts>> {
  if (oids.length === 0) return new Map();
  const { rows } = await execute(factsSql(oids));
  return new Map(
    rows.map(([oid, kind, persistence, identity, hasChildren, columns]) => [
      Number(oid),
      {
        oid: Number(oid),
        kind: String(kind),
        persistence: String(persistence),
        identity: String(identity),
        hasChildren: hasChildren === "t",
        columns: JSON.parse(columns ?? "[]") as LogColumn[],
      },
    ]),
  );
}

const factsSql = (oids: readonly number[]): string => `
  SELECT c.oid, c.relkind, c.relpersistence, c.relreplident,
    c.relkind = 'r' AND EXISTS (SELECT 1 FROM pg_catalog.pg_inherits AS h WHERE h.inhparent = c.oid),
    (SELECT json_agg(json_build_object('name', a.attname, 'number', a.attnum, 'type', a.atttypid::bigint, 'modifier', a.atttypmod,
       'isIdentity', c.relreplident = 'f' OR a.attnum = ANY (coalesce(i.columns, '{}')), 'isGenerated', a.attgenerated <> '',
       'hasDefault', a.atthasmissing OR a.atthasdef OR a.attidentity <> '',
       'isToastable', a.attlen = -1 AND a.attstorage <> 'p') ORDER BY a.attnum)
     FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
  FROM pg_catalog.pg_class AS c
  LEFT JOIN LATERAL (
    SELECT x.indkey::int2[] AS columns FROM pg_catalog.pg_index AS x
    WHERE x.indrelid = c.oid AND x.indisvalid AND CASE c.relreplident WHEN 'd' THEN x.indisprimary WHEN 'i' THEN x.indisreplident END) AS i ON true
  WHERE c.oid IN (${oids.join(", ")})`;
