/** Who looks, at which project and environment, and what that allows. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Session } from "../src/api/answers.ts";
import { usePlace } from "./location.ts";

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error("a view is shown only within a session");
  return session;
}

/** The environment that the reader chose, as part of the address; undefined: all, or where only one can be shown, the default. */
export function useEnvironment(): string | undefined {
  return usePlace().query.get("environment") ?? undefined;
}

/** What a link to something of an environment adds to its address: nothing where there is only one. */
export function useEnvironmentQuery(): (environment: string) => { environment?: string } {
  const { environments } = useSession();
  return (environment) => (environments.length > 1 ? { environment } : {});
}

const roles = ["read", "run", "edit"] as const;
export type Role = (typeof roles)[number];

/** Why the reader may not do it; undefined: they may. */
export function refusal(session: Session, needed: Role): string | undefined {
  if (roles.indexOf(session.role) >= roles.indexOf(needed)) return undefined;
  if (session.read_only) return "This server lets nobody change anything here (read-only).";
  return `You may ${session.role === "read" ? "only look" : "start and cancel runs"} here: this needs the role “${needed}”.`;
}
