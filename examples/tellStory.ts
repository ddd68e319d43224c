// Buys a text: sends a prompt, prints what the program wrote, and checks that the bytes say what was written and read.
import { readFileSync } from "node:fs";
import { createAssayClient, parseDeployment } from "@assay/sdk";
import { decodeManifest } from "@assay/sdk/program";
import { decodeTokens, encodePrompt, openText, verifyText } from "@assay/sdk/text";
import { type Hex, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const { RPC_URL, DEPLOYMENT, PRIVATE_KEY, PROGRAM_ID, MANIFEST, TOKENIZER, PROMPT } = process.env as Record<
  string,
  string
>;

const client = createAssayClient({
  transport: http(RPC_URL),
  account: privateKeyToAccount(PRIVATE_KEY as Hex),
  deployment: parseDeployment(JSON.parse(readFileSync(DEPLOYMENT!, "utf8"))),
});
const manifest = decodeManifest(readFileSync(MANIFEST!));
const tokenizer = readFileSync(TOKENIZER!);
const program = openText(manifest, tokenizer);
const asked = { prompt: PROMPT ?? "In the beginning", seed: 7, temperature: 0.8 };
const input = encodePrompt(program, asked);
const { requestId } = await client.requestInference({ programId: PROGRAM_ID as Hex, input });
const { level, output } = await client.waitForResult({ requestId, level: "provisional", timeout: 60_000 });
const { text, ended } = decodeTokens(program, output);
console.log(`${level}, ended by ${ended}: ${JSON.stringify(text)}`);
const { valid } = verifyText({ ...asked, manifest, tokenizer, text, input, output });
console.log(valid ? "The bytes say the same." : "The bytes say something else.");
