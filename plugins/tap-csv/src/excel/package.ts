/**
 * The zip archive that a workbook is: its parts by name, and how they refer to each other. Source: ECMA-376 part 2 (Open Packaging
 * Conventions). A reference can only name another part of the archive, never a file on disk.
 */
import { type FileHandle, open } from "node:fs/promises";
import { posix } from "node:path";
import { fileError, type Position } from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { ByteReader } from "../source/bytes.ts";
import { listMembers, openMember, type ZipMember } from "../source/zip.ts";
import { type Broken, readXml, type XmlHandlers } from "./xml.ts";

export interface Package {
  readonly path: string;
  /** By lower-case name, because names of parts are compared without case. */
  readonly parts: ReadonlyMap<string, ZipMember>;
  readonly position: Position;
}

/** A reference from one part to another. */
export interface Relationship {
  readonly id: string;
  /** The last part of its URI, for example `worksheet`; the URIs of strict and transitional workbooks differ before it. */
  readonly type: string;
  /** The name of the part. */
  readonly target: string;
  readonly isExternal: boolean;
}

/** @throws file_missing, file_forbidden, file_unreadable, archive_broken */
export async function openPackage(path: string, position: Position): Promise<Package> {
  const handle = await open(path, "r").catch((error: unknown) => {
    throw fileError(path, position, error);
  });
  try {
    return await packageOf(handle, path, position);
  } finally {
    await handle.close();
  }
}

/** @throws archive_broken */
export async function packageOf(handle: FileHandle, path: string, position: Position): Promise<Package> {
  const members = await listMembers(handle, path, position);
  return { path, position, parts: new Map(members.map((member) => [partName(member.name), member])) };
}

export const hasPart = ({ parts }: Package, name: string): boolean => parts.has(partName(name));

/** Some writers put backslashes into the names of members. */
const partName = (name: string): string => name.replaceAll("\\", "/").replace(/^\/+/, "").toLowerCase();

export function brokenPart({ path, position }: Package, part: string): Broken {
  return (reason, cause) => errors.workbook_broken({ path, part, reason }, position, cause);
}

/** A sheet with the same row a million times grows 13 times; deflate can reach 1,000. */
const mostGrowth = 200;
/** Parsing takes long for a piece; small ones are garbage soon, and collected early. */
const pieceBytes = 16 * 1024;
/** Below this the growth of a part does not matter. */
const harmlessBytes = 64 * 1024 * 1024;

/** @throws workbook_broken, archive_unreadable, archive_broken */
export async function openPart(pack: Package, name: string): Promise<ByteReader> {
  const member = pack.parts.get(partName(name));
  const broken = brokenPart(pack, name);
  if (member === undefined) throw broken("it is missing");
  if (member.bytes > harmlessBytes && member.bytes > mostGrowth * member.packedBytes) {
    throw broken(`it would grow from ${member.packedBytes} to ${member.bytes} bytes, as a zip bomb does`);
  }
  return (await openMember(pack.path, member.name, pack.position, pieceBytes)).reader;
}

/** @throws workbook_broken, archive_unreadable, archive_broken */
export async function readPart(pack: Package, name: string, handlers: XmlHandlers): Promise<void> {
  await readXml(await openPart(pack, name), handlers, brokenPart(pack, name));
}

/** The references of a part; of the package itself with the part "". Empty when it has none. @throws workbook_broken, archive_broken */
export async function relationshipsOf(pack: Package, part: string): Promise<Relationship[]> {
  const folder = posix.dirname(`/${part}`);
  const name = posix.join(folder, "_rels", `${posix.basename(part)}.rels`).slice(1);
  const found: Relationship[] = [];
  if (!hasPart(pack, name)) return found;
  await readPart(pack, name, {
    open(element, { Id: id = "", Type: type = "", Target: target = "", TargetMode: mode }) {
      if (element !== "Relationship") return;
      const isExternal = mode === "External";
      found.push({ id, type: type.slice(type.lastIndexOf("/") + 1), target: posix.resolve(folder, target).slice(1), isExternal });
    },
  });
  return found;
}
