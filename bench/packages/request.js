// Plain JavaScript on the installed SDK: buys one inference from a local network, waits until it is final, checks it.
// Usage: node request.js QUESTION, a JSON file with the network that `assay devnet` announced and an image.
import { readFileSync } from "node:fs";
import { createAssayClient, decodeOutput, encodeInput, parseDeployment, verifyResult } from "@assay/sdk";
import { decodeManifest, readFastForm } from "@assay/sdk/program";
import { http } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const { network, image } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { programId } = network.programs[0];
const client = createAssayClient({
  transport: http(network.rpcUrl),
  account: privateKeyToAccount(network.keys.find(({ role }) => role === "requester").privateKey),
  deployment: parseDeployment(JSON.parse(readFileSync(network.deploymentFile, "utf8"))),
  pollingInterval: 200,
});

const file = async (name) => {
  const response = await fetch(`${network.workerUrl}/programs/${programId}/${name}`);
  if (!response.ok) throw new Error(`${name}: HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
};
const program = readFastForm(await file("program.onnx"));
const manifest = decodeManifest(await file("manifest.json"));

const input = encodeInput(manifest, { image });
const { requestId } = await client.requestInference({ programId, input });
const { level, output } = await client.waitForResult({ requestId, timeout: 90_000 });
const facts = await client.getResultFacts({ requestId });
const { valid } = verifyResult({ program, manifest, programId, input, output, facts });
console.log(JSON.stringify({ level, valid, label: decodeOutput(manifest, output).label[0] }));
