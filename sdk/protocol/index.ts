// @assay/sdk/protocol: hashes, ids, Merkle trees, clocks and state, mirroring contracts/types. Pure: no input or output.
export { BATCH_SIZE, BatchError, BatchTree, batchRootOf } from "./batch.ts";
export { type Channel, type ChannelIdParameters, channelId } from "./channelIds.ts";
export {
  type Clocks,
  clocksAfterChallengerMove,
  hasTimedOut,
  respondedAt,
  type Turn,
  turn,
} from "./clock.ts";
export { encodeMarketOpening, type RequestStruct, requestOf, requestStruct } from "./coding.ts";
export type { Commitment, Terms } from "./commitment.ts";
export type { Binding, Dispute, Reveal } from "./dispute.ts";
export {
  type CommitmentSource,
  type CommitmentStatus,
  commitmentStatuses,
  type DemandStatus,
  type DisputeStatus,
  demandStatuses,
  disputeStatuses,
  enumCode,
  enumName,
  type FinalityLevel,
  finalityLevels,
  type InputStatus,
  inputStatuses,
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
  type RequestIdParameters,
  requestId,
} from "./ids.ts";
export { CHUNK_BYTES, chunkCount, type InputChunks, type InputRequest, inputChunks } from "./inputs.ts";
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
export { type RequestOrder, type RequestOrderParameters, requestOrder } from "./order.ts";
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
export {
  encodeReceiptOpening,
  type Receipt,
  type ReceiptIdParameters,
  receiptId,
  receiptTerms,
  receiptTypes,
  type SessionSignature,
} from "./receipts.ts";
export {
  type Answer,
  type Leaf,
  type Permit,
  type Request,
  type RequestState,
  requestFlags,
  type Tier,
} from "./request.ts";
export {
  generateSessionKey,
  type SessionKey,
  type SessionPrivateKey,
  type SessionSigner,
  sessionSigner,
  sessionSignerOf,
  verifySessionSignature,
} from "./sessionKeys.ts";
export type { Claim, OperandOpening, StepProof, TileOpening } from "./stepProof.ts";
export {
  type Demand,
  demandId,
  type Entry,
  type EntryProof,
  type Epoch,
  type EpochReceipt,
  EpochTree,
  entryRootOf,
  epochOf,
  epochSeconds,
  type ReceiptProof,
  receiptRootOf,
  type SumNode,
} from "./sumTree.ts";
export { type Voucher, type VoucherParameters, voucherHash, voucherTypedData } from "./vouchers.ts";
