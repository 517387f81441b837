/** Requests to services of AWS, signed by Signature Version 4. Source: AWS, "Create a signed AWS API request". */
import { createHash, createHmac } from "node:crypto";
import type { SignedRequest } from "../model.ts";
import type { AuthMaker } from "./auth.ts";

export interface AwsOptions {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  /** Such as "execute-api". */
  readonly service: string;
}

/** @example awsSigV4({ accessKeyId, secretAccessKey, region: "eu-central-1", service: "execute-api" }) */
export function awsSigV4(options: AwsOptions): AuthMaker {
  const { secretAccessKey, sessionToken } = options;
  return () => ({
    sign: (request) => signAws(request, options, new Date()),
    secrets: () => [secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])],
  });
}

/** Adds the headers x-amz-date and authorization. */
export function signAws(request: SignedRequest, options: AwsOptions, now: Date): void {
  const time = `${now.toISOString().replace(/[-:]|\.\d+/g, "")}`;
  const scope = `${time.slice(0, 8)}/${options.region}/${options.service}/aws4_request`;
  request.headers["x-amz-date"] = time;
  if (options.sessionToken !== undefined) request.headers["x-amz-security-token"] = options.sessionToken;
  const signed: Record<string, string> = { host: request.url.host };
  for (const [name, value] of Object.entries(request.headers))
    if (/^(x-amz-|content-type$)/.test(name)) signed[name] = value.trim().replace(/ +/g, " ");
  const names = Object.keys(signed).sort();
  const canonical = [
    request.method,
    // Each part is encoded once more, as all services but S3 have it.
    options.service === "s3" ? request.url.pathname : request.url.pathname.split("/").map(encode).join("/"),
    [...request.url.searchParams]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join("&"),
    ...names.map((name) => `${name}:${signed[name]}`),
    "",
    names.join(";"),
    sha256(request.body ?? ""),
  ].join("\n");
  const key = [time.slice(0, 8), options.region, options.service, "aws4_request"].reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${options.secretAccessKey}`,
  );
  const signature = createHmac("sha256", key)
    .update(`AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`)
    .digest("hex");
  request.headers.authorization = `AWS4-HMAC-SHA256 Credential=${options.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
