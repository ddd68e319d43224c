// Two answers of one worker to one question slash it, wherever it gave them.
import { NotEquivocationError, ResultNotAvailableError } from "@assay/sdk";
import { expect } from "chai";
import { sample } from "../../helpers/scorer.ts";
import { createScorerMarket, failure, isolated, type ScorerMarket } from "../../helpers/scorerMarket.ts";

const lie = sample.output.map((byte, at) => (at === 0 ? byte ^ 1 : byte));

describe("exposeEquivocation", () => {
  let market: ScorerMarket;
  before(async () => {
    market = await createScorerMarket();
  });
  isolated(() => market);

  it("S-11: slashes both answers, the caller being the reporter", async () => {
    const { stranger } = market.clients;
    const one = await market.answer();
    const other = await market.answer(lie);
    const exposed = await stranger.exposeEquivocation({
      first: { commitId: one.commitId },
      second: { requestId: other.requestId },
    });
    expect(exposed).to.include({
      worker: market.addresses.worker,
      first: one.commitId,
      second: other.commitId,
      firstSlashed: true,
      secondSlashed: true,
    });
    for (const { requestId, commitId } of [one, other]) {
      expect((await stranger.getRequest({ requestId })).status).to.equal("slashed");
      expect((await stranger.getCommitment({ commitId })).reporter).to.equal(market.addresses.stranger);
    }
    await market.advance(31);
    const { reporterReward } = await stranger.settleSlash({ commitId: one.commitId });
    const { credit } = await stranger.getAccount({ owner: market.addresses.stranger });
    expect(credit).to.equal(reporterReward);
  });

  it("S-11: finds no fault in equal answers, nor in an answer that is not there", async () => {
    const { stranger } = market.clients;
    const first = { commitId: (await market.answer()).commitId };
    const second = { commitId: (await market.answer()).commitId };
    const calm = stranger.exposeEquivocation({ first, second });
    expect(await failure(calm)).to.be.instanceOf(NotEquivocationError);
    const requestId = await market.request();
    const absent = stranger.exposeEquivocation({ first, second: { requestId } });
    expect(await failure(absent)).to.be.instanceOf(ResultNotAvailableError);
  });
});
