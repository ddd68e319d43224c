// assay version: what runs here.
import { defineCommand } from "../cli/command.ts";
import { facts } from "../cli/layout.ts";
import { version } from "../version.ts";

type Versions = { version: string; node: string; platform: string; onnxruntime: string };

export const versionCommand = defineCommand({
  name: "version",
  group: "Keys and settings",
  summary: "Print the versions of everything that decides about results",
  run: async (): Promise<Versions> => ({
    version,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    onnxruntime: await onnxruntimeVersion(),
  }),
  render: ({ version, node, platform, onnxruntime }) =>
    facts([
      ["assay", version],
      ["node", node],
      ["platform", platform],
      ["onnxruntime", onnxruntime],
    ]),
});

async function onnxruntimeVersion(): Promise<string> {
  try {
    const { env } = await import("onnxruntime-node");
    return env.versions.node ?? env.versions.common;
  } catch (error) {
    return `does not load: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
  }
}
