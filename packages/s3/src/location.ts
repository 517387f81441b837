/** What `s3://bucket/prefix` names. Pure. */
import { errors } from "./errors.ts";

export interface S3Location {
  bucket: string;
  /** Before each name: empty, or it ends with a slash. */
  prefix: string;
}

export const isS3 = (path: string): boolean => /^s3:\/\//i.test(path);

/** @throws s3_location_invalid */
export function s3Location(location: string): S3Location {
  const [bucket = "", ...parts] = location.slice("s3://".length).replace(/\/$/, "").split("/");
  const isUsable = parts.every((part) => part !== "" && part !== "." && part !== "..");
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || !isUsable) throw errors.s3_location_invalid({ location });
  return { bucket, prefix: parts.map((part) => `${part}/`).join("") };
}
