/** Asks the server: answers as JSON, errors with code, message and hint. A token, where one is needed, goes in a header only. */
import type { ErrorAnswer } from "../src/api/answers.ts";

export class Refused extends Error {
  /** 0: the server could not be reached. */
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;
  constructor(status: number, { code, message, hint }: ErrorAnswer["error"]) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

export type Query = Readonly<Record<string, string | number | null | undefined>>;

/** An event of the window: the token is no longer known, or there is none. */
export const tokenRefused = "tapline-token-refused";

const tokenKey = "tapline-token";
export const keepToken = (token: string): void => sessionStorage.setItem(tokenKey, token);
export const forgetToken = (): void => sessionStorage.removeItem(tokenKey);
export const hasToken = (): boolean => sessionStorage.getItem(tokenKey) !== null;

/** A path with the values of a query that are set. */
export function withQuery(path: string, query: Query): string {
  const words = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(words.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${text}`;
}

/** @throws Refused */
export async function ask<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await answerOf(path, { signal: signal ?? null })).json() as Promise<T>;
}

/** @throws Refused */
export async function send<T>(method: "POST" | "PUT", path: string, body: unknown): Promise<T> {
  // The header shows the server that a page of its own asks: other pages can't set it.
  const headers = { "content-type": "application/json", "x-tapline": "1" };
  return (await answerOf(path, { method, headers, body: JSON.stringify(body) })).json() as Promise<T>;
}

/** @throws Refused */
export async function openEvents(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const { body } = await answerOf(path, { signal });
  if (body === null) throw new Refused(0, { code: "no_body", message: "the server sent no events", hint: null });
  return body;
}

/** Saves a text of the server as a file. A link could not send the token. @throws Refused */
export async function download(path: string, name: string): Promise<void> {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await (await answerOf(path, {})).blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function answerOf(path: string, init: RequestInit): Promise<Response> {
  const token = sessionStorage.getItem(tokenKey);
  const headers = { ...init.headers, ...(token !== null && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(path, { ...init, headers, cache: "no-store" }).catch((error: Error) => {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, {
      code: "no_server",
      message: "the server does not answer",
      hint: "Is tapline serve at work? This page tries again by itself.",
    });
  });
  if (answer.ok) return answer;
  if (answer.status === 401) window.dispatchEvent(new Event(tokenRefused));
  const told = await answer.json().catch(() => undefined);
  const error = (told as ErrorAnswer | undefined)?.error;
  throw new Refused(
    answer.status,
    error ?? { code: "no_answer", message: `the server answered ${answer.status} ${answer.statusText}`, hint: null },
  );
}
