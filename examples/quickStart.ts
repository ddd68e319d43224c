// Buys one inference: sends the image of a digit, prints the digit that the network read.
import { readFileSync } from "node:fs";
import { createAssayClient, decodeOutput, encodeInput, parseDeployment } from "@assay/sdk";
import { decodeManifest } from "@assay/sdk/program";
import { type Hex, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { digitsInput, digitsSamples } from "./digits/digits.ts";

const { RPC_URL, DEPLOYMENT, PRIVATE_KEY, PROGRAM_ID, MANIFEST } = process.env as Record<string, string>;

const client = createAssayClient({
  transport: http(RPC_URL),
  account: privateKeyToAccount(PRIVATE_KEY as Hex),
  deployment: parseDeployment(JSON.parse(readFileSync(DEPLOYMENT!, "utf8"))),
});
const manifest = decodeManifest(readFileSync(MANIFEST!));
const input = encodeInput(manifest, { image: digitsInput(digitsSamples()[0]!) });
const { requestId } = await client.requestInference({ programId: PROGRAM_ID as Hex, input });
const { level, output } = await client.waitForResult({ requestId, level: "provisional", timeout: 60_000 });
console.log(`${level} answer to ${requestId}: ${decodeOutput(manifest, output).label?.[0]}`);
