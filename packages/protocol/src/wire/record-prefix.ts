/** What the RECORD lines of a stream start with. A line that starts with it is a RECORD of that stream and need not be parsed. */

export interface RecordPrefix {
  stream: string;
  /** The name as the tap spells it between the quotes, byte for byte. */
  name: string;
  /** How many bytes precede the name. */
  lead: number;
  bytes: Buffer;
}

/** `{"type":"RECORD","stream":"x","record":{`; undefined where the line has other fields before the record. */
export function recordPrefix(bytes: Buffer, start: number, end: number, stream: string): RecordPrefix | undefined {
  const at = bytes.indexOf('"record"', start, "latin1");
  if (at < 0 || at >= end) return undefined;
  const brace = bytes.indexOf("{", at, "latin1");
  const head = bytes.toString("latin1", start, brace);
  const name = /"stream"\s*:\s*"([^"\\]*(?:\\u[0-9a-f]{4}[^"\\]*)*)"/.exec(head);
  try {
    const fields = JSON.parse(`${bytes.toString("utf8", start, brace)}0}`);
    const isPlain = fields.type === "RECORD" && fields.stream === stream && fields.record === 0 && Object.keys(fields).length === 3;
    if (!isPlain || name === null) return undefined;
  } catch {
    return undefined;
  }
  const lead = name.index + name[0].length - 1 - (name[1] as string).length;
  return { stream, name: name[1] as string, lead, bytes: Buffer.from(bytes.subarray(start, brace + 1)) };
}

export function startsWith(bytes: Buffer, at: number, prefix: Buffer): boolean {
  const length = prefix.length;
  if (at + length > bytes.length) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== prefix[i]) return false;
  return true;
}
