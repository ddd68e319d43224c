// assay publish: registers a program, so that anybody may ask for it.
import { approveCall, registerProgram, registerProgramCall } from "@assay/sdk";
import { erc20Abi, type Hash, type Hex } from "viem";
import { registration } from "../cli/bonds.ts";
import { defineCommand, optional, required } from "../cli/command.ts";
import { facts, tokenText } from "../cli/layout.ts";
import { readProgramFolder } from "../cli/programFolder.ts";
import { openPrograms } from "../cli/programSource.ts";
import { requireTokens } from "../cli/tokens.ts";
import { renderWrite, write, writeFlags } from "../cli/transaction.ts";
import { text } from "../cli/values.ts";

type Published = { programId: Hex; name: string; bond: bigint; hash: Hash | null; uri: string };

export const publishCommand = defineCommand({
  name: "publish",
  group: "Programs",
  summary: "Register a compiled program",
  about:
    "Takes the publisher's bond, which comes back unless somebody proves the program malformed. Workers and checkers fetch the files from the URI or from mirrors; whatever they fetch has to hash to the program id. The files are also kept in the data folder, so that a node that runs on it offers them.",
  scopes: ["chain", "keys", "send"],
  args: { folder: required(text, "Folder that `assay compile` wrote") },
  flags: {
    uri: optional(text, "Where the files can be fetched: the URL of a folder that holds them", {
      placeholder: "url",
    }),
    ...writeFlags,
  },
  examples: ["assay publish my-program --uri https://example.org/my-program --dry-run"],
  run: (context, { folder, uri = "", ...flags }) => {
    const files = readProgramFolder(folder);
    const { programId, manifest, committed, manifestHash, programBytes, manifestBytes, tokenizerBytes } =
      files;
    return write<Published>(context, flags, "owner", async (writer) => {
      const { client, deployment, sender, transaction } = writer;
      const { bond, isRegistered } = await registration(writer, programId);
      const { header, descriptorsRoot, constantsRoot } = committed;
      const parameters = { deployment, header, descriptorsRoot, constantsRoot, manifestHash, uri };
      if (isRegistered)
        return {
          calls: [],
          effect: `Nothing: ${programId} is registered already.`,
          send: async () => {
            await openPrograms(context).put(programBytes, manifestBytes, tokenizerBytes);
            return { programId, name: manifest.name, bond: 0n, hash: null, uri };
          },
        };
      await requireTokens(writer, sender, bond);
      const allowance = await client.readContract({
        address: deployment.token,
        abi: erc20Abi,
        functionName: "allowance",
        args: [sender, deployment.stakeVault],
      });
      const call = registerProgramCall(parameters);
      return {
        calls: allowance >= bond ? [call] : [approveCall({ deployment, amount: bond }), call],
        effect: `Program ${programId} is registered; ${tokenText(bond)} of ${sender} are held as its bond.`,
        send: async () => {
          await openPrograms(context).put(programBytes, manifestBytes, tokenizerBytes);
          const { transaction: sent } = await registerProgram(client, {
            ...parameters,
            bond,
            ...transaction,
          });
          return { programId, name: manifest.name, bond, hash: sent?.hash ?? null, uri };
        },
      };
    });
  },
  render: renderWrite<Published>(({ programId, name, bond, hash, uri }) =>
    [
      facts([
        ["program", programId],
        ["name", name],
        ["uri", uri],
        ["bond", hash === null ? "none: it was registered before" : tokenText(bond)],
        ["transaction", hash ?? undefined],
      ]),
      `Next: assay worker --programs ${programId}`,
    ].join("\n\n"),
  ),
});
