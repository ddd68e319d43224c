// Where the protocol lives: contract addresses and the first block worth scanning, by chain id.
import { type Address, getAddress, isAddress } from "viem";
import { InvalidDeploymentError, UnknownChainError } from "./errors/clientErrors.ts";

/** The contracts of one deployment. Everything the SDK needs to know about a chain besides its RPC endpoint. */
export type Deployment = {
  chainId: number;
  /** Block of the first contract's creation: no event of the protocol is older. */
  startBlock: bigint;
  /** The ERC-20 in which stake, fees and bonds are paid. */
  token: Address;
  stakeVault: Address;
  programRegistry: Address;
  inferenceMarket: Address;
  disputeGame: Address;
  stepVerifier: Address;
  parameters: Address;
};

const contracts = [
  "token",
  "stakeVault",
  "programRegistry",
  "inferenceMarket",
  "disputeGame",
  "stepVerifier",
  "parameters",
] as const;

/** Public deployments by chain id. Local ones have other addresses each time: pass them in. */
export const deployments: Readonly<Record<number, Deployment>> = {};

/**
 * Looks up the public deployment on a chain.
 *
 * @param chainId - Chain id, for example 1 for Ethereum.
 * @returns The {@link Deployment}.
 * @throws UnknownChainError when the protocol has no public deployment there.
 *
 * @example
 * import { getDeployment } from "@assay/sdk";
 *
 * const deployment = getDeployment(await client.getChainId());
 */
export function getDeployment(chainId: number): Deployment {
  const deployment = deployments[chainId];
  if (!deployment) throw new UnknownChainError({ chainId, known: Object.keys(deployments).map(Number) });
  return deployment;
}

/**
 * Reads a deployment from JSON, as `npm start` and the deploy scripts write it.
 *
 * @param json - The parsed JSON: `chainId` and `startBlock` as numbers or decimal strings, addresses as hex strings.
 * @returns The {@link Deployment}, addresses in checksum case.
 * @throws InvalidDeploymentError naming the first field that is missing or malformed.
 *
 * @example
 * import { readFileSync } from "node:fs";
 * import { parseDeployment } from "@assay/sdk";
 *
 * const deployment = parseDeployment(JSON.parse(readFileSync("deployment.json", "utf8")));
 */
export function parseDeployment(json: unknown): Deployment {
  if (typeof json !== "object" || json === null) throw new InvalidDeploymentError({ field: "", value: json });
  const fields = json as Record<string, unknown>;
  const integer = (field: string): bigint => {
    const value = fields[field];
    const text = typeof value === "number" || typeof value === "bigint" ? String(value) : value;
    if (typeof text === "string" && /^\d{1,16}$/.test(text)) return BigInt(text);
    throw new InvalidDeploymentError({ field, value });
  };
  const address = (field: string): Address => {
    const value = fields[field];
    if (typeof value === "string" && isAddress(value)) return getAddress(value);
    throw new InvalidDeploymentError({ field, value });
  };
  const [chainId, startBlock] = [Number(integer("chainId")), integer("startBlock")];
  const addresses = Object.fromEntries(contracts.map((name) => [name, address(name)]));
  return { chainId, startBlock, ...(addresses as Record<(typeof contracts)[number], Address>) };
}
