// The operators of float models that the compiler knows.
import { registry } from "./lowering/lowerGraph.ts";

export const supportedOperators: readonly string[] = registry.operators;
