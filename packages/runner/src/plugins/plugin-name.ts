/** Checks names of plugins, npm packages and Python requirements before any program gets them. Pure. */
import { errors } from "../errors.ts";

export function isPluginName(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]*$/i.test(name) && name.length <= 128;
}

export interface NpmSpec {
  package: string;
  /** A version, a range or a tag; undefined: the newest. */
  version: string | undefined;
}

/** `name`, `@scope/name`, either with `@version`. @throws source_invalid */
export function readNpmSpec(text: string): NpmSpec {
  const match = /^((?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*)(?:@([a-z0-9^~=<>*][a-z0-9.^~=<>*+-]*))?$/i.exec(text);
  if (match?.[1] === undefined || text.length > 256) throw errors.source_invalid({ text: shown(text), what: "an npm package" });
  return { package: match[1], version: match[2] };
}

export interface Requirement {
  kind: "package" | "url" | "path";
  text: string;
  /** The name of the package; undefined for URLs and paths. */
  name: string | undefined;
}

const pythonName = "[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?";
const extras = "(?:\\[[A-Za-z0-9._,-]+\\])?";
const versions = "(?:(?:===|==|~=|!=|<=|>=|<|>)[A-Za-z0-9.*+!_-]+(?:,(?:===|==|~=|!=|<=|>=|<|>)[A-Za-z0-9.*+!_-]+)*)?";
const packageForm = new RegExp(`^(${pythonName})${extras}${versions}$`);
// No user or password: every user of the machine could see them in the list of processes.
const urlForm =
  /^(?:git\+)?(?:(?:https|ssh):\/\/(?:git@)?[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?|file:\/\/)\/[A-Za-z0-9._~/:%+@-]+(?:#(?:egg|subdirectory|sha256)=[A-Za-z0-9._/=&-]+)?$/;
const pathForm = /^(?:\.{1,2}\/|\/).+$|^\.{1,2}$/;

/** Requirements separated by spaces, as in pip_url of the hub. @throws source_invalid */
export function readRequirements(text: string): Requirement[] {
  const words = text.trim().split(/\s+/);
  return words.map((word) => {
    const name = packageForm.exec(word)?.[1];
    if (name !== undefined) return { kind: "package", text: word, name };
    if (urlForm.test(word)) return { kind: "url", text: word, name: undefined };
    if (pathForm.test(word) && !word.includes("\0")) return { kind: "path", text: word, name: undefined };
    throw errors.source_invalid({ text: shown(word), what: "a Python requirement" });
  });
}

/** The names `a_b`, `A-B` and `a.b` are one package (PEP 503). */
export function samePythonName(a: string, b: string): boolean {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, "-");
  return plain(a) === plain(b);
}

function shown(text: string): string {
  return (text.length > 60 ? `${text.slice(0, 60)}…` : text).replaceAll(/:\/\/[^\s/@]*@/g, "://***@");
}
