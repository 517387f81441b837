/** What many requests may choose by: the name of a job, and an environment. */
import { Type } from "@tapline/protocol";

const name = Type.Optional(Type.String({ minLength: 1 }));

export const chosen = { job: name, environment: name };
