/** The environment of a child: what it inherits, and the variables by which this runner talks to it. */
import { controlDescriptor, controlVariable, followVariable, stateIdVariable, type TargetFacts, targetVariable } from "@tapline/protocol";

export interface ChildFacts {
  /** The child has a control channel. */
  hasControl?: boolean;
  /** For a tap: the target it feeds. */
  target?: TargetFacts | undefined;
  /** For a tap: the id of its state, unique to the project. */
  stateId?: string | undefined;
  /** For a tap: it follows its source. */
  follows?: boolean | undefined;
}

/** Leaves out the variables that a runner around this one set: they name a descriptor that the child does not inherit, another target, and another state. */
export function childEnvironment(
  env: NodeJS.ProcessEnv,
  { hasControl = false, target, stateId, follows }: ChildFacts = {},
): NodeJS.ProcessEnv {
  const {
    [controlVariable]: _control,
    [targetVariable]: _target,
    [stateIdVariable]: _stateId,
    [followVariable]: _follow,
    ...inherited
  } = env;
  return {
    ...inherited,
    ...(hasControl ? { [controlVariable]: String(controlDescriptor) } : {}),
    ...(target === undefined ? {} : { [targetVariable]: JSON.stringify(target) }),
    ...(stateId === undefined ? {} : { [stateIdVariable]: stateId }),
    ...(follows === true ? { [followVariable]: "1" } : {}),
  };
}
