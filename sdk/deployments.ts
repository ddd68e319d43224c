// Where the protocol lives: contract addresses and the first block worth scanning, by chain id.
import { type Address, getAddress, isAddress } from "viem";
import { InvalidDeploymentError, OutdatedDeploymentError, UnknownChainError } from "./errors/clientErrors.ts";

/** The contracts of one deployment. Everything the SDK needs to know about a chain besides its RPC endpoint. */
export type Deployment = {
  chainId: number;
  /** Block of the first contract's creation: no event of the protocol is older. */
  startBlock: bigint;
  /** The ERC-20 in which stake, fees and bonds are paid. */
  token: Address;
  parameters: Address;
  stakeVault: Address;
  stepVerifier: Address;
  programRegistry: Address;
  inferenceMarket: Address;
  /** Disputes about the market's answers. */
  disputeGame: Address;
  channels: Address;
  /** Disputes about receipts of the channels. */
  receiptGame: Address;
  epochs: Address;
  inputRequests: Address;
  equivocation: Address;
  /** Who may propose parameter versions; nobody when left out. */
  governor?: Address | undefined;
  /** Who may pause new work and flip a slash into a refund; nobody when left out. */
  guardian?: Address | undefined;
  /** Who is credited the audit share of a slash; it is burned when left out. */
  auditPool?: Address | undefined;
};

const contracts = [
  "token",
  "parameters",
  "stakeVault",
  "stepVerifier",
  "programRegistry",
  "inferenceMarket",
  "disputeGame",
  "channels",
  "receiptGame",
  "epochs",
  "inputRequests",
  "equivocation",
] as const;

const offices = ["governor", "guardian", "auditPool"] as const;

/** Contracts that deployments before channels did not have. */
const added = ["channels", "receiptGame", "epochs", "inputRequests", "equivocation"] as const;

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
 * @throws InvalidDeploymentError naming the first field that is missing or malformed; OutdatedDeploymentError for a file of
 * contracts before channels, which this version cannot talk to.
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
  if (fields.inferenceMarket !== undefined && added.every((name) => fields[name] === undefined)) {
    throw new OutdatedDeploymentError({ chainId, missing: added.join(", ") });
  }
  const addresses = Object.fromEntries(contracts.map((name) => [name, address(name)]));
  const held = Object.fromEntries(
    offices.filter((name) => fields[name] !== undefined).map((name) => [name, address(name)]),
  );
  return { chainId, startBlock, ...(addresses as Record<(typeof contracts)[number], Address>), ...held };
}
