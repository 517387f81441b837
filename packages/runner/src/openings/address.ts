/** Reads what a person names as source or target: a file, a folder or a URL. */

import { readdirSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Opening } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { escapeDollars } from "../project/variables.ts";

export type Address =
  | { kind: "file"; text: string; path: string }
  /** `files` are those directly in it, hidden ones left out. */
  | { kind: "folder"; text: string; path: string; files: readonly string[] }
  | { kind: "url"; text: string; scheme: string };

/** A source must exist; the file of a target may be missing. Paths are relative to `folder`. @throws address_not_found, address_unclear */
export function readAddress(text: string, folder: string, { mustExist }: { mustExist: boolean }): Address {
  const path = resolve(folder, text);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) checkOneAddress(text);
  // Letters of drives are not schemes, and a file may have a colon in its name.
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(text)?.[1];
  if (found === undefined && scheme !== undefined) return { kind: "url", text, scheme: scheme.toLowerCase() };
  if (found === undefined && mustExist) throw errors.address_not_found({ address: text });
  if (found?.isDirectory() !== true) return { kind: "file", text, path };
  const files = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile() && !/^[.~]/.test(entry.name));
  return { kind: "folder", text, path, files: files.map(({ name }) => resolve(path, name)).sort() };
}

/** A URL within a path is a slip of the hand. The path would be a file whose name has the URL's password. */
function checkOneAddress(text: string): void {
  const start = /^(?![a-z][a-z0-9+.-]*:\/\/).*?:\/\//is.exec(text)?.[0];
  if (start !== undefined) throw errors.address_unclear({ start });
}

/** A URL with a password that is written out, up to the last @: a password may contain one. */
const withPassword = /^([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)(?!\$)([^\s]+)(@[^@]*)$/i;

/** Passwords in URLs are replaced. */
export function shownAddress({ text }: Pick<Address, "text">): string {
  return text.replace(withPassword, "$1***$3");
}

/** Whether it has a password that is written out, so that other users of the machine can read it in the list of processes. */
export function hasPlainPassword({ text }: Pick<Address, "text">): boolean {
  return withPassword.test(text);
}

/** A URL without its password, which is in a variable instead; undefined: it has none that is written out. */
export function splitPassword(text: string, variable: string): { address: string; password: string } | undefined {
  const [, start, password, rest] = withPassword.exec(text) ?? [];
  return start === undefined || password === undefined || rest === undefined
    ? undefined
    : { address: `${start}$${variable}${rest}`, password };
}

export function opensAddress({ schemes = [], extensions = [] }: Opening, address: Address): boolean {
  if (address.kind === "url") return schemes.includes(address.scheme);
  const isOpened = (path: string): boolean => extensions.some((end) => path.toLowerCase().endsWith(end));
  return address.kind === "file" ? isOpened(address.path) : address.files.some(isOpened);
}

/** The files that it stands for. */
export function filesOf({ extensions = [] }: Opening, address: Address): string[] {
  if (address.kind === "url") return [];
  const files = address.kind === "file" ? [address.path] : address.files;
  return files.filter((path) => extensions.some((end) => path.toLowerCase().endsWith(end)));
}

/** The value of the setting for a URL or the file of a target. A path after a scheme is relative to `folder`. */
export function settingOf({ without_scheme: withoutScheme = false }: Opening, address: Address, folder: string): string {
  if (address.kind !== "url") return address.path;
  if (!withoutScheme) return address.text;
  const rest = address.text.slice(address.scheme.length + 1);
  return /^(\/\/|~|:|$)/.test(rest) ? rest : resolve(folder, rest);
}

/** The same value as it is written in a tapline.yml in `folder`. Variables of a URL stay variables. */
export function writtenSetting({ without_scheme: withoutScheme = false }: Opening, address: Address, folder: string): string {
  if (address.kind !== "url") return writtenPath(address.path, folder);
  const text = withoutScheme ? address.text.slice(address.scheme.length + 1) : address.text;
  return address.text.startsWith(`${address.scheme}://`) ? text : escapeDollars(text);
}

/** A path relative to the project, so that it can be moved. */
export function writtenPath(path: string, folder: string): string {
  return escapeDollars(relative(folder, path) || ".");
}
