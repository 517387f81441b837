/** `tapline serve`: shows the page of a project, and runs the schedules and sensors of tapline.yml, until it is stopped. */
import { Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../outcome.ts";

export default class Serve extends Command {
  static override description = `Shows the project on a page, and runs the schedules and sensors of tapline.yml, until it is stopped.

Each run is a process of its own. Ctrl-C and SIGTERM stop them cleanly, and the next server goes on with them; with --leave-runs they go on by themselves. A server that is killed harms no run: the next one starts what is due and was not started.

The page is at http://127.0.0.1:4040, for this machine only: pipelines, runs, logs, states, files, and why something does not run. To let others in, add tokens (server.tokens in tapline.yml) and give --host. /healthz and /metrics (for Prometheus) are there too.`;
  static override examples = [
    "<%= config.bin %> serve",
    "<%= config.bin %> serve --port 4041 --json",
    "<%= config.bin %> serve --leave-runs",
    "<%= config.bin %> serve --host 0.0.0.0 --read-only",
  ];
  static override flags = {
    host: Flags.string({
      default: "127.0.0.1",
      description: "The address to listen on. One that others reach needs server.tokens in tapline.yml.",
    }),
    port: Flags.integer({ min: 0, max: 65535, default: 4040, description: "The port; 0: any that is free." }),
    "read-only": Flags.boolean({ description: "Nobody can start, stop or change anything by the page." }),
    "leave-runs": Flags.boolean({ description: "At the end leave the runs at work alone, as before an upgrade." }),
    json: Flags.boolean({ description: "Print JSON lines instead of text." }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Serve);
    await conclude(
      async () => {
        const { serveProject } = await import("../serve-project.ts");
        const { host, port, json } = flags;
        await serveProject({ host, port, json, readOnly: flags["read-only"], leaveRuns: flags["leave-runs"] });
        return exitCodes.done;
      },
      { json: flags.json },
    );
  }
}
