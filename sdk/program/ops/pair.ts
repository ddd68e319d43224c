// The shape rule of operators that combine two tensors element by element.
import { sameShape } from "../tensor.ts";
import type { DType, Step } from "../types.ts";
import { broadcastShape } from "./broadcast.ts";
import { RULE } from "./definition.ts";

export function pairFault({ operands, out }: Step, dtypes: readonly DType[]): number {
  const a = operands[0]!.type;
  const b = operands[1]!.type;
  if (a.dtype !== b.dtype || !dtypes.includes(a.dtype)) return RULE.operandType;
  if (out.dtype !== a.dtype) return RULE.outputType;
  if (out.shape.length !== Math.max(a.shape.length, b.shape.length)) return RULE.rank;
  const shape = broadcastShape(a.shape, b.shape);
  if (!shape) return RULE.operandShapes;
  return sameShape(out.shape, shape) ? 0 : RULE.outputShape;
}
