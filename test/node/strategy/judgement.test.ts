// One execution acquits, two convict, a contradiction does neither.
import { expect } from "chai";
import { type Evidence, judge } from "../../../node/strategy/judgement.ts";
import { id, now } from "./views.ts";

const committed = id(1);
const other = id(2);
const evidence = (parts: Partial<Evidence>): Evidence => ({
  fast: undefined,
  reference: undefined,
  seen: [],
  retryAt: undefined,
  ...parts,
});

describe("judge", () => {
  it("says valid after one execution that agrees", () => {
    expect(judge(committed, evidence({ fast: committed }))).to.equal("valid");
  });

  it("says invalid only after two independent executions that agree with each other", () => {
    expect(judge(committed, evidence({}))).to.equal("unchecked");
    expect(judge(committed, evidence({ fast: other }))).to.equal("unconfirmed");
    expect(judge(committed, evidence({ fast: other, reference: other }))).to.equal("invalid");
  });

  it("calls a contradiction whatever the commitment says", () => {
    expect(judge(committed, evidence({ fast: other, reference: committed }))).to.equal("contradiction");
    expect(judge(committed, evidence({ fast: committed, reference: other }))).to.equal("contradiction");
    expect(judge(committed, evidence({ fast: other, reference: other, seen: [committed] }))).to.equal(
      "contradiction",
    );
    expect(judge(committed, evidence({ fast: committed, seen: [other] }))).to.equal("contradiction");
  });

  it("says unavailable when an execution could not be done", () => {
    expect(judge(committed, evidence({ retryAt: now }))).to.equal("unavailable");
    expect(judge(committed, evidence({ fast: other, retryAt: now }))).to.equal("unavailable");
  });
});
