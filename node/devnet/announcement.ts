// What a local network says once it runs: where everything is, and what to paste.
import type { Deployment } from "@assay/sdk";
import type { Hex } from "viem";
import { facts } from "../cli/layout.ts";
import type { DevnetKey } from "./home.ts";

export type DevnetFacts = {
  rpcUrl: string;
  chainId: number;
  faucetUrl: string;
  workerUrl: string | null;
  deployment: Deployment;
  folder: string;
  settingsFile: string;
  deploymentFile: string;
  passwordFile: string;
  keys: readonly DevnetKey[];
  programs: readonly { programId: Hex; name: string; inputBytes: number; readsText: boolean }[];
};

/** The fields of the JSON line, and the text for people. */
export function announcement(network: DevnetFacts): [fields: Record<string, unknown>, text: string] {
  const snippet = sdkSnippet(network);
  return [{ ...network, snippet }, announcementText(network, snippet)];
}

function announcementText(network: DevnetFacts, snippet: string): string {
  const { rpcUrl, faucetUrl, workerUrl, deploymentFile, settingsFile, passwordFile, keys, programs, folder } =
    network;
  const [program] = programs;
  return [
    "The network runs. Stop it with Ctrl+C.",
    facts([
      ["JSON-RPC", rpcUrl],
      ["faucet", `${faucetUrl} (assay faucet ADDRESS --url ${faucetUrl})`],
      ["worker", workerUrl ?? "none"],
      ...programs.map(({ name, programId }) => [`program ${name}`, programId] as const),
      ["contracts", deploymentFile],
      ["settings", settingsFile],
      ["keys' password", passwordFile],
      ...keys.map(({ role, address, file }) => [role, `${address}  ${file}`] as const),
    ]),
    `Try, in another terminal:\n  cd ${folder}\n  assay status${program === undefined ? "" : `\n  assay request --program ${program.programId} ${program.readsText ? '--prompt "In the beginning"' : "--input image.png"} --level provisional`}`,
    `Or from TypeScript:\n\n${snippet}`,
  ].join("\n\n");
}

/** A few lines of TypeScript that buy an inference on the network, ready to paste. */
export function sdkSnippet({ rpcUrl, deploymentFile, keys, programs }: DevnetFacts): string {
  const key = keys.find(({ role }) => role === "requester");
  const [program] = programs;
  const head = `import { readFileSync } from "node:fs";
import { createAssayClient, parseDeployment } from "@assay/sdk";
import { http } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const client = createAssayClient({
  transport: http("${rpcUrl}"),
  account: privateKeyToAccount("${key?.privateKey}"), // play money: everybody knows this key
  deployment: parseDeployment(JSON.parse(readFileSync("${deploymentFile}", "utf8"))),
});
`;
  if (program === undefined) return `${head}console.log(await client.listPrograms());\n`;
  return `${head}const programId = "${program.programId}";
const { requestId } = await client.requestInference({ programId, input: new Uint8Array(${program.inputBytes}) });
const { level, output } = await client.waitForResult({ requestId, level: "provisional" });
console.log(level, output);
`;
}
