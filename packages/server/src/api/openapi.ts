/** The OpenAPI document of the routes. Pure. */

import { errorAnswer } from "./answers.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";

interface ObjectSchema {
  properties: Record<string, object>;
  required?: readonly string[];
}

/** Of the routes of the API. */
export function openApiDocument(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, path) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "tapline serve",
      version: "1",
      description: "What the page of tapline serve shows and does. Beyond this machine, with a token.",
    },
    paths,
    components: {
      schemas: { Error: errorAnswer },
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "One of server.tokens in tapline.yml, where there are any." },
      },
    },
    security: [{ token: [] }, {}],
  };
}

function operationOf({ method, summary, role, query, body, answer }: Route, path: string): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const { properties = {}, required = [] } = (query ?? {}) as Partial<ObjectSchema>;
  const parameters = [
    ...names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
    ...Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: required.includes(name), schema })),
    ...(method === "GET" ? [] : [{ name: "x-tapline", in: "header", required: true, schema: { const: "1" } }]),
  ];
  return {
    summary,
    description: `For the role ${role}.`,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: {
      200: { description: "The answer.", content: json(answer) },
      default: { description: "What went wrong.", content: json({ $ref: "#/components/schemas/Error" }) },
    },
  };
}

const json = (schema: object): object => ({ "application/json": { schema } });
