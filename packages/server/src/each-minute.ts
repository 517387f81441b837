/** Tells people, once a minute, what no run can tell: runs that crashed, jobs that are late, notices that were refused before. */
import { checkNotices, type Delivery, type Project } from "@tapline/runner";
import { type Clock, every } from "./clock.ts";
import { problemOf } from "./describe-event.ts";
import type { ServerEvent } from "./events.ts";
import type { Plan } from "./plan.ts";

const minuteMs = 60_000;

/** Returns a function to call often: it does nothing before the minute is over, or while it still tells. Never throws. */
export function eachMinute(clock: Clock, report: (event: ServerEvent) => void): (project: Project, plans: readonly Plan[]) => void {
  const isTime = every(clock, minuteMs, "at once");
  let isTelling = false;
  const tell = async (project: Project, plans: readonly Plan[]): Promise<void> => {
    for (const environment of new Set(plans.map((plan) => plan.environment)))
      try {
        const told = await checkNotices(project, environment, clock.now());
        for (const delivery of told) report(toldOf(delivery));
      } catch (error) {
        report(problemOf(null, error));
      }
  };
  return (project, plans) => {
    if (project.parsed.file.notify === undefined || isTelling || !isTime()) return;
    isTelling = true;
    void tell(project, plans).then(() => {
      isTelling = false;
    });
  };
}

const toldOf = ({ channel, event, outcome, reason }: Delivery): ServerEvent => ({ type: "told", channel, about: event, outcome, reason });
