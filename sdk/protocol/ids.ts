// Roots and identifiers of programs, requests, commitments and disputes.
import type { Address } from "viem";
import { encodeAbiParameters, keccak256, stringToBytes } from "viem/utils";
import { requestParameter, requestStruct } from "./coding.ts";
import type { Terms } from "./commitment.ts";
import { bytesToHex, type Hex, hexToBytes, sha256 } from "./hash.ts";
import type { Request } from "./request.ts";

const PROGRAM_DOMAIN = 3;
const HEADER_BYTES = 23;

const domain = (name: string): Hex => keccak256(stringToBytes(name));
const domains = {
  program: domain("assay.program"),
  request: domain("assay.request"),
  commitment: domain("assay.commitment"),
  dispute: domain("assay.dispute"),
};

const bytes32 = { type: "bytes32" } as const;
const address = { type: "address" } as const;
const uint16 = { type: "uint16" } as const;
const uint32 = { type: "uint32" } as const;
const uint256 = { type: "uint256" } as const;
const termsParameter = {
  type: "tuple",
  components: [
    { name: "subject", type: "bytes32" },
    { name: "programId", type: "bytes32" },
    { name: "inputRoot", type: "bytes32" },
    { name: "outputRoot", type: "bytes32" },
    { name: "passes", type: "uint32" },
    { name: "worker", type: "address" },
    { name: "version", type: "uint16" },
  ],
} as const;

/** What a program is made of, hashed into its root. Mirrors contracts/types/Program.sol. */
export interface ProgramHeader {
  operatorSet: number;
  slots: number;
  constants: number;
  maxPasses: number;
  inputBytes: number;
  outputBytes: number;
  tensorDepth: number;
}

/** The 23 packed big-endian bytes of a header. */
export function encodeHeader(header: ProgramHeader): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, header.operatorSet);
  view.setUint32(2, header.slots);
  view.setUint32(6, header.constants);
  view.setUint32(10, header.maxPasses);
  view.setUint32(14, header.inputBytes);
  view.setUint32(18, header.outputBytes);
  view.setUint8(22, header.tensorDepth);
  return bytes;
}

export function programRoot(header: ProgramHeader, descriptorsRoot: Hex, constantsRoot: Hex): Hex {
  const bytes = new Uint8Array(1 + HEADER_BYTES + 64);
  bytes[0] = PROGRAM_DOMAIN;
  bytes.set(encodeHeader(header), 1);
  bytes.set(hexToBytes(descriptorsRoot, { size: 32 }), 1 + HEADER_BYTES);
  bytes.set(hexToBytes(constantsRoot, { size: 32 }), 1 + HEADER_BYTES + 32);
  return bytesToHex(sha256(bytes));
}

/** Hash of the manifest's JSON bytes exactly as published. */
export const manifestHash = (json: Uint8Array): Hex => keccak256(json);

export const programId = (operatorSet: number, programRoot: Hex, manifestHash: Hex): Hex =>
  keccak256(
    encodeAbiParameters(
      [bytes32, uint16, bytes32, bytes32],
      [domains.program, operatorSet, programRoot, manifestHash],
    ),
  );

export interface RequestIdParameters {
  chainId: bigint;
  market: Address;
  request: Request;
}

/** A request is its own id: equal requests are one. */
export const requestId = ({ chainId, market, request }: RequestIdParameters): Hex =>
  keccak256(
    encodeAbiParameters(
      [bytes32, uint256, address, requestParameter],
      [domains.request, chainId, market, requestStruct(request)],
    ),
  );

export interface CommitIdParameters {
  chainId: bigint;
  /** The contract that published it: the market, or the channels. */
  source: Address;
  terms: Terms;
}

export const commitId = ({ chainId, source, terms }: CommitIdParameters): Hex =>
  keccak256(
    encodeAbiParameters(
      [bytes32, uint256, address, termsParameter],
      [domains.commitment, chainId, source, terms],
    ),
  );

export const disputeId = (commitId: Hex, challenger: Address, serial: number): Hex =>
  keccak256(
    encodeAbiParameters([bytes32, bytes32, address, uint32], [domains.dispute, commitId, challenger, serial]),
  );
