// Checks somebody's answer without trusting them: fetches the facts, runs the program again, says what was checked.
import { readFileSync } from "node:fs";
import { createAssayClient, parseDeployment, verifyResult } from "@assay/sdk";
import { readFastForm } from "@assay/sdk/program";
import { type Hex, http } from "viem";

const { RPC_URL, DEPLOYMENT, REQUEST_ID, PROGRAM, MANIFEST } = process.env as Record<string, string>;

const client = createAssayClient({
  transport: http(RPC_URL),
  deployment: parseDeployment(JSON.parse(readFileSync(DEPLOYMENT!, "utf8"))),
});
const requestId = REQUEST_ID as Hex;
const [input, { output, programId }, facts] = await Promise.all([
  client.getInput({ requestId }),
  client.getResult({ requestId }),
  client.getResultFacts({ requestId }),
]);
const { valid, checks, unchecked } = verifyResult({
  program: readFastForm(readFileSync(PROGRAM!)),
  manifest: readFileSync(MANIFEST!),
  programId,
  input,
  output,
  facts,
});
for (const { passed, statement, found } of checks) console.log(passed ? "✔" : "✖", statement, found ?? "");
for (const statement of unchecked) console.log("?", statement);
console.log(valid ? "The answer is right." : "The answer is wrong: challenge it.");
process.exitCode = valid ? 0 : 1;
