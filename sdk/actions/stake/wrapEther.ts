// Turns ether into the stake token.
import { parseAbi } from "viem";
import { contractCall } from "../../contractCall.ts";
import type { AssayTransportClient, WriteParameters, WriteReturnType } from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";

export type WrapEtherParameters = WriteParameters & {
  /** Wei. */
  amount: bigint;
};
export type WrapEtherReturnType = WriteReturnType;
export type WrapEtherErrorType = SendCallErrorType;

const abi = parseAbi(["function deposit() payable"]);

/** The call that {@link wrapEther} sends. */
export function wrapEtherCall({ deployment, amount }: Pick<WrapEtherParameters, "deployment" | "amount">) {
  return contractCall({ address: deployment.token, abi, functionName: "deposit", args: [], value: amount });
}

/**
 * Turns ether of the sender into as much of the stake token, to pay fees and bonds with. Only where the stake token is
 * wrapped ether.
 *
 * @param parameters.amount - Wei.
 * @returns Hash and receipt.
 *
 * @example
 * import { wrapEther } from "@assay/sdk";
 * import { parseEther } from "viem";
 *
 * await wrapEther(client, { deployment, amount: parseEther("0.1") });
 */
export const wrapEther = (
  client: AssayTransportClient,
  parameters: WrapEtherParameters,
): Promise<WrapEtherReturnType> => sendCall(client, { ...parameters, call: wrapEtherCall(parameters) });
