// Requests and leaves between their TypeScript and their Solidity forms, and the bytes by which a commitment is opened.
import { type AbiParameterToPrimitiveType, encodeAbiParameters } from "viem";
import { enumCode, enumName, finalityLevels, methods } from "./enums.ts";
import type { Hex } from "./hash.ts";
import type { Leaf, Request } from "./request.ts";

/** The fields of a request in the order of its Solidity struct, for ABI encoding and for EIP-712. */
export const requestFields = [
  { name: "requester", type: "address" },
  { name: "salt", type: "uint64" },
  { name: "programId", type: "bytes32" },
  { name: "inputRoot", type: "bytes32" },
  { name: "inputPosted", type: "bool" },
  { name: "fee", type: "uint96" },
  { name: "version", type: "uint16" },
  { name: "method", type: "uint8" },
  { name: "level", type: "uint8" },
  { name: "worker", type: "address" },
  { name: "consumer", type: "address" },
  { name: "callbackGas", type: "uint32" },
] as const;

export const requestParameter = { type: "tuple", components: requestFields } as const;

const leafParameter = {
  type: "tuple",
  components: [
    { name: "passes", type: "uint32" },
    { name: "outputRoot", type: "bytes32" },
    { name: "proof", type: "bytes32[]" },
  ],
} as const;

/** A request as the contracts take it: enumerations as their codes. */
export type RequestStruct = AbiParameterToPrimitiveType<typeof requestParameter>;

/** A request as the contracts take it. */
export const requestStruct = (request: Request): RequestStruct => ({
  requester: request.requester,
  salt: request.salt,
  programId: request.programId,
  inputRoot: request.inputRoot,
  inputPosted: request.inputPosted,
  fee: request.fee,
  version: request.version,
  method: enumCode(methods, request.method),
  level: enumCode(finalityLevels, request.level),
  worker: request.worker,
  consumer: request.consumer,
  callbackGas: request.callbackGas,
});

/** A request as a contract gave it. */
export const requestOf = ({ method, level, ...struct }: RequestStruct): Request => ({
  ...struct,
  method: enumName(methods, method),
  level: enumName(finalityLevels, level),
});

/** The bytes by which the market recognises a published answer as a commitment. */
export const encodeMarketOpening = (request: Request, leaf: Leaf): Hex =>
  encodeAbiParameters([requestParameter, leafParameter], [requestStruct(request), leaf]);
