// A few lines of TypeScript that buy an inference on a local network, ready to paste.
import type { Hex } from "viem";
import type { DevnetKey } from "./home.ts";

export type SnippetOptions = {
  rpcUrl: string;
  deploymentFile: string;
  requester: readonly DevnetKey[];
  program?: { programId: Hex; inputBytes: number } | undefined;
};

export function sdkSnippet({ rpcUrl, deploymentFile, requester, program }: SnippetOptions): string {
  const key = requester.find(({ role }) => role === "requester");
  const head = `import { readFileSync } from "node:fs";
import { createAssayClient, parseDeployment } from "@assay/sdk";
import { http } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const client = createAssayClient({
  transport: http("${rpcUrl}"),
  account: privateKeyToAccount("${key?.privateKey ?? "0x"}"), // play money: everybody knows this key
  deployment: parseDeployment(JSON.parse(readFileSync("${deploymentFile}", "utf8"))),
});
`;
  if (program === undefined) return `${head}\nconsole.log(await client.listPrograms());\n`;
  return `${head}
const programId = "${program.programId}";
const { requestId } = await client.requestInference({ programId, input: new Uint8Array(${program.inputBytes}) });
const { level, output } = await client.waitForResult({ requestId, level: "provisional" });
console.log(level, output);
`;
}
