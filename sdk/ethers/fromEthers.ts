// Lets an ethers signer drive the SDK: its provider reads, the signer signs and sends.
import type { Provider, Signer, TransactionRequest } from "ethers";
import { type Address, type CustomTransport, custom, getAddress, type JsonRpcAccount } from "viem";
import { BaseError } from "../errors.ts";

/** What `createAssayClient`, and any client of viem, takes from an ethers signer. */
export type FromEthersReturnType = { account: JsonRpcAccount<Address>; transport: CustomTransport };

export class UnsupportedSignerError extends BaseError {
  override readonly name = "UnsupportedSignerError";
}

type SendingProvider = Provider & { send: (method: string, parameters: unknown[]) => Promise<unknown> };
type RpcRequest = { method: string; params?: unknown };
type RpcTransaction = { gas?: string; type?: string; from?: string; [field: string]: unknown };

/**
 * Adapts an ethers (version 6) signer: a wallet, a browser wallet, a nonce manager, any signer.
 *
 * @param signer - Connected to a provider that speaks JSON-RPC (`JsonRpcProvider`, `BrowserProvider`, …).
 * @returns The account and the transport of a client.
 * @throws UnsupportedSignerError when the signer has no such provider.
 *
 * @example
 * import { createAssayClient } from "@assay/sdk";
 * import { fromEthers } from "@assay/sdk/ethers";
 * import { BrowserProvider } from "ethers";
 *
 * const signer = await new BrowserProvider(window.ethereum).getSigner();
 * const client = createAssayClient({ ...(await fromEthers(signer)), deployment });
 */
export async function fromEthers(signer: Signer): Promise<FromEthersReturnType> {
  const provider = signer.provider as SendingProvider | null;
  if (typeof provider?.send !== "function") {
    throw new UnsupportedSignerError("The signer needs a provider that can send JSON-RPC requests.");
  }
  const address = getAddress(await signer.getAddress());
  const request = async ({ method, params }: RpcRequest): Promise<unknown> => {
    const list = (params ?? []) as unknown[];
    if (method === "eth_accounts" || method === "eth_requestAccounts") return [address];
    if (method === "eth_sendTransaction") {
      const { hash } = await signer.sendTransaction(toEthers(list[0] as RpcTransaction));
      return hash;
    }
    return provider.send(method, list);
  };
  // A retry of a request whose answer was lost could send a transaction twice.
  return { account: { address, type: "json-rpc" }, transport: custom({ request }, { retryCount: 0 }) };
}

/** The signer fills in what is left out; numbers stay the hex strings that JSON-RPC carries, which ethers reads. */
function toEthers({ gas, type, ...transaction }: RpcTransaction): TransactionRequest {
  return {
    ...transaction,
    ...(gas === undefined ? {} : { gasLimit: gas }),
    ...(type === undefined ? {} : { type: Number(type) }),
  };
}
