/** Reading bytes piece by piece, the same way for every kind of input. */

export interface ByteReader {
  /** Returns how many bytes were read; 0 at the end. */
  read(into: Uint8Array): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes a reader from pieces of any size; `next` returns undefined at the end. */
export function readerOf(next: () => Promise<Uint8Array | undefined>, dispose: () => Promise<void>): ByteReader {
  let piece: Uint8Array | undefined = new Uint8Array(0);
  return {
    read: async (into) => {
      while (piece?.length === 0) piece = await next();
      if (piece === undefined) return 0;
      const taken = piece.subarray(0, into.length);
      into.set(taken);
      piece = piece.subarray(taken.length);
      return taken.length;
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** Reads until `into` is full or the input ends. */
export async function fill(reader: ByteReader, into: Uint8Array): Promise<number> {
  let length = 0;
  while (length < into.length) {
    const count = await reader.read(into.subarray(length));
    if (count === 0) break;
    length += count;
  }
  return length;
}

/** A reader that gives `start` first and then the rest of `reader`. */
export function putBack(start: Uint8Array, reader: ByteReader): ByteReader {
  let rest = start;
  return {
    read: async (into) => {
      if (rest.length === 0) return reader.read(into);
      const taken = rest.subarray(0, into.length);
      into.set(taken);
      rest = rest.subarray(taken.length);
      return taken.length;
    },
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}
