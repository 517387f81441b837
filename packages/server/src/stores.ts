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
