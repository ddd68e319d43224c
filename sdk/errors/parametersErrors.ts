// What Parameters reverts with.
import { contractError } from "./ContractError.ts";
import { date, text } from "./words.ts";

export class UnknownVersionError extends contractError(
  "error UnknownVersion(uint16 version, uint16 versions)",
  ({ version, versions }) => `There is no parameter version ${version}: choose 1 to ${versions}.`,
) {}

export class ParameterOutOfBoundsError extends contractError(
  "error ParameterOutOfBounds(bytes32 tier, bytes32 parameter, uint256 given, uint256 bound)",
  ({ tier, parameter, given, bound }) =>
    `Parameter ${text(parameter)} of tier ${text(tier)} is ${given}, beyond its bound of ${bound}.`,
) {}

export class UnbondingTooShortError extends contractError(
  "error UnbondingTooShort(bytes32 tier, uint256 given, uint256 required)",
  ({ tier, given, required }) =>
    `Unbonding takes ${given} s, less than the ${required} s that tier ${text(tier)} needs.`,
) {}

export class NotGovernorError extends contractError(
  "error NotGovernor(address caller)",
  ({ caller }) => `${caller} is not the governor of this deployment.`,
) {}

export class ProposalWaitingError extends contractError(
  "error ProposalWaiting(uint16 version)",
  ({ version }) => `Version ${version} is proposed already: activate or cancel it first.`,
) {}

export class NothingProposedError extends contractError(
  "error NothingProposed(uint16 version)",
  ({ version }) =>
    version === 0 ? "No version is proposed." : `Version ${version} is not the one that is proposed.`,
) {}

export class ProposalNotDueError extends contractError(
  "error ProposalNotDue(uint64 activeFrom)",
  ({ activeFrom }) => `The proposed version may be activated from ${date(activeFrom)}.`,
) {}
