/**
 * A cassette: the answers of an API, recorded once and played again, so that a test needs neither the net nor credentials. The tap talks to
 * a server on this machine that stands for the API's hosts; while it records, the server asks the API itself. What is kept is a JSON file for
 * the repository: without headers of requests, without cookies, and with secrets replaced by ***.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Scrubber } from "./scrub.ts";
import { type Api, type ApiAnswer, type ApiRequest, serveApi } from "./server.ts";

export interface CassetteOptions {
  /** The file, such as new URL("orders.cassette.json", import.meta.url). */
  readonly file: URL | string;
  /** The origins of the API, such as "https://api.example.com"; the first one is `url`. */
  readonly origins: readonly string[];
  /** Secrets of the config. They are looked for everywhere; a file that holds one is not written. */
  readonly secrets?: readonly (string | undefined)[];
  /** Parameters that differ from run to run, such as the time: they are not compared. */
  readonly ignoring?: readonly string[];
  /** Ask the API, and write the file. Default: the variable TAPLINE_RECORD is 1. */
  readonly record?: boolean;
}

export interface Cassette extends AsyncDisposable {
  /** The address that stands for the first origin: give it to the tap. */
  readonly url: string;
  readonly isRecording: boolean;
  /** The address that stands for one of the origins. */
  at(origin: string): string;
  /** Requests that had no answer in the file. */
  readonly missing: readonly string[];
}

interface Recorded {
  request: { method: string; origin: string; path: string; query: string; body: string };
  answer: { status: number; headers: Record<string, string>; body?: string; base64?: string };
}

/** Headers of answers that mean something to a tap. */
const keptHeaders = /^(content-type|link|retry-after|location|x-(rate-?limit|total|next|page).*|.*(cursor|next-page).*)$/;

/**
 * When it is disposed, a recording is written.
 * @throws Error where there is no file and nothing is recorded
 * @example await using tape = await cassette({ file: new URL("orders.cassette.json", import.meta.url), origins: ["https://api.example.com"], secrets: [token] });
 */
export async function cassette({ file, origins, secrets = [], ignoring = [], record }: CassetteOptions): Promise<Cassette> {
  const path = file instanceof URL ? fileURLToPath(file) : file;
  const isRecording = record ?? process.env.TAPLINE_RECORD === "1";
  if (!isRecording && !existsSync(path))
    throw new Error(`there is no cassette ${path}: run the test once with TAPLINE_RECORD=1 and real credentials`);
  const scrubber = new Scrubber(secrets);
  const recorded: Recorded[] = isRecording ? [] : (JSON.parse(readFileSync(path, "utf8")) as Recorded[]);
  const played = new Map<string, number>();
  const missing: string[] = [];
  const seen = (request: ApiRequest, origin: string): Recorded["request"] => {
    const query = new URLSearchParams(request.query);
    for (const name of ignoring) query.delete(name);
    const body = scrubber.body(request.body, request.headers["content-type"] ?? "");
    return { method: request.method, origin, path: scrubber.text(request.path), query: scrubber.params(query), body };
  };
  const play = (request: Recorded["request"]): ApiAnswer => {
    const key = JSON.stringify(request);
    const same = recorded.filter((one) => JSON.stringify(one.request) === key);
    const found = same[Math.min(played.get(key) ?? 0, same.length - 1)];
    played.set(key, (played.get(key) ?? 0) + 1);
    if (found === undefined) {
      const asked = `${request.method} ${request.origin}${request.path}${request.query === "" ? "" : `?${request.query}`}`;
      missing.push(asked);
      return { status: 404, body: `the cassette has no answer to ${asked}: record it again with TAPLINE_RECORD=1` };
    }
    const { status, headers, body, base64 } = found.answer;
    return { status, headers: here(headers), body: base64 === undefined ? hereText(body ?? "") : Buffer.from(base64, "base64") };
  };
  const servers = new Map<string, Api>();
  for (const origin of origins)
    servers.set(
      origin,
      await serveApi(async (request) => {
        const asked = seen(request, origin);
        if (!isRecording) return play(asked);
        const answer = await ask(origin, request, scrubber);
        recorded.push({ request: asked, answer: answer.kept });
        return { ...answer.given, headers: here(answer.given.headers ?? {}), body: hereBody(answer.given.body) };
      }),
    );
  const at = (origin: string): string => {
    const server = servers.get(origin);
    if (server === undefined) throw new Error(`${origin} is none of the cassette's origins: ${origins.join(", ")}`);
    return server.url;
  };
  /** Addresses of the API lead to this machine, also as JSON writes them with escapes. */
  const hereText = (text: string): string =>
    origins.reduce((whole, origin) => whole.replaceAll(origin, at(origin)).replaceAll(origin.replaceAll("/", "\\/"), at(origin)), text);
  const hereBody = (body: string | Uint8Array | undefined): string | Uint8Array | undefined =>
    typeof body === "string" ? hereText(body) : body;
  const here = (headers: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, hereText(value)]));
  return {
    url: at(origins[0] as string),
    isRecording,
    at,
    missing,
    async [Symbol.asyncDispose]() {
      for (const server of servers.values()) await server[Symbol.asyncDispose]();
      if (isRecording) write(path, recorded, scrubber);
    },
  };
}

/** What the API answers: as it is for the tap, and as it is kept. */
async function ask(
  origin: string,
  { method, path, query, headers, body }: ApiRequest,
  scrubber: Scrubber,
): Promise<{ given: ApiAnswer; kept: Recorded["answer"] }> {
  const { host: _, connection: __, "content-length": ___, "accept-encoding": ____, ...sent } = headers as Record<string, string>;
  const response = await fetch(`${origin}${path}${query.size === 0 ? "" : `?${query}`}`, {
    method,
    headers: sent,
    redirect: "manual",
    ...(body !== "" && { body }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = bytes.toString("utf8");
  const isText = Buffer.from(text).equals(bytes);
  const own = Object.fromEntries([...response.headers].filter(([name]) => keptHeaders.test(name)));
  const shown = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, scrubber.text(value)]));
  const type = response.headers.get("content-type") ?? "";
  return {
    given: { status: response.status, headers: own, body: isText ? text : bytes },
    kept: {
      status: response.status,
      headers: shown,
      ...(isText ? { body: scrubber.body(text, type) } : { base64: bytes.toString("base64") }),
    },
  };
}

/** @throws Error where a secret is left, as in a body that is no text */
function write(path: string, recorded: readonly Recorded[], scrubber: Scrubber): void {
  const text = `${JSON.stringify(recorded, null, 2)}\n`;
  const bodies = recorded.map(({ answer }) => (answer.base64 === undefined ? "" : Buffer.from(answer.base64, "base64").toString("latin1")));
  if (scrubber.finds(text) || bodies.some((body) => scrubber.finds(body)))
    throw new Error(`${path} is not written: a secret is left in it that can't be taken out`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
