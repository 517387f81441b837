import { expect, test } from "vitest";
import { explainS3 } from "./explain-s3.ts";
import { isS3, s3Location } from "./location.ts";

test.each([
  ["s3://lake", "lake", ""],
  ["s3://lake/", "lake", ""],
  ["S3://lake/a/b/", "lake", "a/b/"],
])("%s is bucket and prefix", (path, bucket, prefix) => {
  expect(isS3(path)).toBe(true);
  expect(s3Location(path)).toEqual({ bucket, prefix });
});

test.each(["s3://", "s3://Lake", "s3://lake//a", "s3://lake/../b", "s3://user@lake/a"])("%s is refused", (path) => {
  expect(() => s3Location(path)).toThrow(expect.objectContaining({ code: "s3_location_invalid" }));
});

test.each([
  [{ name: "NoSuchBucket", $metadata: { httpStatusCode: 404 } }, "s3_bucket_missing"],
  [{ name: "ExpiredToken", $metadata: { httpStatusCode: 403 } }, "s3_refused"],
  [{ name: "PermanentRedirect", $metadata: { httpStatusCode: 301 } }, "s3_region_wrong"],
  [{ name: "Error", message: "Region is missing" }, "s3_region_wrong"],
  [{ name: "CredentialsProviderError", message: "Could not load credentials from any providers" }, "s3_credentials_missing"],
  [{ name: "AggregateError", message: "", code: "ECONNREFUSED" }, "s3_unreachable"],
  [{ name: "TimeoutError", message: "no answer" }, "s3_unreachable"],
  [{ name: "SlowDown", $metadata: { httpStatusCode: 503 } }, "s3_failed"],
  [{ name: "Error", code: "ENOSPC" }, "ENOSPC"],
])("%j is explained as %s", (error, code) => {
  const place = { location: "s3://lake/a", bucket: "lake", service: "AWS" };
  expect(explainS3(Object.assign(new Error(), error), place, "reading")).toMatchObject({ code });
});
