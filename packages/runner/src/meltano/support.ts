/** What of a Meltano project works in tapline, part by part: the reference is made from it. */
import { ownKeys, translatedKeys } from "../project/meltano/translate.ts";
import { ourPlugins } from "./npm-offers.ts";

export interface SupportedPart {
  part: string;
  /** same: as Meltano does it. differs, lost: see the note. */
  is: "same" | "differs" | "lost";
  note: string;
}

export const supportedParts: readonly SupportedPart[] = [
  {
    part: "extractors, loaders, utilities, transformers, orchestrators",
    is: "same",
    note: "With `inherit_from`, `variant`, `namespace`, `executable`, `python`, and lock files in `plugins/`.",
  },
  {
    part: "a plugin without lock file and without `namespace`",
    is: "differs",
    note: "Its definition is not fetched from the hub: settings have no defaults and no kinds until `meltano lock` has written it.",
  },
  {
    part: "`pip_url`",
    is: "same",
    note: "What Meltano installed in `.meltano/` is used; `tapline install` installs into `.tapline/`. Options such as `--constraint` are not given to pip.",
  },
  {
    part: "`config`, nested or with dots",
    is: "same",
    note: "Also `kind`, `aliases`, default values and `value_processor` of definitions. A boolean or number that is none is an error.",
  },
  {
    part: "settings by variables (`TAP_X_KEY`)",
    is: "same",
    note: "Also aliases, `env_aliases` of plugins that inherit from none, and `TAP_X__SELECT`, `__METADATA`, `__SCHEMA`, `__CATALOG`, `__LOAD_SCHEMA`. `env_aliases` that negate are not read.",
  },
  {
    part: "`$NAME` and `$` with a name in braces, in settings",
    is: "same",
    note: "What is not set is left out, or an error with `ff.strict_env_var_mode`.",
  },
  {
    part: "`env` of project, environments and plugins, `.env`",
    is: "same",
    note: "In a project that runs unchanged, `env` wins over the shell, as by Meltano. After an import, the shell wins; the report names each such variable. Settings get `$MELTANO_PROJECT_ROOT` in `env` as the folder, where Meltano leaves the text.",
  },
  { part: "settings in Meltano's database (`meltano config --store=db`)", is: "lost", note: "Write them into `meltano.yml` or `.env`." },
  {
    part: "`select`, `metadata`, `schema`, `catalog`",
    is: "same",
    note: "Without `select`, everything is read. A name that matches nothing is a warning.",
  },
  {
    part: "`select_filter`",
    is: "differs",
    note: "Patterns that exclude are used. Each run names the others: write what is to be read into `select`.",
  },
  {
    part: "`load_schema`, `MELTANO_EXTRACT__LOAD_SCHEMA`",
    is: "same",
    note: "After an import, a target whose settings depend on the tap becomes one target for each tap.",
  },
  { part: "`use_cached_catalog: false`", is: "same", note: "`--refresh-catalog` does it once." },
  { part: "`state` (a file)", is: "lost", note: "Set it once: `tapline state set ID - < FILE`." },
  { part: "mappers with `mappings`", is: "same", note: "`tapline run tap mapping target`." },
  {
    part: "commands of utilities (`dbt:run`)",
    is: "same",
    note: "Also with a program of their own. Commands that run in a container are not.",
  },
  {
    part: "`environments`, `default_environment`, `state_id_suffix`",
    is: "same",
    note: "Without any environment, Meltano keeps no state; tapline runs in `dev` and keeps it.",
  },
  { part: "`jobs`", is: "same", note: "Steps run one after another. A failure that may pass is tried three times." },
  { part: "`schedules` of jobs", is: "same", note: "`tapline serve` or `tapline tick` starts them, in UTC." },
  {
    part: "`schedules` with `extractor` and `loader`",
    is: "differs",
    note: "They become a job with the schedule's name. `transform: run` does not transform; `start_date` is not used.",
  },
  { part: "`env` of a schedule", is: "lost", note: "Use an environment." },
  { part: "`include_paths`", is: "same", note: "" },
  {
    part: "state in `.meltano/meltano.db`, PostgreSQL, a folder, S3",
    is: "same",
    note: "Read once for each id, in Meltano's form, partial states merged. From then on tapline keeps its own in `.tapline/`.",
  },
  {
    part: "a second run of the same state id at the same moment",
    is: "differs",
    note: "While `meltano run` is at work, tapline refuses, as Meltano does, with exit code 3. Meltano does not see that tapline is at work.",
  },
  {
    part: "state in Google Cloud Storage, Azure, MySQL, SQL Server",
    is: "lost",
    note: "Each run says so. Take it over once: `meltano state get ID`, `tapline state set ID -`.",
  },
  {
    part: "`MELTANO_*` and `TAP_X_*` variables given to plugins",
    is: "same",
    note: "Also the names in `env` of settings, such as `DBT_HOST`.",
  },
  {
    part: "`transforms` (packages of dbt), `files`",
    is: "lost",
    note: "`packages.yml` of the dbt project names packages. File bundles have done their work.",
  },
  { part: "`annotations`, `requires_meltano`", is: "same", note: "Without a meaning here." },
];

/** Lines of Markdown: the parts, the keys of the top level, the plugins of npm. */
export function meltanoSupport(): string[] {
  const words = { same: "as in Meltano", differs: "differs", lost: "no" };
  const names = (list: readonly string[]): string => list.map((name) => `\`${name}\``).join(", ");
  return [
    "## Parts",
    "",
    "| part | works | |",
    "| --- | --- | --- |",
    ...supportedParts.map(({ part, is, note }) => `| ${part} | ${words[is]} | ${note} |`),
    "",
    "## Keys of the top level",
    "",
    `Read: ${names(translatedKeys)}.`,
    "",
    `About Meltano itself, so without a meaning here: ${names(ownKeys)}.`,
    "",
    "Any other key is named in the report of `tapline import meltano`, and by `tapline doctor`.",
    "",
    "## Python plugins that one of npm can replace",
    "",
    "`tapline import meltano --npm PLUGIN` does it where the plugin of npm has every setting that the project sets.",
    "",
    "| Python | npm | settings that differ |",
    "| --- | --- | --- |",
    ...Object.entries(ourPlugins).map(([python, { npm, renamed = {}, always = {} }]) => {
      const pairs = [
        ...Object.entries(renamed).map(([from, to]) => `\`${from}\` becomes \`${to}\``),
        ...Object.entries(always).map(([name, value]) => `\`${name}: ${value}\` goes; another value keeps the Python plugin`),
      ];
      return `| ${python} | ${npm} | ${pairs.join(", ")} |`;
    }),
  ];
}
