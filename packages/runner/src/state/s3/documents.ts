/**
 * JSON objects of a bucket that are decided on. Each is replaced only where it still has the tag with which it was read, so that no other
 * process decided in between; otherwise it is read and decided again. A decision on several objects is two steps: each gets the content
 * that is planned for it, and one small object, the verdict, then says that all of it counts. A process that meets a planned content reads
 * the verdict, and where there is none yet, decides that nothing of it counts. So a process may be killed at any moment.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { S3Bucket } from "@tapline/s3/bucket";

/** The calls of a bucket that are needed. */
export type Objects = Pick<S3Bucket, "read" | "replace" | "remove">;

export interface Found<T> {
  /** undefined: there is no such object. */
  value: T | undefined;
  tag: string | null;
}

interface Stored<T> {
  value?: T | undefined;
  planned?: { verdict: string; value: T };
}

export interface Changed<T, A> {
  answer: A;
  /** New values in the order of the names; undefined: it stays as it is. */
  values: readonly (T | undefined)[];
}

const counts = "counts";
const fails = "does not count";

/** The value of an object, once no decision on it is open. */
export async function readDocument<T>(objects: Objects, name: string): Promise<Found<T>> {
  for (;;) {
    const found = await objects.read(name);
    if (found === null) return { value: undefined, tag: null };
    const { value, planned } = JSON.parse(found.text) as Stored<T>;
    if (planned === undefined) return { value, tag: found.tag };
    const verdict = await verdictOf(objects, planned.verdict);
    const settled = verdict === counts ? planned.value : value;
    const tag = await put(objects, name, { value: settled }, found.tag);
    if (tag !== undefined) return { value: settled, tag };
  }
}

/** Reads, decides and writes. The rule may be called again, also after its own write where the answer was lost. */
export async function changeDocuments<T, A>(
  objects: Objects,
  names: readonly string[],
  rule: (values: readonly (T | undefined)[]) => Changed<T, A> | Promise<Changed<T, A>>,
): Promise<A> {
  for (let tries = 0; ; tries++) {
    const found = await Promise.all(names.map((name) => readDocument<T>(objects, name)));
    const { answer, values } = await rule(found.map(({ value }) => value));
    const writes = names.flatMap((name, index) => {
      const [value, before] = [values[index], found[index] as Found<T>];
      return value === undefined ? [] : [{ name, value, before }];
    });
    if (await write(objects, writes)) return answer;
    await pause(Math.random() * Math.min(1000, 20 * 2 ** tries));
  }
}

interface Write<T> {
  name: string;
  value: T;
  before: Found<T>;
}

/** false: another process was faster, and nothing is changed. */
async function write<T>(objects: Objects, writes: readonly Write<T>[]): Promise<boolean> {
  const [first, ...others] = writes;
  if (first === undefined) return true;
  if (others.length === 0) return (await put(objects, first.name, { value: first.value }, first.before.tag)) !== undefined;
  const verdict = `verdicts/${randomUUID()}`;
  const planned: { name: string; value: T; tag: string }[] = [];
  // In one order, so that two decisions on the same objects meet at the first one.
  for (const { name, value, before } of writes.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const tag = await put(objects, name, { value: before.value, planned: { verdict, value } }, before.tag);
    if (tag === undefined) break;
    planned.push({ name, value, tag });
  }
  const isWhole = planned.length === writes.length;
  if (isWhole) await objects.replace(verdict, counts, null);
  const isDone = (await verdictOf(objects, verdict)) === counts;
  const before = new Map(writes.map((each) => [each.name, each.before.value]));
  // A process that met one of them meanwhile has done this for it.
  for (const { name, value, tag } of planned) await put(objects, name, { value: isDone ? value : before.get(name) }, tag);
  await objects.remove([verdict]);
  return isDone;
}

/** Where nobody has said yet whether it counts, it does not. */
async function verdictOf(objects: Objects, name: string): Promise<string> {
  for (;;) {
    const found = await objects.read(name);
    if (found !== null) return found.text;
    if ((await objects.replace(name, fails, null)) !== undefined) return fails;
  }
}

const put = <T>(objects: Objects, name: string, stored: Stored<T>, tag: string | null): Promise<string | undefined> =>
  objects.replace(name, JSON.stringify(stored), tag);
