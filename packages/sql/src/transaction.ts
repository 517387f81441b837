/** The one open transaction of a sink: begun when first needed, with at most one batch being handed over behind the caller's back. */
import type { Connection } from "./connection.ts";

interface Running {
  done: Promise<void>;
  mend: ((error: unknown) => Promise<void>) | undefined;
}

const idle: Running = { done: Promise.resolve(), mend: undefined };

export class Transaction {
  readonly #connection: Connection;
  #isOpen = false;
  #running: Running = idle;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  async begin(): Promise<void> {
    if (this.#isOpen) return;
    await this.#connection.begin();
    this.#isOpen = true;
  }

  /**
   * Waits for the work before, throws what that threw, and starts this one without waiting for its end. `mend` gets what it
   * throws, while nothing else runs, and throws it again where it can't be helped.
   */
  async start(work: () => Promise<void>, mend: (error: unknown) => Promise<void>): Promise<void> {
    await this.settled();
    const done = work();
    this.#running = { done, mend };
    // Its failure is told by the next `settled`; until then it must not count as unhandled.
    done.catch(() => {});
  }

  /** @throws what the work in the background threw and could not be mended */
  async settled(): Promise<void> {
    const { done, mend } = this.#running;
    try {
      await done;
    } catch (error) {
      if (mend === undefined) throw error;
      this.#running = idle;
      try {
        await mend(error);
      } catch (thrown) {
        const failed = Promise.reject(thrown);
        failed.catch(() => {});
        this.#running = { done: failed, mend: undefined };
        throw thrown;
      }
    }
  }

  async commit(): Promise<void> {
    await this.settled();
    // A COMMIT that fails ends the transaction as well.
    this.#isOpen = false;
    await this.#connection.commit();
  }

  /** Databases may answer a COMMIT after an error as if it had worked, so every failure must come here. */
  async rollback(): Promise<void> {
    await this.#running.done.catch(() => {});
    this.#running = idle;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#connection.rollback();
  }
}
