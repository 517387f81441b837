/** The files of the page, as the package has them: read once, and found by the path of a request. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

export interface PageFile {
  bytes: Uint8Array<ArrayBuffer>;
  type: string;
}

export interface PageFiles {
  /** In a clone that was not built, there is no page. */
  isBuilt: boolean;
  /** A path without a dot in its last part is a view of the page. undefined: there is no such file. */
  find(path: string): PageFile | undefined;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".map": "application/json",
};

export function readPage(folder: string): PageFiles {
  const files = new Map<string, PageFile>();
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const type = types[extname(name)];
    if (type !== undefined) files.set(`/${name}`, { bytes: new Uint8Array(readFileSync(join(folder, name))), type });
  }
  return { isBuilt: files.size > 0, find: (path) => files.get(/\.[^/]*$/.test(path) ? path : "/index.html") };
}
