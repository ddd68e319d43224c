// Buys an inference without gas: the requester signs, anybody sends, the fee is taken by permit.
import { readFileSync } from "node:fs";
import { createAssayClient, encodeInput, parseDeployment } from "@assay/sdk";
import { decodeManifest } from "@assay/sdk/program";
import { type Hex, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { digitsInput, digitsSamples } from "./digits/digits.ts";

const { RPC_URL, DEPLOYMENT, PRIVATE_KEY, RELAYER_KEY, PROGRAM_ID, MANIFEST } = process.env as Record<
  string,
  string
>;

const deployment = parseDeployment(JSON.parse(readFileSync(DEPLOYMENT!, "utf8")));
const clientOf = (key: string) =>
  createAssayClient({ transport: http(RPC_URL), account: privateKeyToAccount(key as Hex), deployment });
const input = encodeInput(decodeManifest(readFileSync(MANIFEST!)), {
  image: digitsInput(digitsSamples()[0]!),
});
const order = await clientOf(PRIVATE_KEY!).signRequest({ programId: PROGRAM_ID as Hex, input });
const { requestId, hash } = await clientOf(RELAYER_KEY!).submitSignedRequest({ order });
console.log(`${order.request.requester} asked ${requestId} in ${hash}, which another paid for.`);
