/** `tapline serve`: runs the schedules and sensors of tapline.yml until it is stopped. */
import { Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../outcome.ts";

export default class Serve extends Command {
  static override description = `Runs the schedules and sensors of tapline.yml until it is stopped.

Each run is a process of its own. Ctrl-C and SIGTERM stop them cleanly, and the next server goes on with them; with --leave-runs they go on by themselves. A server that is killed harms no run: the next one starts what is due and was not started.

It answers http://127.0.0.1:PORT/healthz and /metrics (for Prometheus), on this machine only.`;
  static override examples = [
    "<%= config.bin %> serve",
    "<%= config.bin %> serve --port 4041 --json",
    "<%= config.bin %> serve --leave-runs",
  ];
  static override flags = {
    port: Flags.integer({ min: 0, max: 65535, default: 4040, description: "The port of /healthz and /metrics; 0: any that is free." }),
    "leave-runs": Flags.boolean({ description: "At the end leave the runs at work alone, as before an upgrade." }),
    json: Flags.boolean({ description: "Print JSON lines instead of text." }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Serve);
    await conclude(
      async () => {
        const [{ serveProject }] = await Promise.all([import("../serve-project.ts")]);
        await serveProject({ port: flags.port, leaveRuns: flags["leave-runs"], json: flags.json });
        return exitCodes.done;
      },
      { json: flags.json },
    );
  }
}
