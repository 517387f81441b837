/** A root on a file system. Files are written in a hidden folder and renamed to their place, so that nobody sees a half one. */
import { closeSync, existsSync, fsyncSync, openSync } from "node:fs";
import { open, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { checkFolder, makeFolder, TaplineError, useFolder } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { manifestName, readManifest } from "../manifest/manifest.ts";
import { dropLocks, withLock } from "./lock.ts";
import { briefly, ManifestMoved, ownFiles, type Store } from "./store.ts";

const withoutRights = new Set(["EACCES", "EPERM", "EROFS"]);

const stagingName = "_tapline_staging";

/** `id`: of the writer, for its hidden folder. Makes nothing before the first change. */
export function localStore(path: string, id: string): Store {
  const root = resolve(path);
  const manifestPath = join(root, manifestName);
  const staging = join(root, stagingName, id);
  let count = 0;

  const readStored = async (): Promise<{ text: string | null; tag: string }> => {
    const text = await readFile(manifestPath, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw errors.folder_unusable(
        { path: error.code === "ENOTDIR" ? root : manifestPath, reason: error.code ?? error.message },
        {},
        error,
      );
    });
    return { text, tag: text === null ? "0" : String(readManifest(text, manifestPath).sequence) };
  };

  const write = async <T>(about: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ManifestMoved || error instanceof TaplineError) throw error;
      const { code = "" } = error as NodeJS.ErrnoException;
      if (about === manifestPath && withoutRights.has(code)) throw errors.folder_unusable({ path: root, reason: code }, {}, error as Error);
      throw errors.write_failed({ path: about, reason: (error as Error).message }, {}, error as Error);
    }
  };

  const listOwn = async (): Promise<string[]> => {
    const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw errors.folder_unusable({ path: root, reason: error.code ?? error.message }, {}, error);
    });
    const names = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));
    return ownFiles(names).filter((name) => !name.startsWith(`${stagingName}/`));
  };

  const remove = async (names: readonly string[]): Promise<void> => {
    const folders = new Set<string>();
    for (const name of names) {
      await rm(join(root, name), { force: true });
      folders.add(dirname(join(root, name)));
    }
    // Of partitions without rows. One that is not empty stays.
    for (const folder of folders) await rmdir(folder).catch(() => {});
  };

  return {
    location: root,
    isLocal: true,
    staging,
    readManifest: readStored,
    replaceManifest: (text, tag) =>
      write(manifestPath, async () => {
        makeOwnFolder(root);
        const next = String(readManifest(text, manifestPath).sequence);
        const done = await withLock(root, tag ?? "0", async () => {
          if ((await readStored()).tag !== (tag ?? "0")) return false;
          const part = join(root, `${manifestName}.part-${id}`);
          await writeDurably(part, text);
          await rename(part, manifestPath);
          syncFolder(root);
          return true;
        });
        if (done === true) {
          await dropLocks(root, next);
          return next;
        }
        await briefly();
        throw new ManifestMoved();
      }),
    newPath: () => join(staging, `${++count}.parquet`),
    publish: (from, name) =>
      write(join(root, name), async () => {
        const to = join(root, name);
        const folder = dirname(to);
        if (!existsSync(folder)) {
          makeFolder(folder);
          for (let parent = dirname(folder); parent.length >= root.length; parent = dirname(parent)) syncFolder(parent);
        }
        await rename(from, to);
        syncFolder(folder);
      }),
    open: async (name) => join(root, name),
    release: async () => {},
    listOwn,
    async clean(listed) {
      await rm(join(root, stagingName), { recursive: true, force: true });
      makeOwnFolder(staging);
      await remove((await listOwn()).filter((name) => !listed.has(name)));
    },
    remove,
    check: () => checkFolder(root, (at, reason, cause) => errors.folder_unusable({ path: at, reason }, {}, cause)),
    async [Symbol.asyncDispose]() {
      // What can't be removed now is at the next start.
      await rm(staging, { recursive: true, force: true }).catch(() => {});
      await rmdir(join(root, stagingName)).catch(() => {});
    },
  };
}

/** @throws folder_unusable */
function makeOwnFolder(path: string): void {
  useFolder(path, (at, reason, cause) => errors.folder_unusable({ path: at, reason }, {}, cause));
}

async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, "w", 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function syncFolder(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
