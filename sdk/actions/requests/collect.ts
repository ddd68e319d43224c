// Pays a worker for answers whose windows have closed.
import { type Address, type Hex, isHex, zeroAddress } from "viem";
import { parseAccount } from "viem/accounts";
import { inferenceMarketAbi } from "../../abi/inferenceMarket.ts";
import { contractCall } from "../../contractCall.ts";
import { MissingAccountError, type MissingEventError } from "../../errors/clientErrors.ts";
import { requestStruct } from "../../protocol/coding.ts";
import type { Request } from "../../protocol/request.ts";
import { eventsOf } from "../calls/eventOf.ts";
import type {
  AssayTransportClient,
  DeploymentParameters,
  WriteParameters,
  WriteReturnType,
} from "../calls/parameters.ts";
import { type SendCallErrorType, sendCall } from "../calls/sendCall.ts";
import { type FindRequestErrorType, findRequest } from "./findRequest.ts";

export type CollectParameters = WriteParameters & {
  /** Requests that one worker answered, by their ids or as a whole. */
  requests: readonly (Hex | Request)[];
  /** Who is paid; the sender when left out. An operator key can name its worker only. */
  to?: Address | undefined;
};
export type CollectReturnType = WriteReturnType & {
  /** Token units paid out. */
  amount: bigint;
};
export type CollectErrorType =
  | SendCallErrorType
  | FindRequestErrorType
  | MissingAccountError
  | MissingEventError;

/** The call that {@link collect} sends. */
export function collectCall({
  deployment,
  requests,
  to,
}: DeploymentParameters & { requests: readonly Request[]; to: Address }) {
  return contractCall({
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    functionName: "collect",
    args: [requests.map(requestStruct), to],
  });
}

/**
 * Finalizes answers of the sender and pays their fees out at once, instead of as credit.
 *
 * @param parameters.requests - Requests that one worker answered, by their ids or as a whole.
 * @param parameters.to - Who is paid; the sender when left out.
 * @returns Hash and receipt, and what was paid: `amount`.
 *
 * @example
 * import { collect } from "@assay/sdk";
 *
 * const { amount } = await collect(client, { deployment, requests: [requestId] });
 */
export async function collect(
  client: AssayTransportClient,
  parameters: CollectParameters,
): Promise<CollectReturnType> {
  const { deployment, account = client.account } = parameters;
  if (!account) throw new MissingAccountError();
  const to = parameters.to ?? parseAccount(account).address;
  const requests = await Promise.all(
    parameters.requests.map((one) =>
      isHex(one) ? findRequest(client, { deployment, requestId: one }) : (one as Request),
    ),
  );
  const sent = await sendCall(client, { ...parameters, call: collectCall({ deployment, requests, to }) });
  const events = eventsOf(sent.receipt, {
    address: deployment.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "Finalized",
  });
  const paid = events.filter((event) => event.to !== zeroAddress);
  return { ...sent, amount: paid.reduce((sum, { fee }) => sum + fee, 0n) };
}
