// Computes nothing: challenges what another has challenged, and repeats its moves.
import type { ChallengerMove } from "../../node/strategy/challengerMoves.ts";
import { isSame } from "../../node/strategy/claims.ts";
import type { CommitmentView, DisputeView } from "../../node/strategy/views.ts";
import type { Actor } from "./actor.ts";
import { LyingChallenger } from "./challenger.ts";
import { LyingWorker } from "./lyingWorker.ts";

class Copycat extends LyingChallenger {
  override async act(): Promise<number> {
    const { commitment } = await this.arena.views.of(this.job);
    return (commitment?.disputes.length ?? 0) > 0 ? super.act() : 0;
  }

  /** What the other has done at the node where this dispute stands. */
  protected override moveOf(
    { disputeId, dispute }: DisputeView,
    view: CommitmentView,
  ): ChallengerMove | undefined {
    const leader = view.disputes.find(({ dispute: other }) =>
      isSame(other.challenger, this.arena.addresses.watchtower),
    );
    const { position } = dispute;
    const ahead = leader?.dispute.position;
    if (ahead === undefined || ahead.depth <= position.depth || ahead.section !== "trace") return undefined;
    const index = Number((ahead.path >> BigInt(4 * (ahead.depth - position.depth - 1))) & 15n);
    const node = dispute.rooted ? dispute.node : view.binding.traceRoot;
    const shown = this.job.told!.reveal(position);
    if (shown?.kind !== "inner") return undefined;
    return { kind: "choose", disputeId, node, children: shown.children, index, deadline: 0n };
  }
}

export const actor: Actor = {
  name: "CopycatWatchtower",
  async play(arena, crew) {
    const [wrong, right] = [await arena.wrongJob("accomplice"), await arena.honestJob()];
    const copycats = [wrong, right].map((job) => new Copycat(arena, "mallory", job));
    await arena.play([...crew, ...copycats, new LyingWorker(arena, wrong, { late: true })]);
  },
};
