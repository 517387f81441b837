/** The contests for PostgreSQL: Singer targets with the same lines, and complete pipes with the same CSV file. */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { type PostgresAddress, startPostgres } from "@tapline/testing/postgres";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Result } from "../result.ts";
import { checksumOf, checksumQuery, difference } from "./checksum.ts";
import { type Arena, type Contestant, contest } from "./contest.ts";
import { dltProgram, peerProgram, slingProgram, version } from "./environments.ts";
import type { Sources } from "./sources.ts";

/** `most`: the bar, as a share of each peer's time. */
export async function intoPostgres(sources: Sources, rounds: number, log: (line: string) => void, most: number): Promise<Result[]> {
  await using server = await startPostgres({ isDurable: true, settings: { max_wal_size: "4GB", shared_buffers: "256MB" } });
  const client = new pg.Client({ ...server.address, database: "postgres" });
  await client.connect();
  try {
    const arena = await postgresArena(client, sources);
    const { targets, pipes } = contestants(server.address, sources);
    return [
      ...(await contest("Singer lines to PostgreSQL", arena, targets, rounds, log, most)),
      ...(await contest("CSV to PostgreSQL, whole pipe", arena, pipes, rounds, log, most)),
    ];
  } finally {
    await client.end();
  }
}

/** A place is a schema. The expected table is the one that PostgreSQL's COPY makes from the file. */
async function postgresArena(client: pg.Client, { csv, columns, folder }: Sources): Promise<Arena> {
  const types = { integer: "bigint", string: "text", decimal: "numeric", date: "date", timestamp: "timestamptz", boolean: "boolean" };
  const sums = async (schema: string) => checksumOf((await client.query(checksumQuery(`${schema}.invoices`, "postgres"))).rows[0]);
  const list = Object.entries(columns).map(([name, type]) => `${name} ${types[type]}`);
  await client.query(`SET TimeZone = 'UTC'; CREATE SCHEMA plain; CREATE TABLE plain.invoices (${list.join(", ")})`);
  await pipeline(createReadStream(csv), client.query(copyFrom("COPY plain.invoices FROM STDIN WITH (FORMAT csv, HEADER)")));
  const wanted = await sums("plain");
  return {
    folder,
    difference: async (schema) => difference(await sums(schema), wanted),
    clear: async (schema) => {
      await client.query(
        `DROP SCHEMA IF EXISTS ${schema} CASCADE; DROP SCHEMA IF EXISTS ${schema}_staging CASCADE; CREATE SCHEMA ${schema}`,
      );
      await client.query("CHECKPOINT");
    },
  };
}

function contestants(address: PostgresAddress, sources: Sources) {
  const { csv, lines, ourTap, ourTarget, writeConfig } = sources;
  const { host, port, user, password } = address;
  const url = `postgresql://${user}:${password}@${host}:${port}/postgres`;
  const place = (schema: string, settings: Record<string, unknown> = {}) =>
    writeConfig(schema, { ...address, default_target_schema: schema, ...settings });
  const targets: [Contestant, ...Contestant[]] = [
    {
      name: "target-postgres",
      place: "ours",
      programs: () => [["cat", lines], ourTarget("postgres", place("ours", { database: "postgres" }))],
    },
    {
      name: `pipelinewise-target-postgres ${version("pipelinewise-target-postgres")}`,
      place: "pipelinewise",
      programs: () => [
        ["cat", lines],
        [peerProgram("pipelinewise-target-postgres", "target-postgres"), "--config", place("pipelinewise", { dbname: "postgres" })],
      ],
    },
    // With its defaults, and with COPY, which is faster.
    ...[false, true].map((useCopy): Contestant => {
      const schema = useCopy ? "meltanolabs_copy" : "meltanolabs";
      return {
        name: `meltanolabs-target-postgres ${version("meltanolabs-target-postgres")}${useCopy ? ", use_copy" : ""}`,
        place: schema,
        programs: () => [
          ["cat", lines],
          [
            peerProgram("meltanolabs-target-postgres", "target-postgres"),
            "--config",
            place(schema, { database: "postgres", load_method: "upsert", use_copy: useCopy }),
          ],
        ],
      };
    }),
  ];
  const pipes: [Contestant, ...Contestant[]] = [
    {
      name: "tap-csv and target-postgres",
      place: "ours_pipe",
      programs: () => [ourTap, ourTarget("postgres", place("ours_pipe", { database: "postgres" }))],
    },
    { name: `dlt ${version("dlt")} with pyarrow`, place: "dlt", programs: () => [dltProgram(csv, url, "dlt")] },
    {
      name: `sling ${version("sling")}`,
      place: "sling",
      env: { BENCH_POSTGRES: `${url}?sslmode=disable`, SLING_DISABLE_TELEMETRY: "true", SLING_HOME_DIR: sources.folder },
      programs: () => [
        [
          slingProgram(),
          "run",
          "--src-stream",
          `file://${csv}`,
          "--src-options",
          '{"empty_as_null": true}',
          "--tgt-conn",
          "BENCH_POSTGRES",
          "--tgt-object",
          "sling.invoices",
          "--mode",
          "incremental",
          "--primary-key",
          "id",
        ],
      ],
    },
  ];
  return { targets, pipes };
}
