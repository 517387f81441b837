/** The version in a Python requirement: whether it is fixed, and how to change it. Pure. */
import { errors } from "../errors.ts";
import type { Requirement } from "../plugins/plugin-name.ts";

/** It allows only one version. */
export function isPinned({ kind, text }: Requirement): boolean {
  return kind === "package" && /===?[^*]+$/.test(text);
}

/** The same package and extras, in exactly this version. @throws source_invalid */
export function withVersion({ text }: Requirement, version: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9.!+_-]*$/.test(version)) throw errors.source_invalid({ text: version.slice(0, 60), what: "a version" });
  return `${/^[^=~!<>]+/.exec(text)?.[0]}==${version}`;
}
