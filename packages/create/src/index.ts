/** Makes packages of plugins; `tapline new` and `npm create tapline` use it. */
export { type KindName, kinds, namePattern, type TapKind, tapKinds } from "./kinds.ts";
export { makePlugin, type NewPlugin, nextSteps } from "./make-plugin.ts";
export { pluginFiles, tools } from "./plugin-files.ts";
