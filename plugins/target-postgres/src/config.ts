/** The settings of this target: those of the connection and those of every SQL target. */
import { connectionAliases, connectionSettings } from "@tapline/postgres";
import { type SettingAliases, type Static, Type } from "@tapline/sdk";
import { sqlSettings } from "@tapline/sql";

export const config = Type.Object({ ...connectionSettings, ...sqlSettings("public") });

export type Config = Static<typeof config>;

export const aliases: SettingAliases = connectionAliases;
