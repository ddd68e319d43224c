import { clocksAfterChallengerMove, EMPTY, hasTimedOut, respondedAt, turn } from "@assay/sdk/protocol";
import { expect } from "chai";
import fc from "fast-check";

const seconds = fc.integer({ min: 1, max: 100_000 });
const clocks = fc.record({
  lastMoveAt: fc.bigInt({ min: 1_000_000n, max: 2_000_000n }),
  workerSeconds: seconds,
  challengerSeconds: seconds,
});

describe("Clocks", () => {
  const start = { lastMoveAt: 1000n, workerSeconds: 60, challengerSeconds: 30 };

  it("S-14: run against the worker until it answers", () => {
    const waiting = turn(start, 0n);
    expect(waiting).to.deep.equal({ workersTurn: true, startedAt: 1000n, deadline: 1060n });
    expect(hasTimedOut(waiting, 1060n), "at the deadline").to.equal(false);
    expect(hasTimedOut(waiting, 1061n), "after it").to.equal(true);
  });

  it("S-14: take an answer at the deadline and no later one", () => {
    expect(turn(start, 1060n)).to.deep.equal({ workersTurn: false, startedAt: 1060n, deadline: 1090n });
    expect(turn(start, 1061n)).to.deep.equal({ workersTurn: true, startedAt: 1000n, deadline: 1060n });
  });

  it("start the challenger's turn at its own move when the node was revealed before", () => {
    expect(turn(start, 400n)).to.deep.equal({ workersTurn: false, startedAt: 1000n, deadline: 1030n });
  });

  it("charge each side for its own time and leave it the floor", () => {
    expect(clocksAfterChallengerMove(start, 1010n, 1025n, 5)).to.deep.equal({
      lastMoveAt: 1025n,
      workerSeconds: 50,
      challengerSeconds: 15,
    });
    expect(clocksAfterChallengerMove(start, 1060n, 1090n, 5)).to.deep.equal({
      lastMoveAt: 1090n,
      workerSeconds: 5,
      challengerSeconds: 5,
    });
  });

  it("refuse a challenger's move out of turn or out of time", () => {
    expect(() => clocksAfterChallengerMove(start, 0n, 1010n, 5)).to.throw(RangeError);
    expect(() => clocksAfterChallengerMove(start, 1010n, 1041n, 5)).to.throw(RangeError);
    expect(() => clocksAfterChallengerMove(start, 1010n, 1009n, 5)).to.throw(RangeError);
  });

  it("always name one side with a deadline", () => {
    fc.assert(
      fc.property(clocks, fc.bigInt({ min: -300_000n, max: 300_000n }), (state, delay) => {
        const responded = state.lastMoveAt + delay;
        const { workersTurn, startedAt, deadline } = turn(state, responded);
        expect(workersTurn).to.equal(responded > state.lastMoveAt + BigInt(state.workerSeconds));
        expect(startedAt >= state.lastMoveAt).to.equal(true);
        const length = workersTurn ? state.workerSeconds : state.challengerSeconds;
        expect(deadline - startedAt).to.equal(BigInt(length));
      }),
    );
  });

  it("S-14: end every game within both clocks and a floor for each move", () => {
    const moves = fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(clocks, fc.integer({ min: 1, max: 600 }), moves, (first, floor, delays) => {
        let state = first;
        for (const [worker, challenger] of delays) {
          const responded = state.lastMoveAt + BigInt(Math.floor(worker * state.workerSeconds));
          const now = responded + BigInt(Math.floor(challenger * state.challengerSeconds));
          state = clocksAfterChallengerMove(state, responded, now, floor);
          expect(state.workerSeconds).to.be.at.least(floor);
          expect(state.challengerSeconds).to.be.at.least(floor);
        }
        const most = first.workerSeconds + first.challengerSeconds + 2 * delays.length * floor;
        expect(Number(state.lastMoveAt - first.lastMoveAt)).to.be.at.most(most);
      }),
    );
  });

  describe("respondedAt", () => {
    const node = `0x${"11".repeat(32)}` as const;
    const dispute = { rooted: true, node, lastMoveAt: 1000n } as const;

    it("is the bind before the first choice and the reveal after it", () => {
      expect(respondedAt({ ...dispute, rooted: false }, { boundAt: 900n }, { revealedAt: 0n })).to.equal(
        900n,
      );
      expect(respondedAt(dispute, { boundAt: 900n }, { revealedAt: 1007n })).to.equal(1007n);
      expect(respondedAt(dispute, { boundAt: 900n }, { revealedAt: 0n })).to.equal(0n);
    });

    it("keeps the turn with a challenger that chose EMPTY, of which nothing can be revealed", () => {
      const empty = respondedAt({ ...dispute, node: EMPTY }, { boundAt: 900n }, { revealedAt: 0n });
      expect(turn({ ...start, lastMoveAt: 1000n }, empty)).to.deep.include({
        workersTurn: false,
        deadline: 1030n,
      });
    });
  });
});
