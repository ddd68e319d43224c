// Opens a dispute on a commitment.
import type { Hex } from "viem";
import { disputeGameAbi } from "../../abi/disputeGame.ts";
import { contractCall } from "../../contractCall.ts";
import type { InsufficientAllowanceError, MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import {
  type AssayTransportClient,
  type DeploymentParameters,
  gameOf,
  type SourceParameters,
  type SpendParameters,
  type WriteReturnType,
} from "../calls/parameters.ts";
import type { SendCallErrorType } from "../calls/sendCall.ts";
import { spend } from "../calls/spend.ts";
import {
  type CommitmentReference,
  type OpenCommitmentErrorType,
  type OpenedCommitment,
  openCommitment,
} from "../commitments/openCommitment.ts";
import { getTier } from "../requests/getTier.ts";

export type ChallengeParameters = SpendParameters &
  CommitmentReference & {
    /** The bond in token units, if known; read from the commitment's tier when left out. */
    bond?: bigint | undefined;
  };
export type ChallengeReturnType = WriteReturnType & {
  disputeId: Hex;
  commitId: Hex;
  /** Number of the dispute on its commitment, from 0. */
  serial: number;
  /** Token units, back unless the dispute is lost. */
  bond: bigint;
  /** Unix seconds by which the worker must bind its trace. */
  workerDeadline: bigint;
};
export type ChallengeErrorType =
  | SendCallErrorType
  | OpenCommitmentErrorType
  | MissingEventError
  | InsufficientAllowanceError;

/** The call that {@link challenge} sends once the vault may take the bond. */
export function challengeCall({
  deployment,
  source,
  commitId,
  opening,
}: DeploymentParameters &
  SourceParameters & {
    commitId: Hex;
    /** Of `encodeMarketOpening` or `encodeReceiptOpening`; ignored once the commitment is recorded. */
    opening: Hex;
  }) {
  return contractCall({
    address: gameOf(deployment, source),
    abi: disputeGameAbi,
    functionName: "challenge",
    args: [commitId, opening],
  });
}

/**
 * Opens a dispute on a commitment: the sender claims that its output is wrong, and bonds tokens on it. Approves the vault
 * first when needed. Re-execute before (`verifyResult`): a lost dispute costs the bond.
 *
 * @param parameters.commitId - A published commitment inside its window; or the `requestId` or whole `request` that it
 * answers; or a `receipt` with `signature` and `input`, whose window starts with its first challenge.
 * @param parameters.bond - The bond in token units, if known; read from the commitment's tier when left out.
 * @returns Hash and receipt, and what the contract reported: `disputeId`, `serial`, `bond`, `workerDeadline`.
 *
 * @example
 * import { challenge } from "@assay/sdk";
 *
 * const { disputeId } = await challenge(client, { deployment, commitId });
 */
export async function challenge(
  client: AssayTransportClient,
  parameters: ChallengeParameters,
): Promise<ChallengeReturnType> {
  const { deployment } = parameters;
  const opened = await openCommitment(client, parameters);
  const amount = parameters.bond ?? (await challengeBond(client, { deployment, ...opened }));
  const call = challengeCall({ deployment, ...opened });
  const sent = await spend(client, { ...parameters, amount, call });
  const { disputeId, commitId, serial, bond, workerDeadline } = eventOf(sent.receipt, {
    address: gameOf(deployment, opened.source),
    abi: disputeGameAbi,
    eventName: "Challenged",
  });
  return { ...sent, disputeId, commitId, serial, bond, workerDeadline };
}

async function challengeBond(
  client: AssayTransportClient,
  { deployment, version }: DeploymentParameters & OpenedCommitment,
): Promise<bigint> {
  return (await getTier(client, { deployment, version })).challengeBond;
}
