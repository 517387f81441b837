/** Checks a state id that a person typed, so that no state is kept under an id that no run uses. */
import { usage } from "./usage.ts";

/** @throws state_id_malformed */
export function checkStateId(id: string): string {
  if (/^[\w.-]+:[\w.-]+-to-[\w.-]+(:[\w.-]+)?(\/\d+)?$/.test(id)) return id;
  throw usage.state_id_malformed({ id });
}
