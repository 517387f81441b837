/**
 * The answers of the API as JSON Schemas: the OpenAPI document is made from them, tests hold every answer to them, and the page takes
 * its types from here. Names are in snake_case, instants are ISO 8601 in UTC, a count is null where nobody reported it.
 */
export * from "./answers/forms.ts";
export * from "./answers/kept.ts";
export * from "./answers/pipelines.ts";
export * from "./answers/project.ts";
export * from "./answers/runs.ts";
