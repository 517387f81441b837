/** What the author of a target for a SQL database writes: one object; the load, the plans and the checks are here. */
import { defineTarget, type Static, type Target } from "@tapline/sdk";
import type { Connection } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import type { NamingConfig, NamingSettingsSchema } from "./settings.ts";
import { sqlSink } from "./sink.ts";

export interface SqlTarget<C extends NamingSettingsSchema> extends Omit<Target<C>, "open"> {
  dialect: Dialect;
  /** @throws the errors of settings and of the database's door */
  connect(config: Static<C>): Promise<Connection>;
}

/** `config` must have the settings of `namingSettings` in it. */
export function defineSqlTarget<C extends NamingSettingsSchema>({ dialect, connect, ...target }: SqlTarget<C>): Target<C> {
  return defineTarget({
    ...target,
    async open(config: Static<C>) {
      const { stream_names, default_target_schema } = config as NamingConfig;
      const connection = await connect(config);
      return sqlSink(dialect, connection, {
        streamNames: stream_names ?? "singer_sdk",
        defaultSchema: default_target_schema,
        fallbackSchema: dialect.fallbackSchema,
      });
    },
  });
}
