/** The time of the service, from the header Date of its answers. */
import type { S3Client } from "@aws-sdk/client-s3";

export interface ServiceClock {
  /** How far it is ahead of this machine's clock, in milliseconds. */
  ahead: number;
}

/** The header has whole seconds, and an answer takes a while: clocks that differ by less than this count as equal. */
const toleranceMs = 2000;

export function watchClock(client: S3Client): ServiceClock {
  const clock: ServiceClock = { ahead: 0 };
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers = {} } = result.response as { headers?: Record<string, string> };
      const ahead = Date.parse(headers.date ?? "") - Date.now();
      if (!Number.isNaN(ahead)) clock.ahead = Math.abs(ahead) < toleranceMs ? 0 : ahead;
      return result;
    },
    { step: "deserialize", name: "serviceClock" },
  );
  return clock;
}
