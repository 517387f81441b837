/** The definition of the plugin dbt: it runs dbt in the database of a target, with a profile made from the target's settings, and reports the result of each node. */
import { type Described, packageVersion } from "@tapline/sdk";
import { config } from "./config.ts";
import { packages } from "./environment/packages.ts";

export default {
  name: "dbt",
  version: packageVersion(import.meta.url),
  description: "Runs dbt in the database of a target",
  config,
  // Only one run at a time may use a dbt project: runs share its folder target/, and two snapshots of one table would double its versions.
  singleWriter: { setting: "project_dir" },
  capabilities: ["about", "catalogs:generate", "control-channel", "control-pipe", "run-context"],
  python: { setting: "target", unless: "executable", packages },
} satisfies Described;

export { dbtErrorCatalogue } from "./errors.ts";
export * from "./generate/index.ts";
export { work } from "./work.ts";
