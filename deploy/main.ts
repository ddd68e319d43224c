// Deploys to a network of the Hardhat configuration and records the addresses in deploy/deployments/<chainId>.json:
//   node --conditions=assay-source --import tsx deploy/main.ts --network NAME [--tiers standard] [--token 0x…]
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { network } from "hardhat";
import { deployAssay, deploymentJson } from "./deployAssay.ts";
import { type TierName, tiers } from "./parameters.ts";

const { values } = parseArgs({
  options: {
    network: { type: "string" },
    tiers: { type: "string", default: "standard" },
    token: { type: "string" },
  },
});
if (!values.network) throw new Error("--network NAME is missing: a network of hardhat.config.ts");
const names = values.tiers.split(",");
const isTier = (name: string): name is TierName => Object.hasOwn(tiers, name);
if (!names.every(isTier))
  throw new Error(`--tiers takes ${Object.keys(tiers).join(", ")}, not ${values.tiers}`);
if (values.token !== undefined && !/^0x[0-9a-fA-F]{40}$/.test(values.token)) {
  throw new Error(`--token takes an address, not ${values.token}`);
}

const connection = await network.create(values.network);
const token = values.token as `0x${string}` | undefined;
const deployment = await deployAssay(connection, { tiers: names, ...(token ? { token } : {}) });
const file = new URL(`deployments/${deployment.chainId}.json`, import.meta.url);
mkdirSync(new URL(".", file), { recursive: true });
writeFileSync(file, deploymentJson(deployment));
console.log(deploymentJson(deployment));
