/** Reads a target's stdout, where our targets and foreign ones print states in two forms. */
import { isObject, parseExact } from "./json.ts";

/**
 * The state in a line, as JSON text. Our targets print the bare value, others the whole STATE message.
 * undefined for anything else, also for half a line: a JSON object is whole or does not parse.
 */
export function readStateLine(line: string): string | undefined {
  if (!line.trimStart().startsWith("{")) return undefined;
  let message: unknown;
  try {
    message = parseExact(line);
  } catch {
    return undefined;
  }
  if (!isObject(message)) return undefined;
  if (message.type === "STATE") return isObject(message.value) ? JSON.stringify(message.value) : undefined;
  // A message of another type, or a log line that a foreign target prints to stdout.
  if (typeof message.type === "string" || typeof message.level === "string") return undefined;
  return JSON.stringify(message);
}
