/** Checks a state id a person typed, before something is kept under a name no run will ever ask for. */
import { usage } from "./usage.ts";

/** @throws usage */
export function checkStateId(id: string): string {
  if (/^[\w.-]+:[\w.-]+-to-[\w.-]+(:[\w.-]+)?(\/\d+)?$/.test(id)) return id;
  throw usage.state_id_malformed({ id });
}
