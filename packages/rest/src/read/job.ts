/** Lists that an API makes in its own time: a request starts the job, others ask for its status, and the results are read when it is done. */
import { setTimeout as sleep } from "node:timers/promises";
import { restErrors } from "../errors.ts";
import { buildRequest } from "../http/build-request.ts";
import { describeRequest } from "../http/describe.ts";
import type { Json, Place, PlainRequest } from "../model.ts";
import { parseDocument } from "../records/decode.ts";
import { parsePath, valueAt } from "../records/json-path.ts";
import type { ListReader } from "./list-reader.ts";

/** The requests for the results. The job is removed after the last one, also where reading stopped. @throws job_failed, job_late */
export async function* jobRequests(reader: ListReader, place: Place): AsyncGenerator<PlainRequest> {
  const { client, stream, signal, log } = reader;
  const { definition } = stream;
  const job = definition.job;
  if (job === undefined) return;
  const created = await answerTo(reader, buildRequest(definition, place, client.base));
  try {
    const path = parsePath(job.status);
    const until = Date.now() + (job.timeout ?? 3600) * 1000;
    for (;;) {
      const request = buildRequest(job.poll(created, place), place, client.base);
      const seen = await answerTo(reader, request);
      const status = String(valueAt(path, seen) ?? "");
      if (job.done.includes(status)) {
        for (const parts of job.results(seen, created, place)) yield buildRequest(parts, place, client.base);
        return;
      }
      const described = describeRequest(request);
      if (job.failed?.includes(status)) throw restErrors.job_failed({ request: described, status });
      if (Date.now() > until) throw restErrors.job_late({ request: described, seconds: job.timeout ?? 3600, status });
      await sleep((job.every ?? 5) * 1000, undefined, { signal });
    }
  } finally {
    if (job.remove !== undefined && !signal.aborted) {
      const request = buildRequest(job.remove(created, place), place, client.base);
      await answerTo(reader, request).catch((error: unknown) =>
        log("warning", `the job could not be removed: ${(error as Error).message}`, stream.name),
      );
    }
  }
}

/** null where the answer has no body. */
async function answerTo({ client, stream, ignored }: ListReader, request: PlainRequest): Promise<Json> {
  const sent = await client.send(request, stream.definition.responses);
  if (sent.kind === "ignored") {
    ignored(sent.status, sent.request);
    return null;
  }
  await using body = sent.answer.body;
  return body.length === 0 ? null : ((await parseDocument(body, describeRequest(request))) as Json);
}
