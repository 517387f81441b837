/** The stores of a project's environments, each opened once. */
import { openStore, type Project, type Store } from "@tapline/runner";

export interface Stores extends AsyncDisposable {
  storeOf(environment: string): Promise<Store>;
  opened(): Promise<Store[]>;
}

export function storesOf(project: Project): Stores {
  const stores = new Map<string, Promise<Store>>();
  const opened = async (): Promise<Store[]> =>
    (await Promise.allSettled(stores.values())).flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  return {
    storeOf(environment) {
      const known = stores.get(environment) ?? openStore(project, environment);
      stores.set(environment, known);
      // A store that can't be reached now is tried again by the next pass.
      known.catch(() => stores.delete(environment));
      return known;
    },
    opened,
    async [Symbol.asyncDispose]() {
      for (const store of await opened()) await store[Symbol.asyncDispose]();
    },
  };
}

/** Stores that are opened again when the project changed. */
export function replaceableStores(project: Project): Stores & { replace(project: Project): Promise<void> } {
  let stores = storesOf(project);
  const replaced: Stores[] = [];
  return {
    storeOf: (environment) => stores.storeOf(environment),
    opened: () => stores.opened(),
    async replace(next) {
      // Runs that are still to be settled use the store they began with.
      replaced.push(stores);
      stores = storesOf(next);
    },
    async [Symbol.asyncDispose]() {
      for (const each of [...replaced, stores]) await each[Symbol.asyncDispose]();
    },
  };
}
