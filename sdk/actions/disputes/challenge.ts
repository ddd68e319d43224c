// Opens a dispute on a commitment.
import type { Hex } from "viem";
import { disputeGameAbi } from "../../abi/disputeGame.ts";
import { contractCall } from "../../contractCall.ts";
import type { InsufficientAllowanceError, MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, SpendParameters, WriteReturnType } from "../calls/parameters.ts";
import type { SendCallErrorType } from "../calls/sendCall.ts";
import { spend } from "../calls/spend.ts";
import { getCommitment } from "../requests/getCommitment.ts";
import { getRequest } from "../requests/getRequest.ts";
import { getTier } from "../requests/getTier.ts";

export type ChallengeParameters = SpendParameters & {
  /** A commitment inside its window. */
  commitId: Hex;
  /** The bond in token units, if known; read from the commitment's tier when left out. */
  bond?: bigint | undefined;
};
export type ChallengeReturnType = WriteReturnType & {
  disputeId: Hex;
  /** Number of the dispute on its commitment, from 0. */
  serial: number;
  /** Token units, back unless the dispute is lost. */
  bond: bigint;
  /** Unix seconds by which the worker must bind its trace. */
  workerDeadline: bigint;
};
export type ChallengeErrorType = SendCallErrorType | MissingEventError | InsufficientAllowanceError;

/** The call that {@link challenge} sends once the vault may take the bond. */
export function challengeCall({
  deployment,
  commitId,
}: Pick<ChallengeParameters, "deployment" | "commitId">) {
  return contractCall({
    address: deployment.disputeGame,
    abi: disputeGameAbi,
    functionName: "challenge",
    args: [commitId],
  });
}

/**
 * Opens a dispute on a commitment: the sender claims that its output is wrong, and bonds tokens on it. Approves the vault
 * first when needed. Re-execute before (`verifyResult`): a lost dispute costs the bond.
 *
 * @param parameters.commitId - A commitment inside its window.
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
  const amount = parameters.bond ?? (await bondOf(client, parameters));
  const sent = await spend(client, { ...parameters, amount, call: challengeCall(parameters) });
  const { disputeId, serial, bond, workerDeadline } = eventOf(sent.receipt, {
    address: parameters.deployment.disputeGame,
    abi: disputeGameAbi,
    eventName: "Challenged",
  });
  return { ...sent, disputeId, serial, bond, workerDeadline };
}

async function bondOf(
  client: AssayTransportClient,
  { deployment, commitId }: ChallengeParameters,
): Promise<bigint> {
  const { requestId } = await getCommitment(client, { deployment, commitId });
  const { version } = await getRequest(client, { deployment, requestId });
  const { challengeBond } = await getTier(client, { deployment, version });
  return challengeBond;
}
