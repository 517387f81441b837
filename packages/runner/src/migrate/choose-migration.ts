/** Which migration a command is about, where a person may leave it out. */
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import type { Store } from "../state/store.ts";
import { chooseSides } from "./choose-sides.ts";
import { listMigrations, type Migration, migrationKey } from "./migration.ts";

export interface Choice {
  environment: string;
  source?: string | undefined;
  target?: string | undefined;
}

/** The named one, else the only one that has not gone back. @throws migrate_unknown, migrate_not_chosen, migrate_side_unknown */
export async function chooseMigration(store: Store, project: Project, { environment, source, target }: Choice): Promise<Migration> {
  const all = (await listMigrations(store)).filter((each) => each.environment === environment);
  if (source !== undefined && target !== undefined) {
    const sides = chooseSides(project, { source, target });
    const found = all.find((each) => migrationKey(each) === migrationKey({ environment, ...sides }));
    if (found === undefined)
      throw errors.migrate_unknown({ what: `from ${sides.source} to ${sides.target} in the environment ${environment}` });
    return found;
  }
  const open = all.filter(({ phase }) => phase !== "back");
  const [only, ...others] = open.length > 0 ? open : all;
  if (only === undefined) throw errors.migrate_unknown({ what: `in the environment ${environment}` });
  if (others.length > 0)
    throw errors.migrate_not_chosen({ migrations: [only, ...others].map((each) => `${each.source} to ${each.target}`) });
  return only;
}
