/**
 * Runs the recipe of a Dockerfile where Docker itself can't run: each stage in a Debian root that debootstrap makes, by chroot. It shows that the
 * commands work in a fresh system; it does not show how Docker caches or packs an image.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stage } from "./dockerfile.ts";

/** A built root, and how its program starts. */
export interface BuiltRoot {
  folder: string;
  env: Record<string, string>;
  workdir: string;
  user: string;
  entrypoint: string[];
  cmd: string[];
}

/**
 * What the image `node:24-slim` holds: Debian bookworm, Node.js with npm, and the user node.
 * @param nodeProgram the executable of the Node.js
 */
export function nodeImage(folder: string, nodeProgram: string): void {
  run("debootstrap", "--variant=minbase", "bookworm", folder, debianMirror());
  const npm = execFileSync("npm", ["root", "--global"], { encoding: "utf8" }).trim();
  const modules = join(folder, "usr/local/lib/node_modules");
  mkdirSync(modules, { recursive: true });
  cpSync(join(npm, "npm"), join(modules, "npm"), { recursive: true });
  copyFileSync(nodeProgram, join(folder, "usr/local/bin/node"));
  for (const name of ["npm", "npx"]) symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(folder, "usr/local/bin", name));
  run("chroot", folder, "useradd", "--uid", "1000", "--create-home", "node");
  // How this machine reaches its package index.
  for (const file of ["/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt"]) {
    if (!existsSync(file)) continue;
    mkdirSync(join(folder, file, ".."), { recursive: true });
    copyFileSync(file, join(folder, file));
  }
  const registry = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim();
  writeFileSync(join(folder, "usr/local/etc/npmrc"), `registry=${registry}\ncafile=/etc/ssl/certs/ca-certificates.crt\n`);
}

/**
 * Builds all stages and returns the last one.
 * @param base the root of the image that every stage starts from
 * @param context the folder that COPY copies from
 */
export function buildRoot(stages: readonly Stage[], base: string, context: string, folder: string): BuiltRoot {
  const built = new Map<string, BuiltRoot>();
  let last: BuiltRoot | undefined;
  for (const [index, { name, steps }] of stages.entries()) {
    const state: BuiltRoot = {
      folder: join(folder, `stage-${index}`),
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root" },
      workdir: "/",
      user: "root",
      entrypoint: [],
      cmd: [],
    };
    run("cp", "--archive", base, state.folder);
    for (const step of steps) {
      if (step.kind === "env") state.env[step.name] = step.value.replaceAll(/\$(\w+)/g, (_, variable: string) => state.env[variable] ?? "");
      else if (step.kind === "user") state.user = step.name;
      else if (step.kind === "workdir") {
        state.workdir = step.path;
        mkdirSync(join(state.folder, step.path), { recursive: true });
      } else if (step.kind === "copy") {
        const from = step.from === undefined ? context : (built.get(step.from)?.folder ?? "");
        const destination = join(state.folder, step.destination.startsWith("/") ? "" : state.workdir, step.destination);
        mkdirSync(destination, { recursive: true });
        // As Docker does it: of a folder, its content.
        for (const source of step.sources) run("cp", "--archive", `${join(from, source)}/.`, destination);
      } else if (step.kind === "run") {
        const { status, output } = runIn(state, ["sh", "-c", step.command]);
        if (status !== 0) throw new Error(`RUN ${step.command} ended with ${status}:\n${output}`);
      } else state[step.kind] = step.words;
    }
    if (name !== undefined) built.set(name, state);
    last = state;
  }
  if (last === undefined) throw new Error("the Dockerfile has no stage");
  return last;
}

/** Runs a command in the root as its user, with /proc as a container has it. */
export function runIn({ folder, env, workdir, user }: BuiltRoot, command: readonly string[]): { status: number | null; output: string } {
  const inside = `cd ${quote(workdir)} && exec ${command.map(quote).join(" ")} 2>&1`;
  const script = `mount -t proc proc ${quote(join(folder, "proc"))} && exec chroot --userspec=${quote(`${user}:`)} ${quote(folder)} sh -c ${quote(inside)}`;
  const { status, stdout, stderr } = spawnSync("unshare", ["--mount", "--fork", "sh", "-c", script], {
    env: { ...env, HOME: user === "root" ? "/root" : `/home/${user}` },
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
  });
  return { status, output: `${stdout}${stderr}` };
}

/** Where this machine's apt gets Debian from. */
function debianMirror(): string {
  const targets = execFileSync("apt-get", ["indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Identifier: Packages"], {
    encoding: "utf8",
  });
  const found = targets
    .split("\n")
    .map((line) => line.split(" "))
    .find(([url, codename]) => codename === "bookworm" && url !== undefined && /\/debian\/?$/.test(url));
  if (found?.[0] === undefined) throw new Error("apt on this machine has no archive of Debian bookworm: run apt-get update on a Debian 12");
  return found[0];
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"], maxBuffer: 64 * 2 ** 20 });
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
