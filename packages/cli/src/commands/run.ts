/** `tapline run`: runs a job or one step, shows it, and ends with its result as exit code. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../outcome.ts";
import { requestIn, splitStreamFlags } from "../run-arguments.ts";

export default class Run extends Command {
  static override description = `Runs a job of tapline.yml, or one tap into one target, and keeps the bookmark.

A step that lost its connection is tried again from the last bookmark: three tries, unless tapline.yml sets another number.

Exit codes: 0 done, also with warnings or when nothing was new; 1 failed; 2 usage; 3 already running; 99 nothing to do (only with --exit-99); 124 timed out; 130 and 143 stopped.`;
  static override examples = [
    "<%= config.bin %> run quickbooks",
    "<%= config.bin %> run tap-csv target-duckdb",
    "<%= config.bin %> run quickbooks --full-refresh",
    "<%= config.bin %> run quickbooks --full-refresh invoices items",
    "<%= config.bin %> run quickbooks --full-refresh --replace",
    "<%= config.bin %> run quickbooks --full-refresh --replace invoices items",
    "<%= config.bin %> run quickbooks --from-ledger",
    "<%= config.bin %> run tap-csv target-duckdb --select 'orders.*' --limit 100",
    "<%= config.bin %> run quickbooks --from 2026-01-01 --to 2026-02-01",
    "<%= config.bin %> run tap-postgres target-duckdb --follow",
    "<%= config.bin %> run quickbooks -e prod --timeout 30m --tag team=sales --json",
  ];
  static override args = {
    name: Args.string({ description: "A job of tapline.yml, or a tap.", required: true }),
    words: Args.string({ description: "After a tap: mappers, if any, and the target." }),
  };
  static override strict = false;
  static override flags = {
    environment: Flags.string({
      char: "e",
      description: "The environment of tapline.yml to run in (default: its default_environment, else dev).",
    }),
    select: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: "Only these streams and columns of what tapline.yml selects: STREAM or STREAM.COLUMN, * for any.",
    }),
    exclude: Flags.string({ multiple: true, multipleNonGreedy: true, description: "Leave out these streams and columns." }),
    "full-refresh": Flags.boolean({
      helpLabel: "--full-refresh [STREAM…]",
      description: "Read all streams of this run, or these, from the beginning. The old bookmark is kept until the first new one is saved.",
    }),
    replace: Flags.boolean({
      helpLabel: "--replace [STREAM…]",
      description: "With --full-refresh: replace the tables of these streams (default: all that are read again) instead of adding to them.",
    }),
    "from-ledger": Flags.boolean({
      description: "Continue from what the database has: take the bookmark from the target's ledger.",
    }),
    follow: Flags.boolean({
      description:
        "Stay, and load changes as they come, until Ctrl-C or SIGTERM: the run then loads what is whole, and ends with 0. For taps that read a log of changes.",
    }),
    keep: Flags.boolean({ description: "Go on although the tap's settings changed since it read some files." }),
    "refresh-catalog": Flags.boolean({ description: "Discover the tap's streams again." }),
    "state-id": Flags.string({ description: "Keep the bookmark under this id.", exclusive: ["state-id-suffix"] }),
    "state-id-suffix": Flags.string({
      description: "Keep the bookmark under a separate id, for a second pipe between the same two plugins.",
    }),
    from: Flags.string({ description: "Read from this day or instant on (the tap's start_date), with a separate bookmark." }),
    to: Flags.string({ description: "Read up to this day or instant (the tap's end_date), with a separate bookmark." }),
    limit: Flags.integer({
      min: 0,
      description:
        "Load at most this many rows of each stream. The next run sends the rows after the last bookmark again, so a table that is appended to may have them twice.",
    }),
    batch: Flags.string({
      options: ["auto", "off"],
      description: "off: taps send records, also where they could hand over files. Default: what the job says.",
    }),
    "dry-run": Flags.boolean({ description: "Show what would be done, and do nothing." }),
    timeout: Flags.string({ description: "Stop after this time, such as 90s, 30m or 2h; the next run continues from there." }),
    tag: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: "KEY=VALUE, kept in the history: tapline runs list --tag KEY=VALUE",
    }),
    request: Flags.string({
      hidden: true,
      description: "Run what this file asks for (- for stdin): a job request, as schedulers write it.",
    }),
    "exit-99": Flags.boolean({ description: "Exit with 99 when there was nothing to do." }),
    json: Flags.boolean({ description: "Print JSON lines on stdout instead of text." }),
    quiet: Flags.boolean({ char: "q", description: "Print only warnings and failures." }),
  };

  async run(): Promise<void> {
    await conclude(
      async () => {
        const [{ readRequest, requestOf }, { runRequest }] = await Promise.all([import("../job-request.ts"), import("../run-request.ts")]);
        const asked = requestIn(this.argv);
        if (asked !== undefined) return runRequest({ ...asked, request: await readRequest(asked.path) });
        const { rest, fullRefresh, replace } = splitStreamFlags(this.argv);
        const { argv, flags } = await this.parse(Run, rest);
        const request = requestOf({ words: argv as string[], fullRefresh, replace, flags });
        return runRequest({ request, dryRun: flags["dry-run"], json: flags.json, quiet: flags.quiet });
      },
      { json: this.argv.includes("--json") },
    );
  }
}
