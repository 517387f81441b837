/**
 * Inputs that can be read only once: named pipes, standard input, sockets, devices. Bytes that a preview read are kept for the
 * next reader, so that discovery and reading see the same bytes.
 */
import { constants, createReadStream, fstatSync, openSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { isatty, ReadStream } from "node:tty";
import type { Position } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { type ByteReader, readerOf } from "./bytes.ts";

export class Pipe {
  readonly openedAt = new Date();
  readonly #path: string;
  readonly #position: Position;
  /** Read from the pipe, but not yet by the final reader. */
  readonly #pieces: Uint8Array[] = [];
  #stream: Readable | undefined;
  #iterator: AsyncIterator<Uint8Array> | undefined;
  #pending: Promise<void> | undefined;
  #isAtEnd = false;
  #isTaken = false;

  constructor(path: string, position: Position) {
    this.#path = path;
    this.#position = position;
  }

  /** A preview leaves all bytes for the next reader. @throws pipe_read_twice */
  reader(isPreview: boolean): ByteReader {
    if (this.#isTaken) throw errors.pipe_read_twice({ path: this.#path }, this.#position);
    if (isPreview) {
      let at = 0;
      return readerOf(
        async () => {
          if (at === this.#pieces.length) await this.#pull();
          return this.#pieces[at++];
        },
        async () => {},
      );
    }
    this.#isTaken = true;
    return readerOf(
      async () => {
        if (this.#pieces.length === 0) await this.#pull();
        return this.#pieces.shift();
      },
      async () => {
        this.#stream?.destroy();
      },
    );
  }

  /** Waits for the next piece. Two readers that wait at the same time share it. */
  #pull(): Promise<void> {
    this.#pending ??= this.#receive().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #receive(): Promise<void> {
    if (this.#isAtEnd) return;
    this.#stream ??= openStream(this.#path);
    this.#iterator ??= this.#stream[Symbol.asyncIterator]();
    const { value, done } = await this.#iterator.next();
    if (done === true) this.#isAtEnd = true;
    else this.#pieces.push(value);
  }
}

/** Standard input is opened by its descriptor: a pipe or socket of another user can't be opened by name. */
function openStream(path: string): Readable {
  // A blocking open or read can't be cancelled and would keep the process from ending; waiting on a socket can.
  const fd = path === "/dev/stdin" ? 0 : openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (isatty(fd)) return new ReadStream(fd);
  const kind = fstatSync(fd);
  if (kind.isFIFO() || kind.isSocket()) return new Socket({ fd, readable: true, writable: false });
  return createReadStream(path, { fd });
}
