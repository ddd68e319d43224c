// Every command, in the order of the help page.
import type { Command } from "../cli/command.ts";
import { compileCommand } from "./compile.ts";
import { configShowCommand } from "./config.ts";
import { devnetCommand } from "./devnet.ts";
import { faucetCommand } from "./faucet.ts";
import { initCommand } from "./init.ts";
import { keysCreateCommand, keysExportCommand, keysImportCommand, keysListCommand } from "./keys.ts";
import { keysAuthorizeCommand } from "./keysAuthorize.ts";
import { programsListCommand, programsShowCommand } from "./programs.ts";
import { rewardsClaimCommand, rewardsShowCommand } from "./rewards.ts";
import { stakeCommand } from "./stake.ts";
import { unstakeCommand } from "./unstake.ts";
import { versionCommand } from "./version.ts";
import { withdrawCommand } from "./withdraw.ts";

export const commands: readonly Command[] = [
  initCommand,
  devnetCommand,
  faucetCommand,
  compileCommand,
  programsListCommand,
  programsShowCommand,
  stakeCommand,
  unstakeCommand,
  withdrawCommand,
  rewardsShowCommand,
  rewardsClaimCommand,
  keysCreateCommand,
  keysImportCommand,
  keysListCommand,
  keysExportCommand,
  keysAuthorizeCommand,
  configShowCommand,
  versionCommand,
];
