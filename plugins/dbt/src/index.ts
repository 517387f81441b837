/** The plugin dbt: runs dbt in the database of a target, with a profile made from its settings, and tells what became of each node. */
import { type Described, packageVersion } from "@tapline/sdk";
import { config } from "./config.ts";
import { packages } from "./environment/packages.ts";

export default {
  name: "dbt",
  version: packageVersion(import.meta.url),
  description: "Runs dbt in the database of a target",
  config,
  // A dbt project is worked on by one at a time: its folder target/ is, and two snapshots of one table would double its versions.
  singleWriter: { setting: "project_dir" },
  capabilities: ["about", "catalogs:generate", "control-channel", "control-pipe", "run-context"],
  python: { setting: "target", unless: "executable", packages },
} satisfies Described;

export { dbtErrorCatalogue } from "./errors.ts";
export * from "./generate/index.ts";
export { work } from "./work.ts";
