/** Failures of S3 that a person can act on, by code. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

export const s3ErrorCatalogue = {
  s3_location_invalid: {
    class: "config",
    message: (p: { location: string }) => `${JSON.stringify(p.location)} names no place in S3`,
    hint: 'Write it as "s3://bucket/prefix": a bucket of 3 to 63 small letters, digits, dots and hyphens, and a prefix without empty parts, "." and "..".',
  },
  s3_bucket_missing: {
    class: "config",
    message: (p: { bucket: string; service: string }) => `There is no bucket ${p.bucket} at ${p.service}`,
    hint: "Create the bucket, or correct its name. For a service other than AWS, set endpoint.",
  },
  s3_credentials_missing: {
    class: "config",
    message: (p: { location: string; reason: string }) => `${p.location} can't be used, because no credentials were found: ${p.reason}`,
    hint: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this computer a role.",
  },
  s3_refused: {
    class: "config",
    message: (p: { location: string; operation: string; reason: string }) =>
      `${p.location} can't be used: the service refused ${p.operation} (${p.reason})`,
    hint: "Check the credentials. They need s3:ListBucket, ListBucketMultipartUploads, GetObject, PutObject, DeleteObject and AbortMultipartUpload there.",
  },
  s3_region_wrong: {
    class: "config",
    message: (p: { location: string; reason: string }) => `${p.location} can't be used: ${p.reason}`,
    hint: "Set AWS_REGION to the bucket's region.",
  },
  s3_unreachable: {
    class: "connection",
    message: (p: { service: string; reason: string }) => `${p.service} can't be reached: ${p.reason}`,
    hint: "Check endpoint and the network, then run again: what was not confirmed is sent again.",
  },
  s3_failed: {
    class: "connection",
    message: (p: { location: string; operation: string; reason: string }) => `${p.location}: ${p.operation} failed: ${p.reason}`,
    hint: "Run again: what was not confirmed is sent again. If it stays so, check that endpoint is an S3 service, or ask whoever runs it.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(s3ErrorCatalogue);
