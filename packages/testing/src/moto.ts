/** An S3 service for tests: moto, a program from PyPI that keeps objects in memory. It has conditional writes as AWS has. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./postgres/server.ts";
import { pythonProgram } from "./python.ts";

export interface Moto extends AsyncDisposable {
  endpoint: string;
}

/**
 * Starts it from the virtual environment at `folder`, which is created where it is missing. `openCalls`: after so many calls, it refuses
 * the keys that it does not know, which are all. Default: it takes any.
 * @throws Error where python3 or pip fails, or the service does not answer
 */
export async function startMoto(folder: string, openCalls?: number): Promise<Moto> {
  const program = pythonProgram(folder, ["moto[server]==5.2.5"], "moto_server");
  const port = await freePort();
  const rules = openCalls === undefined ? {} : { INITIAL_NO_AUTH_ACTION_COUNT: String(openCalls) };
  const server = spawn(program, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore", env: { ...process.env, ...rules } });
  const closed = once(server, "close");
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await answers(endpoint)); tries++) {
    if (server.exitCode !== null || tries > 600) throw new Error("moto_server does not answer");
    await pause(100);
  }
  return {
    endpoint,
    async [Symbol.asyncDispose]() {
      server.kill();
      await closed;
    },
  };
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/moto-api/`).then(
    () => true,
    () => false,
  );
}
