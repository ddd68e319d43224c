// A request that its requester signs and anybody may send: EIP-712.
import type { Address } from "viem";
import { type RequestStruct, requestFields, requestStruct } from "./coding.ts";
import type { Request } from "./request.ts";

/** What is signed, in the form that `signTypedData` of viem, ethers and wallets takes. */
export interface RequestOrder {
  domain: { name: string; version: string; chainId: number; verifyingContract: Address };
  types: typeof types;
  primaryType: "RequestOrder";
  message: { request: RequestStruct; validUntil: bigint };
}

const types = {
  RequestOrder: [
    { name: "request", type: "Request" },
    { name: "validUntil", type: "uint64" },
  ],
  Request: requestFields,
} as const;

export interface RequestOrderParameters {
  chainId: bigint;
  market: Address;
  request: Request;
  /** Unix seconds until which the order may be sent. */
  validUntil: bigint;
}

/** The typed data of an order. */
export const requestOrder = (parameters: RequestOrderParameters): RequestOrder => ({
  domain: {
    name: "Assay Market",
    version: "1",
    chainId: Number(parameters.chainId),
    verifyingContract: parameters.market,
  },
  types,
  primaryType: "RequestOrder",
  message: { request: requestStruct(parameters.request), validUntil: parameters.validUntil },
});
