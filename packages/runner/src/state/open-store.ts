/** Opens the store of states that tapline.yml names for an environment. */

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import type { StateSettings } from "../model/state-schema.ts";
import { mergeDeep } from "../project/merge.ts";
import { resolveSection } from "../project/resolve-section.ts";
import type { Backend } from "./backend.ts";
import { openFileBackend } from "./file-store.ts";
import { takeOverStates } from "./meltano/take-over.ts";
import { isPostgresStoreThere, openPostgresBackend } from "./postgres-store.ts";
import { openSqliteBackend, sqlitePath } from "./sqlite-store.ts";
import type { Store } from "./store.ts";
import { storeOver } from "./store-over.ts";

/**
 * In a Meltano project, states that only Meltano has are taken over first.
 * @throws variable_missing, state_setting_missing, store_unusable, store_unreachable, store_too_new, meltano_state_unreadable, and for S3 what settings cause
 */
export async function openStore(project: Project, environment: string): Promise<Store> {
  const settings = stateSettingsOf(project, environment);
  const store = storeOver(await openBackend(project, settings), (settings.lease_seconds ?? 60) * 1000);
  if (project.meltano === undefined) return store;
  try {
    await takeOverStates(project, environment, store);
    return store;
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

/** undefined: there is no store yet. Unlike `openStore`, this does not create one. @throws as `openStore` */
export async function openStoreIfThere(project: Project, environment: string): Promise<Store | undefined> {
  return (await isThere(project, stateSettingsOf(project, environment))) ? openStore(project, environment) : undefined;
}

/** Where a setting is missing, opening says so. */
async function isThere({ folder }: Project, settings: StateSettings): Promise<boolean> {
  const { backend, path, url, schema, endpoint } = settings;
  if (backend === "postgres") return typeof url !== "string" || isPostgresStoreThere({ url, schema: schema ?? defaultSchema });
  if (backend === "s3") return path === undefined || (await s3()).isS3StoreThere({ path, endpoint });
  return existsSync(backend === "file" ? filePath(folder, path) : sqlitePath(folder));
}

/** Whether the states of the environment are kept in .tapline/tapline.db. @throws variable_missing */
export function isKeptInProject(project: Project, environment: string): boolean {
  const { backend = "sqlite" } = stateSettingsOf(project, environment);
  return backend === "sqlite";
}

const defaultSchema = "tapline";

function filePath(folder: string, path = ".tapline/state.json"): string {
  return resolve(folder, path);
}

/** Imported when it is needed: AWS's client takes 0.2 s of CPU to load. */
const s3 = (): Promise<typeof import("./s3/s3-store.ts")> => import("./s3/s3-store.ts");

async function openBackend({ folder }: Project, { backend, path, url, schema, endpoint }: StateSettings): Promise<Backend> {
  if (backend === "s3") {
    if (path === undefined) throw errors.state_setting_missing({ setting: "path", backend });
    return (await s3()).openS3Backend({ path, endpoint });
  }
  if (backend === "file") return openFileBackend(filePath(folder, path));
  if (backend !== "postgres") return openSqliteBackend(folder);
  if (typeof url !== "string") throw errors.state_setting_missing({ setting: "url", backend });
  return openPostgresBackend({ url, schema: schema ?? defaultSchema });
}

function stateSettingsOf(project: Project, environment: string): StateSettings {
  const { state, environments = {} } = project.parsed.file;
  const own = Object.hasOwn(environments, environment) ? environments[environment]?.state : undefined;
  return resolveSection(project, environment, ["state"], mergeDeep(state ?? {}, own) as StateSettings).value;
}
