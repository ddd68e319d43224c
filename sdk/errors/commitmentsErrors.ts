// What both sources of commitments, the market and the channels, revert with.
import { commitmentStatuses } from "../protocol/enums.ts";
import { contractError } from "./ContractError.ts";
import { date, word } from "./words.ts";

export class NotDisputableError extends contractError(
  "error NotDisputable(bytes32 commitId)",
  "The commitment is unknown, has ended, or its opening proves another: read it again with getCommitment.",
) {}

export class CommitmentHeldError extends contractError(
  "error CommitmentHeld(bytes32 commitId, uint32 holds)",
  ({ holds }) =>
    `The commitment is held by ${holds} open dispute${holds === 1 ? "" : "s"} or questions for its input: they have to end first.`,
) {}

export class WindowOpenError extends contractError(
  "error WindowOpen(bytes32 commitId, uint64 challengeUntil)",
  ({ challengeUntil }) => `The commitment may be challenged until ${date(challengeUntil)}.`,
) {}

export class WrongCommitmentStatusError extends contractError(
  "error WrongCommitmentStatus(bytes32 commitId, uint8 status, uint8 required)",
  ({ status, required }) =>
    `The commitment is ${word(commitmentStatuses, status)}, but the call needs it ${word(commitmentStatuses, required)}.`,
) {}

export class AlreadySettledError extends contractError(
  "error AlreadySettled(bytes32 commitId)",
  "The slash was distributed already.",
) {}

export class AirgapRunningError extends contractError(
  "error AirgapRunning(bytes32 commitId, uint64 airgapUntil)",
  ({ airgapUntil }) => `The slash can be distributed after ${date(airgapUntil)}.`,
) {}

export class AirgapOverError extends contractError(
  "error AirgapOver(bytes32 commitId, uint64 airgapUntil)",
  ({ airgapUntil }) => `The slash could be turned into a refund until ${date(airgapUntil)}.`,
) {}

export class NotGuardianError extends contractError(
  "error NotGuardian(address caller)",
  ({ caller }) => `${caller} is not the guardian of this deployment.`,
) {}

export class NotModuleOfSourceError extends contractError(
  "error NotModuleOfSource(address caller)",
  "Only the modules of the market or the channels may call this function.",
) {}

export class SourceModulesAlreadySetError extends contractError(
  "error SourceModulesAlreadySet()",
  "The modules are named once, by the deployer.",
) {}
