/** Starts the emulator of Snowflake for tests, on a free port of this machine. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "@tapline/testing/postgres";
import { pythonProgram } from "@tapline/testing/python";

export interface Emulator extends AsyncDisposable {
  port: number;
  /** Settings of the target that lead here. */
  config(database?: string): Record<string, unknown>;
}

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const script = fileURLToPath(new URL("emulator.py", import.meta.url));
const requirements = ["fakesnow[server]==0.12.1", "duckdb==2.0.1", "snowflake-connector-python<5"];

/** The first time it installs fakesnow: 30 seconds, 400 MB. */
export async function startEmulator(): Promise<Emulator> {
  const python = pythonProgram(join(root, ".cache/venv/fakesnow"), requirements, "python");
  const port = await freePort();
  const child = spawn(python, [script, String(port)], { stdio: ["ignore", "ignore", "pipe"] });
  let told = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    told = (told + chunk).slice(-2000);
  });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  await answers(port, child, () => told);
  return {
    port,
    config: (database = "KIT") => ({
      account: "emulator",
      user: "loader",
      password: "emulated",
      database,
      access_url: `http://127.0.0.1:${port}`,
    }),
    async [Symbol.asyncDispose]() {
      process.off("exit", kill);
      if (child.exitCode === null) {
        kill();
        await once(child, "exit");
      }
    },
  };
}

async function answers(port: number, child: ChildProcess, told: () => string): Promise<void> {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(100)) {
    if (child.exitCode !== null) throw new Error(`the emulator ended: ${told()}`);
    const answer = await fetch(`http://127.0.0.1:${port}/telemetry/send`, { method: "POST" }).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error(`the emulator does not answer: ${told()}`);
}
