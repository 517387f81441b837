/**
 * One shape for lines whose records leave out fields at random, as taps do that send no nulls: the fields in their order, each of which may
 * be missing. It is put together from lines of many shapes. Pure.
 */
import type { LineShape } from "./shape.ts";
import { isToken, tokensOf } from "./tokens.ts";

interface Field {
  slot: number;
  /** The name and the colon. */
  key: string;
}

/** What all lines share. */
interface Frame {
  /** Up to the record's first key. */
  lead: string;
  /** Between two fields. */
  separator: string;
  /** The values after the record, and what precedes each. */
  after: readonly { slot: number; token: string }[];
  tail: string;
  outside: string;
}

export class LeftOutFields {
  readonly #isRequired: (slot: number) => boolean;
  #frame: Frame | undefined;
  #fields: Field[] = [];
  #count = 0;

  constructor(isRequired: (slot: number) => boolean) {
    this.#isRequired = isRequired;
  }

  /** How many shapes were taken. */
  get count(): number {
    return this.#count;
  }

  /** @returns false where lines of this shape have other bytes around their fields, or another order */
  take(shape: LineShape): boolean {
    const parts = partsOf(shape);
    if (parts === undefined) return false;
    const [frame, fields] = parts;
    this.#frame ??= frame;
    const merged = JSON.stringify(frame) === JSON.stringify(this.#frame) ? mergedFields(this.#fields, fields) : undefined;
    if (merged === undefined) return false;
    this.#count++;
    this.#fields = merged;
    return true;
  }

  /** That of all lines so far, each with any of the fields. Call it once a shape was taken. */
  get shape(): LineShape {
    const { lead, separator, after, tail, outside } = this.#frame as Frame;
    const fields = this.#fields;
    const tokens = [...fields.map(({ key }) => separator + key), ...after.map(({ token }) => token)];
    return {
      ...tokensOf(tokens.map(bytesOf)),
      slots: Int32Array.from([...fields, ...after], ({ slot }) => slot),
      tail: bytesOf(tail),
      signature: "",
      outside,
      tokens,
      lead: lead.length,
      recordValues: fields.length,
      leftOut: {
        first: tokensOf(fields.map(({ key }) => bytesOf(lead + key))),
        isRequired: Uint8Array.from([...fields, ...after], ({ slot }, index) => (index >= fields.length || this.#isRequired(slot) ? 1 : 0)),
      },
    };
  }
}

/** Undefined where it takes more fields to know what is between two of them. */
function partsOf({ tokens, slots, lead, recordValues, tail, outside }: LineShape): [Frame, Field[]] | undefined {
  const [first = "", second = ""] = tokens;
  if (recordValues < 2) return undefined;
  const separator = second.slice(0, second.indexOf('"'));
  const own = tokens.slice(0, recordValues);
  if (!own.every((token, index) => index === 0 || token.startsWith(`${separator}"`))) return undefined;
  const fields = own.map((token, index) => ({ slot: slots[index] as number, key: token.slice(index === 0 ? lead : separator.length) }));
  const after = tokens.slice(recordValues).map((token, index) => ({ slot: slots[recordValues + index] as number, token }));
  return [{ lead: first.slice(0, lead), separator, after, tail: Buffer.from(tail).toString("latin1"), outside }, fields];
}

/** Both lists in one order; a field that only one has comes among the others as its slot does. Undefined where their orders differ. */
function mergedFields(known: readonly Field[], found: readonly Field[]): Field[] | undefined {
  const merged = [...known];
  let at = 0;
  for (const [index, field] of found.entries()) {
    const place = merged.findIndex(({ key }) => key === field.key);
    if (place >= 0 && place < at) return undefined;
    if (place >= 0) at = place + 1;
    else {
      const next = found.slice(index + 1).map(({ key }) => merged.findIndex((each) => each.key === key));
      const end = next.find((each) => each >= 0) ?? merged.length;
      if (merged.some(({ slot }) => slot === field.slot) || end < at) return undefined;
      while (at < end && (merged[at] as Field).slot < field.slot) at++;
      merged.splice(at++, 0, field);
    }
  }
  return merged;
}

/**
 * Looks for the next field that the line has, at `at`, where field `i` is left out. `isFirst`: the record's first one.
 * @returns the field's index; that after the last one where the line ends here; -1 where it has another shape
 */
export function nextField({ slots, tail, leftOut, ...tokens }: LineShape, i: number, view: DataView, at: number, isFirst: boolean): number {
  if (leftOut === undefined) return -1;
  const searched = isFirst ? leftOut.first : tokens;
  // Without a key before them, what follows the record is of another shape.
  for (let next = isFirst ? i : i + 1; next <= searched.lengths.length; next++) {
    if (next > i && leftOut.isRequired[next - 1] === 1) return -1;
    if (next < searched.lengths.length && isToken(searched, next, view, at)) return next;
  }
  if (isFirst || at + tail.length > view.byteLength) return -1;
  return tail.every((byte, index) => view.getUint8(at + index) === byte) ? slots.length : -1;
}

const bytesOf = (text: string): Buffer => Buffer.from(text, "latin1");
