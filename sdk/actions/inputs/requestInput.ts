// Asks a worker to show the input of an answer.
import type { Hex } from "viem";
import { inputRequestsAbi } from "../../abi/inputRequests.ts";
import { contractCall } from "../../contractCall.ts";
import type { InsufficientAllowanceError, MissingEventError } from "../../errors/clientErrors.ts";
import { eventOf } from "../calls/eventOf.ts";
import {
  type AssayTransportClient,
  type DeploymentParameters,
  type SourceParameters,
  type SpendParameters,
  sourceOf,
  type WriteReturnType,
} from "../calls/parameters.ts";
import type { SendCallErrorType } from "../calls/sendCall.ts";
import { spend } from "../calls/spend.ts";
import {
  type CommitmentReference,
  type OpenCommitmentErrorType,
  openCommitment,
} from "../commitments/openCommitment.ts";
import { inputBond } from "./inputBond.ts";

export type RequestInputParameters = SpendParameters &
  CommitmentReference & {
    /** The bond in token units, if known; read from the chain when left out. */
    bond?: bigint | undefined;
  };
export type RequestInputReturnType = WriteReturnType & {
  commitId: Hex;
  /** Token units: back if nobody posts the input, the worker's if somebody does. */
  bond: bigint;
  /** Unix seconds by which every byte must be posted. */
  postBy: bigint;
};
export type RequestInputErrorType =
  | SendCallErrorType
  | OpenCommitmentErrorType
  | MissingEventError
  | InsufficientAllowanceError;

/** The call that {@link requestInput} sends once the vault may take the bond. */
export function requestInputCall({
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
    address: deployment.inputRequests,
    abi: inputRequestsAbi,
    functionName: "requestInput",
    args: [sourceOf(deployment, source), commitId, opening],
  });
}

/**
 * Asks a worker to show the input of an answer inside its window, so that it can be checked. The worker posts it
 * (`postInput`) or is slashed (`timeoutInput`); the window stays open meanwhile. Approves the vault first when needed.
 *
 * @param parameters.commitId - A published commitment whose input is kept off the chain; or the `requestId` or whole
 * `request` that it answers; or a `receipt` with its `signature`.
 * @param parameters.bond - The bond in token units, if known; read from the chain when left out.
 * @returns Hash and receipt, and what the contract reported: `commitId`, `bond`, `postBy`.
 *
 * @example
 * import { requestInput } from "@assay/sdk";
 *
 * const { postBy } = await requestInput(client, { deployment, commitId });
 */
export async function requestInput(
  client: AssayTransportClient,
  parameters: RequestInputParameters,
): Promise<RequestInputReturnType> {
  const { deployment } = parameters;
  const opened = await openCommitment(client, parameters);
  const amount = parameters.bond ?? (await inputBond(client, { deployment, ...opened }));
  const call = requestInputCall({ deployment, ...opened });
  const sent = await spend(client, { ...parameters, amount, call });
  const { id, bond, postBy } = eventOf(sent.receipt, {
    address: deployment.inputRequests,
    abi: inputRequestsAbi,
    eventName: "InputRequested",
  });
  return { ...sent, commitId: id, bond, postBy };
}
