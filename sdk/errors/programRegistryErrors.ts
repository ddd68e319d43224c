// What ProgramRegistry reverts with.
import { contractError } from "./ContractError.ts";
import { date, text } from "./words.ts";

export class ProgramNotActiveError extends contractError(
  "error ProgramNotActive(bytes32 programId)",
  "The program is not registered, or was retired as malformed.",
) {}

export class InvalidHeaderError extends contractError(
  "error InvalidHeader(bytes32 field, uint256 given, uint256 bound)",
  ({ field, given, bound }) =>
    `The program header's ${text(field)} is ${given}, which the operator set bounds by ${bound}.`,
) {}

export class DescriptorWellFormedError extends contractError(
  "error DescriptorWellFormed(bytes32 programId, uint32 index)",
  ({ index }) => `Descriptor ${index} breaks no rule.`,
) {}

export class BondNotReclaimableError extends contractError(
  "error BondNotReclaimable(bytes32 programId, uint64 reclaimableAt)",
  ({ reclaimableAt }) => `The publisher's bond is gone, or held until ${date(reclaimableAt)}.`,
) {}
