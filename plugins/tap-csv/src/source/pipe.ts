/**
 * Inputs that can be read but once: named pipes, standard input, sockets, devices. What a look at the start took is kept and
 * given again, so that discovery and reading see the same bytes.
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
  /** What was read and not yet given for good. */
  readonly #pieces: Uint8Array[] = [];
  #stream: Readable | undefined;
  #iterator: AsyncIterator<Uint8Array> | undefined;
  #underWay: Promise<void> | undefined;
  #isAtEnd = false;
  #isTaken = false;

  constructor(path: string, position: Position) {
    this.#path = path;
    this.#position = position;
  }

  /** A look leaves everything in place for the next reader. @throws pipe_read_twice */
  reader(isLook: boolean): ByteReader {
    if (this.#isTaken) throw errors.pipe_read_twice({ path: this.#path }, this.#position);
    if (isLook) {
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

  /** Waits for a piece; a reader that came too late for the one before still gets it, as it lies among the pieces. */
  #pull(): Promise<void> {
    this.#underWay ??= this.#receive().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
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

/** Standard input is taken by its number: a pipe or socket of another user can't be opened by name. */
function openStream(path: string): Readable {
  // An open or read that waits inside the system can't be given up, and the process could not end; a socket's wait can.
  const fd = path === "/dev/stdin" ? 0 : openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (isatty(fd)) return new ReadStream(fd);
  const kind = fstatSync(fd);
  if (kind.isFIFO() || kind.isSocket()) return new Socket({ fd, readable: true, writable: false });
  return createReadStream(path, { fd });
}
