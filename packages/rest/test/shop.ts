/** A tap and its runs for the tests of the kit: a list of orders, and what a test changes of it. */
import { type RunOptions, type Sent, tapRunner } from "@tapline/testing/tap-run";
import { type ApiOptions, type RestStream, restStream, restTap, Type } from "../src/index.ts";

export const rowSchema = Type.Object({ id: Type.Integer(), at: Type.Optional(Type.String()) });

/** Little time is lost between attempts. */
export const quick = { retryWait: 0.01, timeout: 2 } satisfies Partial<ApiOptions>;

export function runStreams(
  url: string,
  streams: readonly RestStream[],
  api: Partial<ApiOptions> = {},
  options: RunOptions = {},
): Promise<Sent> {
  const tap = restTap({
    name: "tap-shop",
    version: "1.0.0",
    description: "",
    config: Type.Object({}),
    api: { url, ...quick, ...api },
    streams,
  });
  return tapRunner(tap).runTap({}, options);
}

/** Rows with the ids 1 … count. */
export const rows = (count: number): { id: number }[] => Array.from({ length: count }, (_, at) => ({ id: at + 1 }));

/** One stream "items" at /items with records in `data`. */
export const items = (more: Partial<Parameters<typeof restStream<typeof rowSchema>>[0]> = {}): RestStream =>
  restStream({ name: "items", path: "/items", schema: rowSchema, keys: ["id"], records: "$.data[*]", ...more });
