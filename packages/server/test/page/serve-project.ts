/** The real `tapline serve` in a project, on a port of its own. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { taplineBin } from "./page-project.ts";

export interface ServedProject extends AsyncDisposable {
  url: string;
}

export async function serveProject(folder: string, ...args: string[]): Promise<ServedProject> {
  const child = spawn(process.execPath, [taplineBin, "serve", "--port", "0", "--json", ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const event = JSON.parse(line) as { type: string; url?: string };
      if (event.type === "listening" && event.url !== undefined) resolve(event.url);
    });
    child.once("close", () => reject(new Error(`tapline serve ended: ${said}`)));
  });
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
