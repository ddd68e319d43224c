// The library of actors: honest ones, and one for each attack that the protocol has an answer to.
import type { Actor } from "./actor.ts";
import { actor as blocklistedReceiver } from "./BlocklistedReceiver.ts";
import { actor as censor } from "./Censor.ts";
import { actor as confusedGuardian } from "./ConfusedGuardian.ts";
import { actor as consistentLiarWorker } from "./ConsistentLiarWorker.ts";
import { actor as copycatWatchtower } from "./CopycatWatchtower.ts";
import { actor as dustStaker } from "./DustStaker.ts";
import { actor as frontRunner } from "./FrontRunner.ts";
import { actor as garbageTreeWorker } from "./GarbageTreeWorker.ts";
import { actor as griefChallenger } from "./GriefChallenger.ts";
import { actor as honestBackup } from "./HonestBackup.ts";
import { actor as honestWatchtower } from "./HonestWatchtower.ts";
import { actor as honestWorker } from "./HonestWorker.ts";
import { actor as inputGriefer } from "./InputGriefer.ts";
import { actor as inputHider } from "./InputHider.ts";
import { actor as lastSecondChallenger } from "./LastSecondChallenger.ts";
import { actor as lastSecondWorker } from "./LastSecondWorker.ts";
import { actor as maliciousGovernor } from "./MaliciousGovernor.ts";
import { actor as omittingWorker } from "./OmittingWorker.ts";
import { actor as overCommitter } from "./OverCommitter.ts";
import { actor as paddingLiar } from "./PaddingLiar.ts";
import { actor as receiptEquivocator } from "./ReceiptEquivocator.ts";
import { actor as reentrantConsumer } from "./ReentrantConsumer.ts";
import { actor as reorger } from "./Reorger.ts";
import { actor as returnBombConsumer } from "./ReturnBombConsumer.ts";
import { actor as revertingConsumer } from "./RevertingConsumer.ts";
import { actor as selfChallenger } from "./SelfChallenger.ts";
import { actor as selfReporter } from "./SelfReporter.ts";
import { actor as silentChallenger } from "./SilentChallenger.ts";
import { actor as unbondRacer } from "./UnbondRacer.ts";
import { actor as voucherReplayer } from "./VoucherReplayer.ts";
import { actor as withholdWorker } from "./WithholdWorker.ts";
import { actor as wrongOutputWorker } from "./WrongOutputWorker.ts";

export const actors: readonly Actor[] = [
  honestWorker,
  honestBackup,
  wrongOutputWorker,
  garbageTreeWorker,
  consistentLiarWorker,
  paddingLiar,
  withholdWorker,
  lastSecondWorker,
  selfChallenger,
  selfReporter,
  honestWatchtower,
  copycatWatchtower,
  griefChallenger,
  lastSecondChallenger,
  silentChallenger,
  frontRunner,
  reorger,
  censor,
  revertingConsumer,
  returnBombConsumer,
  reentrantConsumer,
  blocklistedReceiver,
  dustStaker,
  unbondRacer,
  receiptEquivocator,
  overCommitter,
  maliciousGovernor,
  confusedGuardian,
  inputHider,
  inputGriefer,
  omittingWorker,
  voucherReplayer,
];
