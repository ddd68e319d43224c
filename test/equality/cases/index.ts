// Constructed cases of every operator, at the edges of its meaning.
import type { OpName } from "@assay/sdk/program";
import type { StepCase } from "../stepCase.ts";
import { Add } from "./Add.ts";
import { ArgMax } from "./ArgMax.ts";
import { BitShift } from "./BitShift.ts";
import { BitwiseAnd } from "./BitwiseAnd.ts";
import { BitwiseOr } from "./BitwiseOr.ts";
import { BitwiseXor } from "./BitwiseXor.ts";
import { Carry } from "./Carry.ts";
import { Cast } from "./Cast.ts";
import { Clip } from "./Clip.ts";
import { Collect } from "./Collect.ts";
import { Concat } from "./Concat.ts";
import { ConvInteger } from "./ConvInteger.ts";
import { CumSum } from "./CumSum.ts";
import { Div } from "./Div.ts";
import { Equal } from "./Equal.ts";
import { Expand } from "./Expand.ts";
import { Gather } from "./Gather.ts";
import { GatherElements } from "./GatherElements.ts";
import { Isqrt } from "./Isqrt.ts";
import { Less } from "./Less.ts";
import { MatMulInteger } from "./MatMulInteger.ts";
import { Max } from "./Max.ts";
import { MaxPool } from "./MaxPool.ts";
import { Min } from "./Min.ts";
import { Mod } from "./Mod.ts";
import { Mul } from "./Mul.ts";
import { Pad } from "./Pad.ts";
import { ReduceMax } from "./ReduceMax.ts";
import { ReduceSum } from "./ReduceSum.ts";
import { Reshape } from "./Reshape.ts";
import { ScatterElements } from "./ScatterElements.ts";
import { Slice } from "./Slice.ts";
import { Stop } from "./Stop.ts";
import { Sub } from "./Sub.ts";
import { Transpose } from "./Transpose.ts";
import { Where } from "./Where.ts";

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
  Sub,
  Mul,
  Mod,
  Min,
  Max,
  BitShift,
  BitwiseAnd,
  BitwiseOr,
  BitwiseXor,
  Equal,
  Less,
  Where,
  Isqrt,
  Gather,
  GatherElements,
  ScatterElements,
  Concat,
  Slice,
  Pad,
  Transpose,
  Expand,
  ReduceSum,
  ReduceMax,
  CumSum,
  Carry,
  Stop,
  Collect,
};
