// assay programs: what is registered, and what a program is.
import { resolve } from "node:path";
import { getProgram, type ListedProgram, listPrograms } from "@assay/sdk";
import type { Hex } from "viem";
import { openChain } from "../cli/chain.ts";
import { defaulted, defineCommand, optional, required } from "../cli/command.ts";
import { facts, table, timeText, tokenText } from "../cli/layout.ts";
import { writeProgramFolder } from "../cli/programFolder.ts";
import { openPrograms } from "../cli/programSource.ts";
import { address, id, integer, text } from "../cli/values.ts";

export const programsListCommand = defineCommand({
  name: "programs list",
  group: "Programs",
  summary: "List registered programs, newest first",
  scopes: ["chain"],
  flags: {
    publisher: optional(address, "Only programs that this account registered", { placeholder: "address" }),
    limit: defaulted(integer({ min: 1, max: 10_000 }), 20, "Programs to list at most", {
      placeholder: "count",
    }),
  },
  run: async (context, { publisher, limit }): Promise<{ programs: readonly ListedProgram[] }> => {
    const { client, deployment } = await openChain(context);
    const { programs } = await listPrograms(client, { deployment, publisher, limit, signal: context.signal });
    return { programs };
  },
  render: ({ programs }) =>
    table(
      ["program", "status", "publisher", "steps", "input", "output", "uri"],
      programs.map(({ programId, status, publisher, header, uri }) => [
        programId,
        status,
        publisher,
        header.slots,
        `${header.inputBytes} bytes`,
        `${header.outputBytes} bytes`,
        uri,
      ]),
      "No programs are registered. Publish one: assay compile, then assay publish.",
    ),
});

type ShownProgram = Awaited<ReturnType<typeof getProgram>> & { programId: Hex; now: number };

export const programsShowCommand = defineCommand({
  name: "programs show",
  group: "Programs",
  summary: "Show what the chain knows about a program",
  scopes: ["chain"],
  args: { program: required(id, "Program id") },
  run: async (context, { program: programId }): Promise<ShownProgram> => {
    const { client, deployment } = await openChain(context);
    const program = await getProgram(client, { deployment, programId });
    return { programId, ...program, now: Math.floor(context.clock.now() / 1_000) };
  },
  render: ({
    programId,
    status,
    publisher,
    registeredAt,
    bond,
    header,
    descriptorsRoot,
    constantsRoot,
    manifestHash,
    now,
  }) =>
    facts([
      ["program", programId],
      ["status", status],
      ["publisher", publisher],
      ["registered", timeText(registeredAt, now)],
      ["bond", tokenText(bond)],
      ["operator set", header.operatorSet],
      ["steps", header.slots],
      ["constants", header.constants],
      ["passes at most", header.maxPasses],
      ["input", `${header.inputBytes} bytes`],
      ["output", `${header.outputBytes} bytes`],
      ["descriptors root", descriptorsRoot],
      ["constants root", constantsRoot],
      ["manifest hash", manifestHash],
    ]),
});

type FetchedProgram = { programId: Hex; name: string; folder: string | null };

export const programsFetchCommand = defineCommand({
  name: "programs fetch",
  group: "Programs",
  summary: "Fetch a program's files, and check that they hash to its id",
  scopes: ["chain", "programs"],
  args: {
    program: required(id, "Program id"),
    folder: optional(text, "Folder to write as well; the data folder has the files in any case"),
  },
  run: async (context, { program: programId, folder }): Promise<FetchedProgram> => {
    const files = await openPrograms(context, await openChain(context)).files(programId);
    const target = folder === undefined ? null : resolve(context.io.folder, folder);
    if (target !== null) writeProgramFolder(target, files);
    return { programId, name: files.manifest.name, folder: target };
  },
  render: ({ programId, name, folder }) =>
    facts([
      ["program", programId],
      ["name", name],
      ["folder", folder ?? "kept in the data folder"],
    ]),
});
