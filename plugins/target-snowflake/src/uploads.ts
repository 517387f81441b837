/** Files on their way to the stage: some at a time, so that the disk holds few, and the first failure stops the load. */
export interface Uploads {
  /** Starts it once fewer than the most are under way. @throws the failure of an earlier one */
  start(upload: () => Promise<void>): Promise<void>;
  /** @throws the failure of one of them */
  done(): Promise<void>;
}

export function boundedUploads(most: number): Uploads {
  const running = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;
  const check = (): void => {
    if (failure !== undefined) throw failure.error;
  };
  return {
    async start(upload) {
      while (running.size >= most) await Promise.race(running);
      check();
      const one = upload()
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => running.delete(one));
      running.add(one);
    },
    async done() {
      await Promise.all(running);
      check();
    },
  };
}
