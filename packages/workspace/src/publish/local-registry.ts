/** An npm registry on this machine, for publishing without an account: verdaccio, which passes on packages that are not ours from npm's registry. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort } from "@tapline/testing/postgres";
import { root } from "../repository.ts";

export interface LocalRegistry {
  url: string;
  stop(): Promise<void>;
}

/** @param folder an empty one for its program and its packages */
export async function startRegistry(folder: string): Promise<LocalRegistry> {
  for (const file of ["package.json", "package-lock.json"]) cpSync(join(root, "packages/workspace/verdaccio", file), join(folder, file));
  execFileSync("npm", ["ci", "--ignore-scripts", "--silent"], { cwd: folder, stdio: "ignore" });
  const upstream = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim();
  const address = `127.0.0.1:${await freePort()}`;
  const ours = { access: "$all", publish: "$all" };
  const config = {
    storage: join(folder, "storage"),
    uplinks: { npm: { url: upstream, timeout: "120s" } },
    // A plugin that a suite makes and publishes has a name with this start.
    packages: { "tap-tutorial*": ours, "@tapline/*": ours, tapline: ours, "create-tapline": ours, "**": { access: "$all", proxy: "npm" } },
    listen: address,
    max_body_size: "50mb",
    log: { type: "stdout", level: "error" },
  };
  // JSON is YAML too.
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(config));
  const program = join(folder, "node_modules/verdaccio/bin/verdaccio");
  const server = spawn(process.execPath, [program, "--config", join(folder, "config.yaml")], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(server, "close");
  const url = `http://${address}/`;
  for (let attempt = 0; !(await answers(`${url}-/ping`)); attempt++) {
    if (attempt > 600 || server.exitCode !== null) throw new Error("verdaccio does not start");
    await setTimeout(100);
  }
  return {
    url,
    async stop() {
      server.kill();
      await ended;
    },
  };
}

/** A registry without packages: it answers at once that there is no such package. */
export async function startEmptyRegistry(): Promise<LocalRegistry & { asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    asked.push(url);
    response.writeHead(404, { "content-type": "application/json" }).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    asked,
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** The lines of an npmrc that uses the registry for everything. Publishing needs a token, and any one will do. */
export const npmrcOf = ({ url }: LocalRegistry): string => `registry=${url}\n${url.slice("http:".length)}:_authToken=any\n`;
