// The same SDK from an application that uses ethers: fetches what the network owes the signer.
import { readFileSync } from "node:fs";
import { createAssayClient, parseDeployment } from "@assay/sdk";
import { fromEthers } from "@assay/sdk/ethers";
import { formatEther, JsonRpcProvider, Wallet } from "ethers";
import { getAddress } from "viem";

const { RPC_URL, DEPLOYMENT, PRIVATE_KEY } = process.env as Record<string, string>;

const provider = new JsonRpcProvider(RPC_URL);
const signer = new Wallet(PRIVATE_KEY!, provider);
const deployment = parseDeployment(JSON.parse(readFileSync(DEPLOYMENT!, "utf8")));
const client = createAssayClient({ ...(await fromEthers(signer)), deployment });

const to = getAddress(signer.address);
const { credit } = await client.getAccount({ owner: to });
if (credit > 0n) await client.claimCredit({ to });
console.log(`Claimed ${formatEther(credit)} tokens.`);
provider.destroy();
