/** The environment of a child: what it inherits, and the variables by which this runner talks to it. */
import { controlDescriptor, controlVariable, type TargetFacts, targetVariable } from "@tapline/protocol";

export interface ChildFacts {
  /** The child has a control channel. */
  hasControl?: boolean;
  /** For a tap: the target it feeds. */
  target?: TargetFacts | undefined;
}

/** Leaves out the variables that a runner around this one set: they name a descriptor that the child does not inherit, and another target. */
export function childEnvironment(env: NodeJS.ProcessEnv, { hasControl = false, target }: ChildFacts = {}): NodeJS.ProcessEnv {
  const { [controlVariable]: _control, [targetVariable]: _target, ...inherited } = env;
  return {
    ...inherited,
    ...(hasControl ? { [controlVariable]: String(controlDescriptor) } : {}),
    ...(target === undefined ? {} : { [targetVariable]: JSON.stringify(target) }),
  };
}
