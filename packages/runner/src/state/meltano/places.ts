/** Where a Meltano project keeps its states: `state_backend.uri`, or else its system database, which has its runs in any case. */
import { isAbsolute, join, resolve } from "node:path";
import type { MeltanoFacts } from "../../model/meltano.ts";
import type { Project } from "../../model/project.ts";
import { expand } from "../../project/meltano/names.ts";
import { variablesIn } from "../../project/project.ts";

export type MeltanoDatabase =
  | { kind: "sqlite"; path: string }
  | { kind: "postgres"; url: string }
  /** It is nothing that tapline reads. */
  | { kind: "other"; uri: string };

export type MeltanoPlace =
  | MeltanoDatabase
  | { kind: "folder"; path: string }
  | { kind: "s3"; path: string; endpoint: string | undefined; keys: { id: string; secret: string } | undefined };

export function meltanoPlace(project: Project, environment: string): MeltanoPlace {
  const { uri, s3 = {} }: Partial<MeltanoFacts["state"]> = project.meltano?.state ?? {};
  const setting = settingsIn(project, environment);
  const backend = setting("MELTANO_STATE_BACKEND_URI", uri);
  if (backend !== undefined && backend !== "systemdb") {
    if (/^file:/.test(backend)) return { kind: "folder", path: folderOf(project.folder, backend) };
    if (!/^s3:\/\//.test(backend)) return { kind: "other", uri: withoutPassword(backend) };
    const place = new URL(backend);
    const id = setting("MELTANO_STATE_BACKEND_S3_AWS_ACCESS_KEY_ID", s3.aws_access_key_id) ?? decodeURIComponent(place.username);
    const secret =
      setting("MELTANO_STATE_BACKEND_S3_AWS_SECRET_ACCESS_KEY", s3.aws_secret_access_key) ?? decodeURIComponent(place.password);
    const bucket = setting("MELTANO_STATE_BACKEND_S3_BUCKET", s3.bucket) ?? place.hostname;
    const prefix = setting("MELTANO_STATE_BACKEND_S3_PREFIX", s3.prefix) ?? place.pathname;
    return {
      kind: "s3",
      path: `s3://${bucket}/${prefix.replaceAll(/^\/+|\/+$/g, "")}`.replace(/\/$/, ""),
      endpoint: setting("MELTANO_STATE_BACKEND_S3_ENDPOINT_URL", s3.endpoint_url),
      keys: id === "" || secret === "" ? undefined : { id, secret },
    };
  }
  return meltanoDatabase(project, environment);
}

/** The system database, where Meltano notes its runs. */
export function meltanoDatabase(project: Project, environment: string): MeltanoDatabase {
  const url = settingsIn(project, environment)("MELTANO_DATABASE_URI", project.meltano?.state.database);
  if (url === undefined) return { kind: "sqlite", path: join(project.folder, ".meltano", "meltano.db") };
  // sqlite:///relative and sqlite:////absolute, as SQLAlchemy has them.
  const file = /^sqlite:\/\/\/(.+)$/.exec(url)?.[1];
  if (file !== undefined) return { kind: "sqlite", path: isAbsolute(file) ? file : resolve(project.folder, file) };
  if (/^postgres(ql)?(\+\w+)?:\/\//.test(url)) return { kind: "postgres", url: url.replace(/^postgres(ql)?(\+\w+)?:/, "postgresql:") };
  return { kind: "other", uri: withoutPassword(url) };
}

/** The value of a setting of Meltano: a variable wins over what is written. */
function settingsIn(project: Project, environment: string): (variable: string, written: string | undefined) => string | undefined {
  const { all } = variablesIn(project, environment);
  return (variable, written) => {
    const found = all[variable] ?? (written === undefined ? undefined : expand(written, (name) => all[name]));
    return found === "" ? undefined : found;
  };
}

/** file:///absolute, file://absolute and file:relative. */
function folderOf(folder: string, uri: string): string {
  return resolve(folder, decodeURIComponent(uri.replace(/^file:(\/\/)?/, "")));
}

function withoutPassword(uri: string): string {
  return uri.replaceAll(/\/\/[^/@]*@/g, "//***@");
}
