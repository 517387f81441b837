/** Who may use the page and the API: checks each request before anything else looks at it. */
import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { environmentOf, type Project, type Role, resolveSection, roles } from "@tapline/runner";
import { errors } from "../errors.ts";

/** Who asks. */
export interface Who {
  /** Of the token; null: the server has none. */
  name: string | null;
  role: Role;
  isReadOnly: boolean;
}

export interface Access {
  /** undefined: the request has no token, or a wrong one. */
  whoIs(authorization: string | undefined): Who | undefined;
  /** Whether a browser may call the server so (`Host`): a page elsewhere may have its name point here (DNS rebinding). An address is no name. */
  isOwnHost(host: string | undefined): boolean;
}

export interface AccessOptions {
  /** The address that the server listens on. */
  host: string;
  readOnly: boolean;
}

/** Shorter ones could be guessed. */
const shortestToken = 20;

/** @throws server_open, token_short, and what is wrong with the references in `server` */
export function accessOf(project: Project, { host, readOnly }: AccessOptions): Access {
  const { tokens = {}, hosts = [], read_only = false } = project.parsed.file.server ?? {};
  const environment = environmentOf(project);
  const position = { file: project.path, ...project.parsed.locate(["server"]) };
  const known = Object.entries(tokens).map(([name, { token, role }]) => {
    const { value } = resolveSection(project, environment, ["server", "tokens", name, "token"], token);
    if (String(value).length < shortestToken) throw errors.token_short({ name, least: shortestToken }, position);
    return { name, digest: digestOf(String(value)), role: role as Role };
  });
  if (known.length === 0 && !isLoopback(host)) throw errors.server_open({ host }, position);
  const own = new Set(["localhost", host, ...hosts].map((each) => each.toLowerCase()));
  const limited = (name: string | null, role: Role): Who => {
    const isLimited = readOnly || read_only;
    return { name, role: isLimited ? "read" : role, isReadOnly: isLimited };
  };
  return {
    whoIs(authorization = "") {
      if (known.length === 0) return limited(null, "edit");
      const digest = digestOf(/^Bearer (.+)$/.exec(authorization)?.[1] ?? "");
      // All are compared, so that the time tells nothing.
      const [found] = known.filter((each) => timingSafeEqual(each.digest, digest));
      return found === undefined ? undefined : limited(found.name, found.role);
    },
    isOwnHost(given = "") {
      const name = given.toLowerCase().replace(/:\d+$/, "");
      return own.has(name) || isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
    },
  };
}

export const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || host.startsWith("127.");

export const mayDo = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();
