/** The one open transaction of a sink: begun when first needed, with at most one batch landing in the background. */
import type { Connection } from "../connection.ts";
import type { Traits } from "../dialect/traits.ts";

interface Background {
  done: Promise<void>;
  recover: ((error: unknown) => Promise<void>) | undefined;
}

const idle: Background = { done: Promise.resolve(), recover: undefined };

/** Changes of rows that wait for the transaction where DDL commits. */
export interface Deferred {
  /** Runs before the transaction begins, when no more DDL of tables is due. */
  prepare?(): Promise<void>;
  work(): Promise<void>;
  /** Runs after the commit. */
  clean?(): Promise<void>;
}

export class Transaction {
  readonly #connection: Connection;
  readonly #defers: boolean;
  #isOpen = false;
  /** The database has begun the transaction. */
  #isBegun = false;
  #deferred: Deferred[] = [];
  #background: Background = idle;

  constructor(connection: Connection, { ddl }: Pick<Traits, "ddl">) {
    this.#connection = connection;
    this.#defers = ddl === "commits";
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Where DDL commits, the database begins it in `runDeferred`: until then each statement stands for itself. */
  async begin(): Promise<void> {
    if (this.#isOpen) return;
    if (!this.#defers) await this.#beginNow();
    this.#isOpen = true;
  }

  /** Changes rows: at once, or in `runDeferred` where DDL commits. The order stays. */
  async change(deferred: Deferred): Promise<void> {
    if (this.#defers) this.#deferred.push(deferred);
    else await runAll(deferred);
  }

  /** To be called when no more DDL can come before the commit: begins the transaction and makes the changes that wait. */
  async runDeferred(): Promise<void> {
    if (!this.#defers) return;
    await this.settled();
    for (const { prepare } of this.#deferred) await prepare?.();
    await this.#beginNow();
    for (const { work } of this.#deferred) await work();
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

  /** Where DDL commits, `runDeferred` comes first. */
  async commit(): Promise<void> {
    await this.settled();
    // A COMMIT that fails ends the transaction as well.
    this.#isOpen = false;
    const deferred = this.#deferred.splice(0);
    if (this.#isBegun) {
      this.#isBegun = false;
      await this.#connection.commit();
    }
    for (const { clean } of deferred) await clean?.();
  }

  /** Must be called after every failure: a database may answer a COMMIT after an error as if it had worked. */
  async rollback(): Promise<void> {
    await this.#background.done.catch(() => {});
    this.#background = idle;
    this.#isOpen = false;
    this.#deferred = [];
    if (!this.#isBegun) return;
    this.#isBegun = false;
    await this.#connection.rollback();
  }

  async #beginNow(): Promise<void> {
    await this.#connection.begin();
    this.#isBegun = true;
  }
}

async function runAll({ prepare, work, clean }: Deferred): Promise<void> {
  await prepare?.();
  await work();
  await clean?.();
}
