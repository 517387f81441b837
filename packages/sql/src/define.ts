/** What the author of a target for a SQL database writes: one object; the load, the plans and the checks are here. */
import { defineTarget, type Static, type Target } from "@tapline/sdk";
import type { Connection } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { readLedger, takeLedger } from "./ledger.ts";
import { type SqlConfig, type SqlSettingsSchema, schemaPolicy } from "./settings.ts";
import { openLedger, sqlSink } from "./sink.ts";

export interface SqlTarget<C extends SqlSettingsSchema> extends Omit<Target<C>, "open" | "lastState"> {
  dialect: Dialect;
  /** @throws the errors of settings and of the database's door */
  connect(config: Static<C>): Promise<Connection>;
}

/** `config` must have the settings of `sqlSettings` in it. */
export function defineSqlTarget<C extends SqlSettingsSchema>({ dialect, connect, ...target }: SqlTarget<C>): Target<C> {
  return defineTarget({
    capabilities: ["activate-version", "hard-delete", "rejects"],
    loadMethods: ["upsert", "append-only", "overwrite"],
    ...target,
    async open(config: Static<C>) {
      const settings = config as SqlConfig;
      const connection = await connect(config);
      try {
        return sqlSink(dialect, connection, {
          naming: {
            streamNames: settings.stream_names ?? "singer_sdk",
            defaultSchema: settings.default_target_schema,
            fallbackSchema: dialect.fallbackSchema,
          },
          runId: settings.run_id,
          ledger: await openLedger(dialect, connection, settings),
          policyOf: (stream) => schemaPolicy(settings, stream),
        });
      } catch (error) {
        await connection[Symbol.asyncDispose]();
        throw error;
      }
    },
    async lastState(config: Static<C>, stateId: string) {
      const { default_target_schema: schema = dialect.fallbackSchema, run_id: runId } = config as SqlConfig;
      await using connection = await connect(config);
      const place = { dialect, connection, schema, stateId };
      if (runId !== undefined) await takeLedger(place, runId);
      return await readLedger(place);
    },
  });
}
