/** The one open transaction of a sink: begun when first needed, with at most one batch being handed over behind the caller's back. */
import type { Connection } from "./connection.ts";

export class Transaction {
  readonly #connection: Connection;
  #isOpen = false;
  #running: Promise<void> = Promise.resolve();

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

  /** Waits for the work before, throws what that threw, and starts this one without waiting for its end. */
  async start(work: () => Promise<void>): Promise<void> {
    await this.settled();
    this.#running = work();
    // Its failure is thrown by the next `settled`; until then it must not count as unhandled.
    this.#running.catch(() => {});
  }

  /** @throws what the work in the background threw */
  async settled(): Promise<void> {
    await this.#running;
  }

  async commit(): Promise<void> {
    await this.settled();
    // A COMMIT that fails ends the transaction as well.
    this.#isOpen = false;
    await this.#connection.commit();
  }

  /** Databases may answer a COMMIT after an error as if it had worked, so every failure must come here. */
  async rollback(): Promise<void> {
    await this.#running.catch(() => {});
    this.#running = Promise.resolve();
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#connection.rollback();
  }
}
