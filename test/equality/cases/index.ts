// Constructed cases of every operator, at the edges of its meaning.
import type { OpName } from "@assay/sdk/program";
import type { StepCase } from "../stepCase.ts";
import { Add } from "./Add.ts";
import { ArgMax } from "./ArgMax.ts";
import { Cast } from "./Cast.ts";
import { Clip } from "./Clip.ts";
import { Collect } from "./Collect.ts";
import { ConvInteger } from "./ConvInteger.ts";
import { Div } from "./Div.ts";
import { MatMulInteger } from "./MatMulInteger.ts";
import { MaxPool } from "./MaxPool.ts";
import { Reshape } from "./Reshape.ts";

export const worstCases: Readonly<Record<OpName, readonly StepCase[]>> = {
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
