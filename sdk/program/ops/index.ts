// All operators of operator set 1.
import type { OpName } from "../types.ts";
import { Add } from "./Add.ts";
import { ArgMax } from "./ArgMax.ts";
import { Cast } from "./Cast.ts";
import { Clip } from "./Clip.ts";
import { Collect } from "./Collect.ts";
import { ConvInteger } from "./ConvInteger.ts";
import { Div } from "./Div.ts";
import type { OpDefinition } from "./definition.ts";
import { MatMulInteger } from "./MatMulInteger.ts";
import { MaxPool } from "./MaxPool.ts";
import { Reshape } from "./Reshape.ts";

export const operators: Readonly<Record<OpName, OpDefinition>> = {
  MatMulInteger,
  ConvInteger,
  Add,
  Div,
  Clip,
  Cast,
  MaxPool,
  Reshape,
  ArgMax,
  Collect,
};

const byOpcode = new Map(Object.values(operators).map((operator) => [operator.opcode, operator.name]));

export const opOfCode = (opcode: number): OpName | undefined => byOpcode.get(opcode);
