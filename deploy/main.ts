// Deploys to a network of the Hardhat configuration and records the addresses in deploy/deployments/<chainId>.json:
//   node --conditions=assay-source --import tsx deploy/main.ts --network NAME [--tiers standard,fast] [--token 0x…]
//   [--governor 0x…] [--guardian 0x…] [--audit-pool 0x…]
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { network } from "hardhat";
import { isAddress } from "viem";
import { deployAssay, deploymentJson } from "./deployAssay.ts";
import { type TierName, tiers } from "./parameters.ts";

const { values } = parseArgs({
  options: {
    network: { type: "string" },
    tiers: { type: "string", default: "standard" },
    token: { type: "string" },
    governor: { type: "string" },
    guardian: { type: "string" },
    "audit-pool": { type: "string" },
  },
});
if (!values.network) throw new Error("--network NAME is missing: a network of hardhat.config.ts");
const names = values.tiers.split(",");
const isTier = (name: string): name is TierName => Object.hasOwn(tiers, name);
if (!names.every(isTier))
  throw new Error(`--tiers takes ${Object.keys(tiers).join(", ")}, not ${values.tiers}`);
const addressOf = (flag: "token" | "governor" | "guardian" | "audit-pool") => {
  const value = values[flag];
  if (value === undefined) return undefined;
  if (!isAddress(value)) throw new Error(`--${flag} takes an address, not ${value}`);
  return value;
};
const addresses = {
  token: addressOf("token"),
  governor: addressOf("governor"),
  guardian: addressOf("guardian"),
  auditPool: addressOf("audit-pool"),
};

const connection = await network.create(values.network);
const deployment = await deployAssay(connection, { tiers: names, ...addresses });
const file = new URL(`deployments/${deployment.chainId}.json`, import.meta.url);
mkdirSync(new URL(".", file), { recursive: true });
writeFileSync(file, deploymentJson(deployment));
console.log(deploymentJson(deployment));
