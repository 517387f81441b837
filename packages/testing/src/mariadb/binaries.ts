/**
 * The programs of a MariaDB server for tests: those that are installed, else the packages of apt, unpacked in a cache folder of the user. apt
 * checks its own signatures, and nothing is installed. Works for any user on Debian and Ubuntu.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

export interface MariadbBinaries {
  /** Holds `bin`, `sbin` and `share`. */
  base: string;
  /** The server. */
  server: string;
  /** Makes its folder of data. */
  install: string;
  /** The client, for measurements; undefined where it is not there. */
  client: string | undefined;
  /** For these programs. */
  env: NodeJS.ProcessEnv;
}

/** Why there is no MariaDB here. The message says how to get it. */
export class NoMariadb extends Error {}

const run = promisify(execFile);
const packages = ["mariadb-server-core", "mariadb-client-core", "mariadb-client"];
const remedy = "install it (apt-get install mariadb-server-core mariadb-client, or your system's package), so that mariadbd is on the PATH";

/** @throws NoMariadb */
export async function findMariadb(): Promise<MariadbBinaries> {
  return installed() ?? unpacked(cacheFolder()) ?? (await fetchPackages(cacheFolder()));
}

function installed(): MariadbBinaries | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  const find = (name: string): string | undefined =>
    folders.map((folder) => join(folder, name)).find((path) => folders.includes(path.slice(0, -name.length - 1)) && existsSync(path));
  const [server, install] = [find("mariadbd"), find("mariadb-install-db")];
  if (server === undefined || install === undefined) return undefined;
  return { base: join(server, "../.."), server, install, client: find("mariadb"), env: process.env };
}

/** One for each kind of machine: a home folder may be shared. */
function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tapline", `mariadb-${process.platform}-${process.arch}`);
}

function unpacked(folder: string): MariadbBinaries | undefined {
  const base = join(folder, "root/usr");
  const server = join(base, "sbin/mariadbd");
  if (!existsSync(server)) return undefined;
  const triplet = process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  const libraries = [join(base, "lib", triplet), join(folder, "root/lib", triplet), process.env.LD_LIBRARY_PATH ?? ""];
  const env = { ...process.env, LD_LIBRARY_PATH: libraries.filter((path) => path !== "").join(delimiter) };
  return { base, server, install: join(base, "bin/mariadb-install-db"), client: join(base, "bin/mariadb"), env };
}

async function fetchPackages(folder: string): Promise<MariadbBinaries> {
  if (process.platform !== "linux" || !existsSync("/usr/bin/apt-get"))
    throw new NoMariadb(`there is no mariadbd on the PATH, and no apt-get to fetch it with: ${remedy}`);
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, "fetch-"));
  try {
    const apt = await aptWithLists(work);
    const { stdout } = await apt(["--print-uris", "-y", "-qq", "--no-install-recommends", "install", ...packages]);
    const names = [...stdout.matchAll(/^'[^']+' (\S+?)_/gm)].map(([, name]) => name as string);
    await apt(["-qq", "download", ...names]);
    for (const file of (await readdir(work)).filter((name) => name.endsWith(".deb")))
      await run("dpkg", ["-x", join(work, file), join(work, "root")]);
    // Another run may have been first: then its programs are taken.
    await rename(join(work, "root"), join(folder, "root")).catch(() => {});
  } catch (error) {
    const { stderr = "", message } = error as { stderr?: string; message: string };
    const reason = (stderr.trim() || message).split("\n")[0];
    throw new NoMariadb(`there is no mariadbd on the PATH, and apt-get could not fetch it (${reason}): ${remedy}`, { cause: error });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const found = unpacked(folder);
  if (found === undefined) throw new NoMariadb(`the packages of apt hold no mariadbd: ${remedy}`);
  return found;
}

/** apt-get that writes to the folder alone. Where the system has no lists of packages, as in a fresh container, it fetches them. */
async function aptWithLists(work: string): Promise<(args: readonly string[]) => Promise<{ stdout: string }>> {
  const apt =
    (options: readonly string[]) =>
    (args: readonly string[]): Promise<{ stdout: string }> =>
      run("apt-get", ["-o", "APT::Sandbox::User=root", "-o", "Debug::NoLocking=1", ...options, ...args], {
        cwd: work,
        maxBuffer: 64 * 1024 * 1024,
      });
  const own = apt([]);
  const knows = await own(["--print-uris", "-qq", "download", ...packages]).then(
    () => true,
    () => false,
  );
  if (knows) return own;
  const lists = join(work, "lists");
  await mkdir(join(lists, "partial"), { recursive: true });
  await mkdir(join(work, "cache/archives/partial"), { recursive: true });
  await writeFile(join(work, "extended_states"), "");
  const withLists = apt(["-o", `Dir::State::lists=${lists}`, "-o", `Dir::Cache=${join(work, "cache")}`]);
  await withLists(["-qq", "update"]);
  return withLists;
}
