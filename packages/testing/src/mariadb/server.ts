/**
 * A real MariaDB server for tests, with a row log and full metadata, on this machine alone; its data is in a temporary folder that is
 * deleted when it stops.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../postgres/server.ts";
import { findMariadb, type MariadbBinaries } from "./binaries.ts";

export interface MariadbAddress {
  host: string;
  port: number;
  /** Has all rights. */
  user: string;
  password: string;
}

export interface MariadbServer extends AsyncDisposable {
  readonly address: MariadbAddress;
  readonly pid: number;
  readonly binaries: MariadbBinaries;
  /** Ends it with a signal (SIGKILL: as in a crash) and starts it again. `settings`: those that differ from then on. */
  restart(signal: NodeJS.Signals, settings?: Record<string, string>): Promise<void>;
  stop(): Promise<void>;
}

export interface MariadbOptions {
  /** As on the server's command line. */
  settings?: Record<string, string>;
}

const run = promisify(execFile);

const usual: Readonly<Record<string, string>> = {
  "server-id": "1",
  "binlog-format": "ROW",
  "binlog-row-image": "FULL",
  "binlog-row-metadata": "FULL",
  "character-set-server": "utf8mb4",
  "innodb-buffer-pool-size": "64M",
  "innodb-log-file-size": "16M",
  // Commits survive the end of the process, though not of the machine.
  "innodb-flush-log-at-trx-commit": "2",
  "sync-binlog": "0",
  "max-connections": "200",
};

/** Takes about four seconds, so share one over a test run. @throws NoMariadb */
export async function startMariadb({ settings = {} }: MariadbOptions = {}): Promise<MariadbServer> {
  const binaries = await findMariadb();
  const folder = await mkdtemp(join(tmpdir(), "tapline-mariadb-"));
  const removeAtExit = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", removeAtExit);
  const data = join(folder, "data");
  const owner = process.getuid?.() === 0 ? ["--user=root"] : [];
  await run(
    binaries.install,
    [
      "--no-defaults",
      `--basedir=${binaries.base}`,
      ...owner,
      `--datadir=${data}`,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
      "--innodb-log-file-size=16M",
    ],
    { env: binaries.env, cwd: folder },
  );
  const address: MariadbAddress = { host: "127.0.0.1", port: await freePort(), user: "admin", password: "test-password" };
  const initFile = join(folder, "init.sql");
  // Run at each start, by a server that does not log it.
  await writeFile(
    initFile,
    `SET sql_log_bin = 0;
CREATE USER IF NOT EXISTS ${address.user}@'127.0.0.1' IDENTIFIED BY '${address.password}';
GRANT ALL ON *.* TO ${address.user}@'127.0.0.1' WITH GRANT OPTION;
`,
  );
  let all: Record<string, string> = { ...usual, ...settings };
  const start = (): ChildProcess => {
    const flags = Object.entries(all).map(([name, value]) => `--${name}=${value}`);
    const places = [`--datadir=${data}`, `--socket=${join(folder, "s.sock")}`, `--pid-file=${join(folder, "pid")}`];
    return spawn(
      binaries.server,
      [
        "--no-defaults",
        `--basedir=${binaries.base}`,
        `--lc-messages-dir=${join(binaries.base, "share/mysql")}`,
        ...owner,
        ...places,
        `--port=${address.port}`,
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        `--log-bin=${join(data, "binlog")}`,
        `--init-file=${initFile}`,
        ...flags,
      ],
      { env: binaries.env, cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
    );
  };
  let child = start();
  const endAtExit = () => {
    child.kill("SIGKILL");
    removeAtExit();
  };
  process.once("exit", endAtExit);
  process.off("exit", removeAtExit);
  await ready(child);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  };
  const server: MariadbServer = {
    address,
    binaries,
    get pid() {
      return child.pid as number;
    },
    async restart(signal, changed = {}) {
      await end(signal);
      all = { ...all, ...changed };
      child = start();
      await ready(child);
    },
    async stop() {
      await end("SIGKILL");
      process.off("exit", endAtExit);
      await rm(folder, { recursive: true, force: true });
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
  return server;
}

/** Waits until the server accepts connections. @throws the server's output when it ended instead */
async function ready(child: ChildProcess): Promise<void> {
  let output = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on("data", (data) => {
      output = `${output}${data}`.slice(-10_000);
      if (/ready for connections/.test(output)) resolve();
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`mariadbd ended with ${code}: ${output}`)));
  });
}
