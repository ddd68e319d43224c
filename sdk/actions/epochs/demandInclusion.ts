// Asks where a receipt lies in its epoch.
import type { Hex } from "viem";
import { epochsAbi } from "../../abi/epochs.ts";
import { type Bytes, hexOf } from "../../bytes.ts";
import { contractCall } from "../../contractCall.ts";
import type { InsufficientAllowanceError, MissingEventError } from "../../errors/clientErrors.ts";
import type { Receipt, SessionSignature } from "../../protocol/receipts.ts";
import { eventOf } from "../calls/eventOf.ts";
import type { AssayTransportClient, SpendParameters, WriteReturnType } from "../calls/parameters.ts";
import type { SendCallErrorType } from "../calls/sendCall.ts";
import { spend } from "../calls/spend.ts";
import { demandBond } from "./demandBond.ts";

export type DemandInclusionParameters = SpendParameters & {
  /** The receipt. */
  receipt: Receipt;
  /** By the session key that signed it. */
  signature: SessionSignature;
  /** The program's input, to publish it along; not needed. */
  input?: Bytes | undefined;
  /** The bond in token units, if known; read from the chain when left out. */
  bond?: bigint | undefined;
};
export type DemandInclusionReturnType = WriteReturnType & {
  demandId: Hex;
  /** Token units: back unless the worker answers. */
  bond: bigint;
  /** Unix seconds by which the worker must answer. */
  deadline: bigint;
};
export type DemandInclusionErrorType = SendCallErrorType | InsufficientAllowanceError | MissingEventError;

/** The call that {@link demandInclusion} sends once the vault may take the bond. */
export function demandInclusionCall({
  deployment,
  receipt,
  signature,
  input = "0x",
}: Pick<DemandInclusionParameters, "deployment" | "receipt" | "signature" | "input">) {
  return contractCall({
    address: deployment.epochs,
    abi: epochsAbi,
    functionName: "demandInclusion",
    args: [receipt, signature, hexOf(input)],
  });
}

/**
 * Asks a worker to show where a receipt lies in its epoch: one that it left out is slashed (`timeoutInclusion`). Approves the
 * vault first when needed.
 *
 * @param parameters.receipt - The receipt.
 * @param parameters.signature - By the session key that signed it.
 * @param parameters.input - The program's input, to publish it along; not needed.
 * @returns Hash and receipt, and what the contract reported: `demandId`, `bond`, `deadline`.
 *
 * @example
 * import { demandInclusion } from "@assay/sdk";
 *
 * const { demandId } = await demandInclusion(client, { deployment, receipt, signature });
 */
export async function demandInclusion(
  client: AssayTransportClient,
  parameters: DemandInclusionParameters,
): Promise<DemandInclusionReturnType> {
  const { deployment, receipt } = parameters;
  const amount = parameters.bond ?? (await demandBond(client, { deployment, version: receipt.version }));
  const sent = await spend(client, { ...parameters, amount, call: demandInclusionCall(parameters) });
  const { demandId, bond, deadline } = eventOf(sent.receipt, {
    address: parameters.deployment.epochs,
    abi: epochsAbi,
    eventName: "InclusionDemanded",
  });
  return { ...sent, demandId, bond, deadline: BigInt(deadline) };
}
