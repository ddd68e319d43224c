// Cases of every operator.
import type { OpName } from "../../../sdk/program/types.ts";
import type { CaseSource } from "../stepCase.ts";
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

export const caseSources: Readonly<Record<OpName, CaseSource>> = {
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
