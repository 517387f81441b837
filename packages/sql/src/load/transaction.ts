/** The one open transaction of a sink: begun when first needed, with at most one batch landing in the background. */
import type { Connection } from "../connection.ts";

interface Background {
  done: Promise<void>;
  recover: ((error: unknown) => Promise<void>) | undefined;
}

const idle: Background = { done: Promise.resolve(), recover: undefined };

export class Transaction {
  readonly #connection: Connection;
  #isOpen = false;
  #background: Background = idle;

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
   * Waits for the earlier work, throws its error, and starts this work without waiting for its end. Where the work fails, `recover` is
   * called with the error while nothing else runs; it throws the error again where it can't help.
   */
  async start(work: () => Promise<void>, recover: (error: unknown) => Promise<void>): Promise<void> {
    await this.settled();
    const done = work();
    this.#background = { done, recover };
    // The next `settled` reports a failure; until then it must not count as unhandled.
    done.catch(() => {});
  }

  /** Waits for the work in the background. @throws its error, unless `recover` helped */
  async settled(): Promise<void> {
    const { done, recover } = this.#background;
    try {
      await done;
    } catch (error) {
      if (recover === undefined) throw error;
      this.#background = idle;
      try {
        await recover(error);
      } catch (thrown) {
        const failed: Promise<never> = Promise.reject(thrown);
        failed.catch(() => {});
        this.#background = { done: failed, recover: undefined };
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

  /** Must be called after every failure: a database may answer a COMMIT after an error as if it had worked. */
  async rollback(): Promise<void> {
    await this.#background.done.catch(() => {});
    this.#background = idle;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#connection.rollback();
  }
}
