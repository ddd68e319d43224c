// Buys answers with receipts: on a channel, at once, each checked before the next is asked.
import { readFileSync, writeFileSync } from "node:fs";
import {
  createAssayClient,
  createPaymentBooks,
  decodeOutput,
  encodeInput,
  getOffer,
  memoryStorage,
  parseDeployment,
  stringifyJson,
  verifyReceipt,
} from "@assay/sdk";
import { decodeManifest, readFastForm } from "@assay/sdk/program";
import { channelId as channelIdOf } from "@assay/sdk/protocol";
import { type Hex, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { digitsInput, digitsSamples } from "./digits/digits.ts";

const { RPC_URL, DEPLOYMENT, PRIVATE_KEY, WORKER_URL, PROGRAM_ID, PROGRAM, MANIFEST, RECEIPTS } =
  process.env as Record<string, string>;

const deployment = parseDeployment(JSON.parse(readFileSync(DEPLOYMENT!, "utf8")));
const account = privateKeyToAccount(PRIVATE_KEY as Hex);
const client = createAssayClient({ transport: http(RPC_URL), account, deployment });
const program = readFastForm(readFileSync(PROGRAM!));
const manifest = decodeManifest(readFileSync(MANIFEST!));

const url = WORKER_URL!;
const { worker } = await getOffer({ url });
const { chainId, channels } = deployment;
const channelId = channelIdOf({ chainId: BigInt(chainId), channels, payer: account.address, worker });
// A wallet keeps its books where they survive it; these are as old as the process.
const books = createPaymentBooks(memoryStorage());
for (const sample of digitsSamples().slice(0, 3)) {
  const input = encodeInput(manifest, { image: digitsInput(sample) });
  const asked = { url, books, channelId, programId: PROGRAM_ID as Hex, input };
  const { receipt, signature, receiptId, output } = await client.requestReceipt(asked);
  const facts = await client.getReceiptFacts({ receipt, signature });
  const evidence = { deployment, program, manifest, receipt, signature, input, output, facts };
  const { valid } = await verifyReceipt(evidence);
  const digit = decodeOutput(manifest, output).label?.[0];
  console.log(`${digit}, ${valid ? "right" : "wrong: dispute it"}, by receipt ${receiptId}`);
  if (RECEIPTS) writeFileSync(`${RECEIPTS}/${receiptId}.json`, stringifyJson({ receipt, signature, input }));
}
const { owed } = await books.get(channelId);
console.log(`Owed for all of them: ${owed}.`);
