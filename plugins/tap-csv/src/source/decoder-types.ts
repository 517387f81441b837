/** What a decoder is. */

/** Decodes the next bytes to UTF-8; `isEnd` is true for the last ones. The result is valid until the next call. */
export type Decoder = (bytes: Uint8Array, isEnd: boolean) => Uint8Array;

/** Receives the offset of each 0xFF in the decoded text, and the byte that is invalid (the first one of an invalid sequence). */
export type OnBad = (offset: number, byte: number) => void;
