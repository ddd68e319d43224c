// A client that speaks the protocol and nothing else.
import { type Account, type Address, type Chain, type Client, createClient, type Transport } from "viem";
import { type AssayActions, assayActions } from "./actions/assayActions.ts";
import type { Deployment } from "./deployments.ts";

export type CreateAssayClientParameters = {
  chain?: Chain | undefined;
  transport: Transport;
  /** Who signs: an account of `viem/accounts`, or the address of an account that the endpoint or wallet holds. */
  account?: Account | Address | undefined;
  deployment: Deployment;
  /** Milliseconds between polls for receipts and events; viem's default for the chain when left out. */
  pollingInterval?: number | undefined;
};

export type AssayClient = Client<Transport, Chain | undefined, Account | undefined, undefined, AssayActions>;

/**
 * Creates a client with every action of the protocol. For viem's own actions too, extend a public or wallet client with
 * `assayActions` instead.
 *
 * @param parameters - Transport, deployment, and an account if the client shall write.
 * @returns The client.
 *
 * @example
 * import { createAssayClient, getDeployment } from "@assay/sdk";
 * import { http } from "viem";
 * import { privateKeyToAccount } from "viem/accounts";
 *
 * const client = createAssayClient({
 *   transport: http("http://127.0.0.1:8545"),
 *   account: privateKeyToAccount("0x…"),
 *   deployment: getDeployment(1),
 * });
 */
export function createAssayClient({ deployment, ...parameters }: CreateAssayClientParameters): AssayClient {
  return createClient(parameters).extend(assayActions({ deployment })) as AssayClient;
}
