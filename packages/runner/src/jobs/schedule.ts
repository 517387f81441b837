/**
 * In which order the steps of a job run: one starts when all it waits for are done, a place at the table is free, and no
 * other step writes to a place it writes to. What waits for a step that failed is skipped; the rest still runs.
 */

export interface Task {
  /** Indexes of other tasks. */
  after: readonly number[];
  /** Where only one may write at a time. */
  places: readonly string[];
  /** Whether it went well. */
  run(): Promise<boolean>;
}

export type Outcome = "done" | "failed" | "skipped";

export interface ScheduleOptions {
  maxParallel: number;
  /** Once this says true nothing more is started. */
  isStopped(): boolean;
}

export async function runInOrder(tasks: readonly Task[], { maxParallel, isStopped }: ScheduleOptions): Promise<Outcome[]> {
  const outcomes = new Map<number, Outcome>();
  const running = new Map<number, Promise<void>>();
  const waiting = new Set(tasks.keys());
  const writers = new Set<string>();

  const start = (index: number, task: Task): void => {
    waiting.delete(index);
    for (const place of task.places) writers.add(place);
    const end = (outcome: Outcome): void => {
      outcomes.set(index, outcome);
      running.delete(index);
      for (const place of task.places) writers.delete(place);
    };
    running.set(
      index,
      task.run().then((wentWell) => end(wentWell ? "done" : "failed")),
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
        !task.places.some((place) => writers.has(place))
      ) {
        start(index, task);
      }
    }
    if (running.size > 0) await Promise.race(running.values());
    else if (waiting.size === 0) return tasks.map((_, index) => outcomes.get(index) as Outcome);
  }
}
