// Every command, in the order of the help page.
import type { Command } from "../cli/command.ts";
import { channelAllotCommand, channelOpenCommand, channelTopUpCommand } from "./channelDeposits.ts";
import { channelCloseCommand, channelReleaseCommand } from "./channelExits.ts";
import { channelListCommand, channelStatusCommand } from "./channels.ts";
import { compileCommand } from "./compile.ts";
import { configShowCommand } from "./config.ts";
import { defenderCommand } from "./defender.ts";
import { devnetCommand } from "./devnet.ts";
import {
  disputesChallengeCommand,
  disputesMoveCommand,
  disputesSettleCommand,
  disputesTimeoutCommand,
} from "./disputeMoves.ts";
import { disputesListCommand, disputesShowCommand } from "./disputes.ts";
import { doctorCommand } from "./doctor.ts";
import { drainCommand } from "./drain.ts";
import { faucetCommand } from "./faucet.ts";
import { initCommand } from "./init.ts";
import { inputsAskCommand, inputsPostCommand, inputsTimeoutCommand } from "./inputs.ts";
import { keeperCommand } from "./keeper.ts";
import { keysCreateCommand, keysExportCommand, keysImportCommand, keysListCommand } from "./keys.ts";
import { keysAuthorizeCommand } from "./keysAuthorize.ts";
import { monitorCommand } from "./monitor.ts";
import { programsFetchCommand, programsListCommand, programsShowCommand } from "./programs.ts";
import { publishCommand } from "./publish.ts";
import { receiptDemandCommand, receiptDisputeCommand } from "./receiptMoves.ts";
import { receiptCheckCommand, receiptVerifyCommand } from "./receipts.ts";
import { requestCommand } from "./request.ts";
import { rewardsClaimCommand, rewardsEarningsCommand, rewardsShowCommand } from "./rewards.ts";
import { runCommand } from "./run.ts";
import { stakeCommand } from "./stake.ts";
import { statusCommand } from "./status.ts";
import { unstakeCommand } from "./unstake.ts";
import { verifyCommand } from "./verify.ts";
import { versionCommand } from "./version.ts";
import { watchtowerCommand } from "./watchtower.ts";
import { withdrawCommand } from "./withdraw.ts";
import { workerCommand } from "./worker.ts";

export const commands: readonly Command[] = [
  initCommand,
  devnetCommand,
  faucetCommand,
  doctorCommand,
  workerCommand,
  watchtowerCommand,
  defenderCommand,
  keeperCommand,
  monitorCommand,
  drainCommand,
  compileCommand,
  runCommand,
  publishCommand,
  programsListCommand,
  programsShowCommand,
  programsFetchCommand,
  requestCommand,
  verifyCommand,
  channelOpenCommand,
  channelTopUpCommand,
  channelListCommand,
  channelStatusCommand,
  channelCloseCommand,
  channelAllotCommand,
  channelReleaseCommand,
  receiptVerifyCommand,
  receiptCheckCommand,
  receiptDemandCommand,
  receiptDisputeCommand,
  inputsAskCommand,
  inputsPostCommand,
  inputsTimeoutCommand,
  statusCommand,
  stakeCommand,
  unstakeCommand,
  withdrawCommand,
  rewardsShowCommand,
  rewardsEarningsCommand,
  rewardsClaimCommand,
  disputesListCommand,
  disputesShowCommand,
  disputesChallengeCommand,
  disputesMoveCommand,
  disputesTimeoutCommand,
  disputesSettleCommand,
  keysCreateCommand,
  keysImportCommand,
  keysListCommand,
  keysExportCommand,
  keysAuthorizeCommand,
  configShowCommand,
  versionCommand,
];
