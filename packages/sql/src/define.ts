/** What the author of a target for a SQL database writes: one object. The load, the plans and the checks are in this package. */
import { capabilities } from "@tapline/protocol";
import {
  type Check,
  type DigestSource,
  defineTarget,
  type FileFormat,
  type Query,
  type Static,
  type Target,
  type TargetSettings,
} from "@tapline/sdk";
import { checkAccess } from "./check-access.ts";
import { checkTables } from "./checks/check-session.ts";
import type { Connection } from "./connection.ts";
import type { Dialect } from "./dialect/dialect.ts";
import { readLedger, takeLedger } from "./ledger/ledger.ts";
import { openLedger } from "./ledger/open-ledger.ts";
import { sqlSink } from "./load/sink.ts";
import type { NamingSettings } from "./names/table-name.ts";
import { openRows } from "./query/open-rows.ts";
import type { ReadSession } from "./query/read-session.ts";
import { type SqlConfig, type SqlSettingsSchema, schemaPolicy } from "./settings.ts";
import { unknownFieldsOf } from "./unknown-fields.ts";
import { valueRules } from "./value-settings.ts";

export interface SqlTarget<C extends SqlSettingsSchema>
  extends Omit<Target<C>, "open" | "lastState" | "query" | "check" | "digest" | "test"> {
  dialect: Dialect;
  /** The dialect where settings change it. */
  dialectFor?(config: Static<C>): Dialect;
  /** Its connections have `readRows`: it lists the capability `commit-checks`. */
  checksBeforeCommit?: boolean;
  /** Its bulk loads take files of these formats: it lists the capability `batch:csv`, …. */
  readsFiles?: readonly FileFormat[];
  /** @throws errors of settings and errors of connecting */
  connect(config: Static<C>): Promise<Connection>;
  /**
   * Where connecting would make a database that is missing: a sentence that it can be made, for `--test`. Undefined where it is there.
   * @throws errors of settings, and of the place where it would be made
   */
  findMissing?(config: Static<C>): Promise<string | undefined>;
  /**
   * For targets that show rows: a session that can change nothing, and creates nothing that is missing. `signal` cancels its statements.
   * @throws errors of settings and errors of connecting
   */
  connectToRead?(config: Static<C>, signal: AbortSignal): Promise<ReadSession>;
  /**
   * For targets whose tables can be compared with those of other databases. `defaultSchema`: of tables whose name has no schema.
   * @throws errors of settings and errors of connecting
   */
  openDigest?(config: Static<C>, defaultSchema: string, signal: AbortSignal): Promise<DigestSource>;
}

/**
 * `config` must include the settings of `sqlSettings`.
 * @example
 * export default defineSqlTarget({ name: "target-x", version, description, config, dialect, connect });
 */
export function defineSqlTarget<C extends SqlSettingsSchema>({
  dialect: usual,
  dialectFor = () => usual,
  connect,
  connectToRead,
  openDigest,
  findMissing,
  readsFiles = [],
  checksBeforeCommit = false,
  ...target
}: SqlTarget<C>): Target<C> {
  const namingOf = (settings: SqlConfig, { fallbackSchema }: Dialect["names"]): NamingSettings => ({
    streamNames: settings.stream_names ?? "singer_sdk",
    defaultSchema: settings.default_target_schema,
    fallbackSchema,
    tableNames: settings.table_names,
  });
  return defineTarget({
    capabilities: [
      capabilities.activateVersion,
      ...readsFiles.map((format) => `batch:${format}`),
      ...(checksBeforeCommit ? [capabilities.commitChecks] : []),
      capabilities.continues,
      capabilities.deselected,
      capabilities.hardDelete,
      capabilities.partialRecords,
      capabilities.rejectReplay,
      capabilities.rejects,
      capabilities.replaceRange,
      capabilities.replaceSource,
    ],
    loadMethods: ["upsert", "append-only", "overwrite"],
    ...target,
    async open(config: Static<C>, purpose = "load") {
      const settings = config as SqlConfig;
      const dialect = dialectFor(config);
      const connection = await connect(config);
      try {
        const naming = namingOf(settings, dialect.names);
        return sqlSink(dialect, connection, {
          naming,
          columnNames: settings.column_names ?? "as_is",
          runId: settings.run_id,
          ledger: await openLedger(dialect, connection, naming, settings),
          purpose,
          policyOf: (stream) => schemaPolicy(settings, stream),
          unknownFieldsOf: (stream) => unknownFieldsOf(settings, schemaPolicy(settings, stream.name) === "freeze", stream),
          rules: valueRules(settings),
          hardDelete: (config as Partial<TargetSettings>).hard_delete === true,
        });
      } catch (error) {
        await connection[Symbol.asyncDispose]();
        throw error;
      }
    },
    async lastState(config: Static<C>, stateId: string) {
      const dialect = dialectFor(config);
      const { default_target_schema: schema = dialect.names.fallbackSchema, run_id: runId } = config as SqlConfig;
      await using connection = await connect(config);
      const context = { dialect, connection, schema, stateId };
      if (runId !== undefined) await takeLedger(context, runId);
      return await readLedger(context);
    },
    async test(config: Static<C>) {
      const missing = await findMissing?.(config);
      if (missing !== undefined) return [missing];
      await using connection = await connect(config);
      return await checkAccess(dialectFor(config), connection, config as SqlConfig);
    },
    ...(openDigest && {
      digest(config: Static<C>, signal: AbortSignal) {
        const { default_target_schema: schema = dialectFor(config).names.fallbackSchema } = config as SqlConfig;
        return openDigest(config, schema, signal);
      },
    }),
    ...(connectToRead && {
      query: async (config: Static<C>, query: Query, signal: AbortSignal) => {
        const dialect = dialectFor(config);
        return openRows(dialect, await connectToRead(config, signal), namingOf(config as SqlConfig, dialect.names), query);
      },
      check(config: Static<C>, checks: readonly Check[], signal: AbortSignal) {
        const dialect = dialectFor(config);
        const settings = config as SqlConfig;
        const naming = namingOf(settings, dialect.names);
        const nameCase = settings.column_names ?? "as_is";
        return checkTables(checks, { dialect, naming, nameCase, open: () => connectToRead(config, signal), now: Date.now() });
      },
    }),
  });
}
