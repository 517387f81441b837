/**
 * Memory for the pages of row groups that other threads compress, used again and again: with new buffers for each row group V8's garbage
 * collector looks through the whole heap, and the operating system clears their memory first.
 */

/** No more of them than were in use at once. */
const spare: Buffer[] = [];
const step = 1 << 20;

/** Its contents are undefined. It may have more bytes. */
export function takePageMemory(bytes: number): Buffer {
  const at = spare.findIndex(({ length }) => length >= bytes);
  if (at >= 0) return spare.splice(at, 1)[0] as Buffer;
  // In its place, so that memory does not grow with each larger row group.
  spare.shift();
  return Buffer.allocUnsafeSlow(Math.ceil(bytes / step) * step);
}

/** Nobody may read or write it afterwards. */
export function giveBackPageMemory(memory: Buffer): void {
  spare.push(memory);
}
