// What StakeVault, and the token that it holds, revert with.
import { contractError } from "./ContractError.ts";
import { date } from "./words.ts";

export class NotModuleError extends contractError(
  "error NotModule(address caller)",
  "Only the contracts of the protocol may call this function.",
) {}

export class ModulesAlreadySetError extends contractError(
  "error ModulesAlreadySet()",
  "The vault's modules are named once, by its deployer.",
) {}

export class ZeroAmountError extends contractError("error ZeroAmount()", "The amount is zero.") {}

export class InsufficientStakeError extends contractError(
  "error InsufficientStake(address account, uint256 free, uint256 required)",
  "The account's free stake is too small: stake more, or wait until locks end.",
) {}

export class InsufficientEscrowError extends contractError(
  "error InsufficientEscrow(address module, uint256 held, uint256 required)",
  "A contract of the protocol tried to release more than it holds in escrow.",
) {}

export class UnexpectedTransferAmountError extends contractError(
  "error UnexpectedTransferAmount(uint256 received, uint256 expected)",
  "The token delivered another amount than asked for. Tokens with transfer fees cannot be used.",
) {}

export class TooManyTranchesError extends contractError(
  "error TooManyTranches(uint256 maximum)",
  ({ maximum }) => `The account has ${maximum} unbonding tranches already: withdraw the matured ones first.`,
) {}

export class NothingToWithdrawError extends contractError(
  "error NothingToWithdraw(uint64 nextAvailableAt)",
  ({ nextAvailableAt }) =>
    nextAvailableAt === 0n
      ? "Nothing is unbonding."
      : `Nothing can be withdrawn before ${date(nextAvailableAt)}.`,
) {}

export class NothingToClaimError extends contractError(
  "error NothingToClaim(address account)",
  "The account has no credit.",
) {}

export class EtherNotAcceptedError extends contractError(
  "error EtherNotAccepted(address token)",
  ({ token }) => `The stake token ${token} does not wrap ether: stake tokens instead.`,
) {}

export class SafeERC20FailedOperationError extends contractError(
  "error SafeERC20FailedOperation(address token)",
  "The token refused a transfer without saying why.",
) {}

export class ReentrancyGuardReentrantCallError extends contractError(
  "error ReentrancyGuardReentrantCall()",
  "The vault was called from within one of its own calls.",
) {}

export class SafeCastOverflowedUintDowncastError extends contractError(
  "error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value)",
  ({ bits }) => `An amount does not fit ${bits} bits.`,
) {}
