/**
 * Runs the steps of a job in order. A step starts when all steps it waits for are done, fewer than `maxParallel` steps run, and no running
 * step writes to the same path. Steps that wait for a failed step are skipped; the others still run.
 */

export interface Task {
  /** The indexes of the tasks it waits for. */
  after: readonly number[];
  /** Paths that only one task may write to at a time. */
  writesTo: readonly string[];
  /** Resolves to whether it succeeded. */
  run(): Promise<boolean>;
}

export type Outcome = "done" | "failed" | "skipped";

export interface ScheduleOptions {
  maxParallel: number;
  /** Once this returns true, nothing more is started. */
  isStopped(): boolean;
}

export async function runInOrder(tasks: readonly Task[], { maxParallel, isStopped }: ScheduleOptions): Promise<Outcome[]> {
  const outcomes = new Map<number, Outcome>();
  const running = new Map<number, Promise<void>>();
  const waiting = new Set(tasks.keys());
  const writers = new Set<string>();

  const start = (index: number, task: Task): void => {
    waiting.delete(index);
    for (const path of task.writesTo) writers.add(path);
    const end = (outcome: Outcome): void => {
      outcomes.set(index, outcome);
      running.delete(index);
      for (const path of task.writesTo) writers.delete(path);
    };
    running.set(
      index,
      task.run().then((succeeded) => end(succeeded ? "done" : "failed")),
    );
  };

  for (;;) {
    for (const index of waiting) {
      const task = tasks[index] as Task;
      const before = task.after.map((each) => outcomes.get(each));
      if (isStopped() || before.some((outcome) => outcome === "failed" || outcome === "skipped")) {
        waiting.delete(index);
        outcomes.set(index, "skipped");
      } else if (
        before.every((outcome) => outcome === "done") &&
        running.size < maxParallel &&
        !task.writesTo.some((path) => writers.has(path))
      ) {
        start(index, task);
      }
    }
    if (running.size > 0) await Promise.race(running.values());
    else if (waiting.size === 0) return tasks.map((_, index) => outcomes.get(index) as Outcome);
  }
}
