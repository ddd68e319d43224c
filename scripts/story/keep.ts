// Leaves the network running after the story, and says how to use it from a program.
import { cast, cheater } from "./cast.ts";
import type { Narrator } from "./narrator.ts";
import type { NodeProcess } from "./processes.ts";
import type { Stage } from "./stage.ts";

export interface Told {
  stage: Stage;
  workers: readonly NodeProcess[];
  narrator: Narrator;
}

/** Sends the cheater home, and resolves when it is told to stop. */
export async function keepRunning({ stage, workers, narrator }: Told, stopped: AbortSignal): Promise<void> {
  await workers.find(({ name }) => name === cheater.name)?.stop();
  narrator.line();
  narrator.line(
    `The network keeps running at ${stage.rpcUrl}, with two honest workers and the watchtower. Ctrl-C ends it.`,
  );
  narrator.line(
    "Save this as digit.mjs in this folder, and run it with: node --conditions=assay-source --import tsx digit.mjs",
  );
  narrator.line();
  narrator.line(snippetOf(stage));
  if (stopped.aborted) return;
  await new Promise<void>((resolve) => stopped.addEventListener("abort", () => resolve(), { once: true }));
}

/** Buys an answer about the image of the story, ready to paste. */
export function snippetOf({ model, lie, rpcUrl, deployment, files }: Stage): string {
  const contracts = Object.entries(deployment).map(([name, value]) =>
    typeof value === "string"
      ? `    ${name}: "${value}",`
      : `    ${name}: ${value}${typeof value === "bigint" ? "n" : ""},`,
  );
  const pixels = Array.from(lie.sample.pixels, (pixel) => pixel.toString(17)).join("");
  return `import { createAssayClient, decodeOutput, encodeInput } from "@assay/sdk";
import { decodeManifest } from "@assay/sdk/program";
import { http } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const client = createAssayClient({
  transport: http("${rpcUrl}"),
  account: privateKeyToAccount("${cast.requester.privateKey}"), // play money
  deployment: {
${contracts.join("\n")}
  },
});
const manifestFile = await fetch("${files.uri}/manifest.json");
const manifest = decodeManifest(new Uint8Array(await manifestFile.arrayBuffer()));
const image = [..."${pixels}"].map((digit) => Number.parseInt(digit, 17) / 16);

const { requestId } = await client.requestInference({
  programId: "${model.programId}",
  input: encodeInput(manifest, { image }),
});
const { level, output } = await client.waitForResult({ requestId, level: "provisional" });
console.log(level, decodeOutput(manifest, output).label); // provisional ${lie.honestDigit}
`;
}
