// Signs a request that somebody else sends.
import type { Account, Address, Hex } from "viem";
import { parseAccount } from "viem/accounts";
import { getBlock, signTypedData } from "viem/actions";
import { MissingAccountError } from "../../errors/clientErrors.ts";
import { requestOrder } from "../../protocol/order.ts";
import type { Permit, Request } from "../../protocol/request.ts";
import type { AssayTransportClient, DeploymentParameters } from "../calls/parameters.ts";
import { vaultAllowance } from "../calls/spend.ts";
import { noPermit } from "../stake/noPermit.ts";
import { type SignPermitErrorType, signPermit } from "../stake/signPermit.ts";
import { type InferenceRequest, type PrepareRequestErrorType, prepareRequest } from "./prepareRequest.ts";

/** Seconds that an order is good for unless told otherwise. */
const ORDER_SECONDS = 3600n;

/** Everything that whoever sends the request needs. */
export type SignedRequest = {
  request: Request;
  requestId: Hex;
  /** Empty where the input is kept off the chain. */
  input: Hex;
  /** Unix seconds until which it may be sent. */
  validUntil: bigint;
  signature: Hex;
  /** Lets the vault take the fee; its `deadline` is zero where the vault may already. */
  permit: Permit;
};

export type SignRequestParameters = DeploymentParameters &
  InferenceRequest & {
    /** Unix seconds until which it may be sent; an hour from now when left out. */
    validUntil?: bigint | undefined;
    /** Whether to sign a permit for the fee; when the vault may not yet take it, if left out. */
    permit?: boolean | undefined;
    /** The requester; the client's account when left out. */
    account?: Account | Address | undefined;
  };
export type SignRequestReturnType = SignedRequest;
export type SignRequestErrorType = PrepareRequestErrorType | SignPermitErrorType;

/**
 * Signs a request without sending it: whoever sends it pays the gas (`submitSignedRequest`), the signer pays the fee. A
 * contract signs by EIP-1271 and has to have approved the vault.
 *
 * @param parameters - As of {@link requestInference}, and until when it may be sent.
 * @returns The request with its id and signature, and a permit for the fee where it needs one.
 *
 * @example
 * import { signRequest } from "@assay/sdk";
 *
 * const order = await signRequest(client, { deployment, programId, input });
 */
export async function signRequest(
  client: AssayTransportClient,
  parameters: SignRequestParameters,
): Promise<SignRequestReturnType> {
  const { deployment, account = client.account } = parameters;
  if (!account) throw new MissingAccountError();
  const signer = parseAccount(account);
  const requester = signer.address;
  const { request, requestId, input } = await prepareRequest(client, { ...parameters, requester });
  const validUntil = parameters.validUntil ?? (await getBlock(client)).timestamp + ORDER_SECONDS;
  const { chainId, inferenceMarket: market } = deployment;
  const order = requestOrder({ chainId: BigInt(chainId), market, request, validUntil });
  const signature = await signTypedData(client, { account: signer, ...order });
  const needed = parameters.permit ?? (await vaultAllowance(client, deployment, requester)) < request.fee;
  const permit = needed
    ? await signPermit(client, { deployment, amount: request.fee, deadline: validUntil, account: signer })
    : noPermit;
  return { request, requestId, input, validUntil, signature, permit };
}
