// Finds the compiled contracts: shipped with @assay/contracts, or as Hardhat left them in a checkout of the project.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Abi, Hex } from "viem";
import { FatalError } from "../errors.ts";

export type Artifact = { abi: Abi; bytecode: Hex };

/** An optional part of the software is not installed. */
export class MissingPackageError extends FatalError {
  override name = "MissingPackageError";
}

/** The contracts are not compiled. */
export class MissingArtifactError extends FatalError {
  override name = "MissingArtifactError";
}

/** Sources in subfolders. */
const folders: Readonly<Record<string, string>> = {
  AssayToken: "mocks/",
  ElementJudge: "judges/",
  MovementJudge: "judges/",
  SumJudge: "judges/",
};

export function readArtifact(contract: string): Artifact {
  const home = contractsFolder();
  // A checkout first: a copy made for shipping may be older.
  const compiled = `${folders[contract] ?? ""}${contract}.sol/${contract}.json`;
  const places = [
    join(home, "..", "artifacts", "contracts", compiled),
    join(home, "artifacts", `${contract}.json`),
  ];
  const place = places.find((path) => existsSync(path));
  if (place === undefined)
    throw new MissingArtifactError("A compiled contract is missing.", {
      facts: { contract, places },
      hint: "In a checkout of the project, run npm run build; otherwise install @assay/contracts again",
    });
  const { abi, bytecode } = JSON.parse(readFileSync(place, "utf8")) as Artifact;
  return { abi, bytecode };
}

function contractsFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve("@assay/contracts/package.json"));
  } catch (cause) {
    throw new MissingPackageError("A local network needs the contracts, which are not installed.", {
      facts: { package: "@assay/contracts" },
      hint: "Run npm i @assay/contracts",
      cause,
    });
  }
}
