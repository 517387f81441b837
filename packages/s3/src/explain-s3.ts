/** Says of an error of AWS's client what its cause is and what to do. */
import { TaplineError } from "@tapline/protocol";
import { errors } from "./errors.ts";

/** Where the call went. */
export interface S3Place {
  location: string;
  bucket: string;
  /** For people: the endpoint, or AWS. */
  service: string;
}

/** What the client throws, as far as it is read here. */
export interface S3Error extends Error {
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

/** Of files on this computer: whoever has the file says what to do. */
const fileErrors = new Set(["ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS", "EMFILE", "ENFILE", "EIO", "ENOENT", "EEXIST"]);

export function explainS3(thrown: unknown, { location, bucket, service }: S3Place, operation: string): Error {
  const error = thrown as S3Error;
  const { name, message, code } = error;
  if (error instanceof TaplineError || (code !== undefined && fileErrors.has(code))) return error;
  const status = error.$metadata?.httpStatusCode;
  const reason = [name, message].filter((part) => part !== undefined && part !== "").join(": ");
  if (name === "NoSuchBucket") return errors.s3_bucket_missing({ bucket, service }, {}, error);
  if (/^CredentialsProviderError$|^TokenProviderError$/.test(name))
    return errors.s3_credentials_missing({ location, reason: message }, {}, error);
  if (name === "PermanentRedirect" || name === "AuthorizationHeaderMalformed" || message === "Region is missing")
    return errors.s3_region_wrong({ location, reason }, {}, error);
  if (status === 401 || status === 403) return errors.s3_refused({ location, operation, reason }, {}, error);
  if (status === undefined && (code !== undefined || name === "TimeoutError"))
    return errors.s3_unreachable({ service, reason: message === "" ? `${code}` : message }, {}, error);
  return errors.s3_failed({ location, operation, reason: status === undefined ? reason : `${reason} (status ${status})` }, {}, error);
}
