/** What settings of connections to database servers share, whatever the server: a URL taken apart, TLS modes, certificates. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { Type } from "@tapline/protocol";

/** What a URL names. Its parameters may name more. */
export interface ConnectionUrl {
  host?: string;
  port?: number;
  user?: string;
  password?: string;
  database?: string;
  tlsMode?: string;
  authority?: string;
  certificate?: string;
  key?: string;
}

export interface UrlForm<U extends ConnectionUrl> {
  protocol: RegExp;
  /** Why a URL with another protocol is refused. */
  otherProtocol: string;
  /** What each parameter after "?" sets. */
  parameters: Readonly<Record<string, (value: string) => Partial<U>>>;
  /** `reason` has no part of the URL but the name of a parameter. */
  refuse(reason: string): Error;
}

/** Takes a URL apart. No part of it is ever in an error. @throws what `refuse` makes */
export function readConnectionUrl<U extends ConnectionUrl>(text: string, { protocol, otherProtocol, parameters, refuse }: UrlForm<U>): U {
  const url = URL.parse(text);
  if (url === null) throw refuse("it is no URL");
  if (!protocol.test(url.protocol)) throw refuse(otherProtocol);
  const part = (name: keyof ConnectionUrl, encoded: string): ConnectionUrl => {
    if (encoded === "") return {};
    try {
      return { [name]: decodeURIComponent(encoded) };
    } catch {
      throw refuse(`the ${name} is not percent-encoded correctly`);
    }
  };
  const found = {
    ...part("host", url.hostname.replace(/^\[(.*)\]$/, "$1")),
    ...(url.port === "" ? {} : { port: Number(url.port) }),
    ...part("user", url.username),
    ...part("password", url.password),
    ...part("database", url.pathname.replace(/^\//, "")),
  } as U;
  for (const [name, value] of url.searchParams) {
    const read = parameters[name];
    if (read === undefined) throw refuse(`the parameter ${JSON.stringify(name.slice(0, 40))} is not supported`);
    Object.assign(found, read(value));
  }
  return found;
}

export const certificateSettings = {
  ssl_certificate_authority: Type.Optional(
    Type.String({
      description:
        "Certificate of the authority the server's must be signed by: a path, or the certificate itself. Default: those Node.js knows.",
    }),
  ),
  ssl_client_certificate: Type.Optional(Type.String({ description: "Certificate to log in with: a path, or the certificate itself." })),
  ssl_client_private_key: Type.Optional(Type.String({ secret: true, description: "Its key: a path, or the key itself." })),
};

interface TlsRules<M extends string> {
  modes: readonly M[];
  /** The URL names a mode that is none of them. */
  refuse(): Error;
  /** ssl_enable is false, and ssl_mode asks for TLS. */
  contradict(mode: M): Error;
}

/** Libpq's names of TLS modes. What the URL says wins. @throws what the rules make */
export function tlsModeOf<M extends string>(
  { ssl_enable, ssl_mode }: { ssl_enable?: boolean | undefined; ssl_mode?: M | undefined },
  inUrl: string | undefined,
  { modes, refuse, contradict }: TlsRules<M | "prefer" | "verify-full">,
): M | "prefer" | "verify-full" {
  if (inUrl !== undefined) {
    const mode = modes.find((one) => one === inUrl);
    if (mode === undefined) throw refuse();
    return mode;
  }
  if (ssl_enable === false && ssl_mode !== undefined && needsTls.has(ssl_mode)) throw contradict(ssl_mode);
  return ssl_mode ?? (ssl_enable ? "verify-full" : "prefer");
}

const needsTls: ReadonlySet<string> = new Set(["require", "verify-ca", "verify-full"]);

interface TlsFiles {
  authority: string | undefined;
  certificate: string | undefined;
  key: string | undefined;
}

/** Certificates and a key that are given as PEM text or as paths, as options of Node.js. `refuse` makes the error of a file that can't be read. */
export async function readCertificates(
  { authority, certificate, key }: TlsFiles,
  refuse: (file: { setting: string; path: string; reason: string }, error: Error) => Error,
): Promise<{ ca?: string; cert?: string; key?: string }> {
  const read = async (setting: keyof typeof certificateSettings, value: string | undefined): Promise<string | undefined> => {
    if (value === undefined || value === "") return undefined;
    // Secrets from the environment often have their line ends written out.
    if (value.includes("-----BEGIN")) return value.replaceAll("\\n", "\n");
    const path = value.replace(/^~(?=\/|$)/, () => homedir());
    return readFile(path, "utf8").catch((error: Error) => {
      throw refuse({ setting, path, reason: (error as NodeJS.ErrnoException).code ?? "unknown" }, error);
    });
  };
  const [ca, cert, pemKey] = await Promise.all([
    read("ssl_certificate_authority", authority),
    read("ssl_client_certificate", certificate),
    read("ssl_client_private_key", key),
  ]);
  return { ...(ca && { ca }), ...(cert && { cert }), ...(pemKey && { key: pemKey }) };
}
