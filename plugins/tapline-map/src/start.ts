/** Runs the mapper by the arguments of this process. Static imports, so that a bundle has only what it uses. */
import { runMapper } from "@tapline/sdk";
import mapper from "./index.ts";

await runMapper(mapper);
