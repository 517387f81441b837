/** Places in PostgreSQL's log: a bigint here, and "16/B374D848" on the wire and in bookmarks. Pure. */

/** Undefined where the text is none. */
export function readLsn(text: unknown): bigint | undefined {
  const match = typeof text === "string" ? /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text) : null;
  return match === null ? undefined : (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`);
}

export function lsnText(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`;
}

export function laterLsn(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
