/** The time of the service, from the header Date of its answers. */
import type { S3Client } from "@aws-sdk/client-s3";

export interface ServiceClock {
  /** How far it is ahead of this machine's clock, in milliseconds; 0: the clocks may agree. */
  ahead: number;
}

export function watchClock(client: S3Client): ServiceClock {
  const clock: ServiceClock = { ahead: 0 };
  client.middlewareStack.add(
    (next) => async (args) => {
      const asked = Date.now();
      const result = await next(args);
      const { headers = {} } = result.response as { headers?: Record<string, string> };
      clock.ahead = aheadBy(Date.parse(headers.date ?? ""), asked, Date.now()) ?? clock.ahead;
      return result;
    },
    { step: "deserialize", name: "serviceClock" },
  );
  return clock;
}

/** The answer was written between `asked` and `came`, and its time has whole seconds. undefined: it has no time. */
export function aheadBy(date: number, asked: number, came: number): number | undefined {
  if (Number.isNaN(date)) return undefined;
  if (date > came) return date - came;
  return Math.min(0, date + 1000 - asked);
}
