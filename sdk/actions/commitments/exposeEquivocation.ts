// Slashes a worker that stands for two different answers to one question.
import type { Address, Hex } from "viem";
import { equivocationAbi } from "../../abi/equivocation.ts";
import { contractCall } from "../../contractCall.ts";
import type { MissingEventError } from "../../errors/clientErrors.ts";
import type { CommitmentSource } from "../../protocol/enums.ts";
import { eventOf } from "../calls/eventOf.ts";
import {
  type AssayTransportClient,
  type DeploymentParameters,
  sourceOf,
  type WriteParameters,
  type WriteReturnType,
} from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";
import { type CommitmentReference, type OpenCommitmentErrorType, openCommitment } from "./openCommitment.ts";

export type ExposeEquivocationParameters = WriteParameters & {
  first: CommitmentReference;
  second: CommitmentReference;
};
export type ExposeEquivocationReturnType = WriteReturnType & {
  worker: Address;
  /** The commitments, and which of them had not ended and were slashed. */
  first: Hex;
  second: Hex;
  firstSlashed: boolean;
  secondSlashed: boolean;
};
export type ExposeEquivocationErrorType = SendCallErrorType | OpenCommitmentErrorType | MissingEventError;

type Opening = {
  source: CommitmentSource;
  /** Of `encodeMarketOpening` or `encodeReceiptOpening`. */
  opening: Hex;
};

/** The call that {@link exposeEquivocation} sends. */
export function exposeEquivocationCall({
  deployment,
  first,
  second,
}: DeploymentParameters & { first: Opening; second: Opening }) {
  const argumentsOf = ({ source, opening }: Opening) => [sourceOf(deployment, source), opening] as const;
  return contractCall({
    address: deployment.equivocation,
    abi: equivocationAbi,
    functionName: "expose",
    args: [...argumentsOf(first), ...argumentsOf(second)],
  });
}

/**
 * Slashes a worker that stands for two different answers of one program to one input: published answers and receipts count
 * alike. Needs neither bond nor dispute. Anyone may call; the sender is the reporter.
 *
 * @param parameters.first - A published commitment (`commitId`, `requestId` or `request`), or a `receipt` with `signature`.
 * @param parameters.second - The commitment that contradicts it.
 * @returns Hash and receipt, and what the contract reported: the `worker`, and which commitment was slashed.
 *
 * @example
 * import { exposeEquivocation } from "@assay/sdk";
 *
 * const { worker } = await exposeEquivocation(client, { deployment, first: { commitId }, second: { receipt, signature } });
 */
export async function exposeEquivocation(
  client: AssayTransportClient,
  parameters: ExposeEquivocationParameters,
): Promise<ExposeEquivocationReturnType> {
  const { deployment } = parameters;
  const [first, second] = await Promise.all([
    openCommitment(client, { deployment, ...parameters.first }),
    openCommitment(client, { deployment, ...parameters.second }),
  ]);
  const call = exposeEquivocationCall({ deployment, first, second });
  const sent = await sendCall(client, { ...parameters, call });
  const event = eventOf(sent.receipt, {
    address: deployment.equivocation,
    abi: equivocationAbi,
    eventName: "Equivocated",
  });
  return { ...sent, ...event };
}
