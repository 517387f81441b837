/** The executable. It answers `--about` from a file, because loading the language takes longer than starting Node. */
import "@tapline/sdk/node-version";
import { answerAbout } from "@tapline/sdk/quick-start";

if (!answerAbout(new URL("../about.json", import.meta.url))) await import("./start.ts");
