/** The key of a pipe's state: `environment:tap-to-target`, with a suffix for a second pipe between the same two plugins. */
import { errors } from "../errors.ts";

export interface StateIdParts {
  environment: string;
  tap: string;
  target: string;
  suffix?: string | undefined;
}

/** @throws state_id_invalid */
export function makeStateId({ environment, tap, target, suffix }: StateIdParts): string {
  for (const part of [environment, tap, target, ...(suffix === undefined ? [] : [suffix])]) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(part)) throw errors.state_id_invalid({ part });
  }
  return `${environment}:${tap}-to-${target}${suffix === undefined ? "" : `:${suffix}`}`;
}

/** The key of a state in a target's ledger. Two projects that load into one database must not read each other's. */
export function makeLedgerId(stateId: string, storeId: string): string {
  return `${stateId}@${storeId.slice(0, 8)}`;
}

/** Of a lane's id, such as `ID/1`, that of its pipe; any other id as it is. */
export function withoutLane(stateId: string): string {
  return stateId.replace(/\/\d+$/, "");
}

/** The id with one more suffix. */
export function stateIdWith(stateId: string, more: string): string {
  const [environment, pipe, suffix] = stateId.split(":");
  return `${environment}:${pipe}:${suffix === undefined ? "" : `${suffix}.`}${more}`;
}

/** Under which a partition of a back-fill keeps its bookmark: in the store and in the target's ledger, beside that of its pipe. */
export function stateIdOfPart(stateId: string, backfill: string, part: string): string {
  return stateIdWith(stateId, `backfill-${backfill}.${part}`);
}
