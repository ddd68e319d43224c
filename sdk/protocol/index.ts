// @assay/sdk/protocol: hashes, ids, Merkle trees, clocks and state, mirroring contracts/types. Pure: no input or output.
export {
  type Clocks,
  clocksAfterChallengerMove,
  hasTimedOut,
  respondedAt,
  type Turn,
  turn,
} from "./clock.ts";
export type { Binding, Dispute, Reveal } from "./dispute.ts";
export {
  type DisputeStatus,
  disputeStatuses,
  enumCode,
  enumName,
  type FinalityLevel,
  finalityLevels,
  type Method,
  methods,
  type NodeKind,
  nodeKinds,
  type ProgramStatus,
  programStatuses,
  type RequestStatus,
  requestStatuses,
  type Section,
  sections,
  type Verdict,
  verdicts,
} from "./enums.ts";
export { bytesToHex, type Hex, hexToBytes, sha256 } from "./hash.ts";
export {
  type CommitIdParameters,
  commitId,
  disputeId,
  encodeHeader,
  manifestHash,
  type ProgramHeader,
  programId,
  programRoot,
  requestId,
} from "./ids.ts";
export {
  ARITY,
  byteRoot,
  byteTree,
  descriptorHash,
  EMPTY,
  MerkleTree,
  nodeHash,
  pieceTree,
  rootFromPath,
  TILE_BYTES,
  TreeError,
  tileCount,
  tileHash,
  tileLength,
  treeDepth,
} from "./merkle.ts";
export {
  below,
  child,
  lastChoice,
  leafIndex,
  leafPosition,
  MAX_DEPTH,
  OUTPUT_ROOT,
  type Position,
  parent,
  TRACE_ROOT,
  tensorLevel,
  tileIndex,
  traceDepth,
} from "./position.ts";
export type { Commitment, Request, RequestParams, Tier } from "./request.ts";
export type { Claim, OperandOpening, StepProof, TileOpening } from "./stepProof.ts";
