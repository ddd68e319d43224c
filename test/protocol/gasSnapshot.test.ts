// What every call cost when it was last looked at. UPDATE=1 writes the list anew.
import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { type Costs, measureGas, prepareGas } from "../helpers/gas.ts";

const file = new URL("gas.json", import.meta.url);
const tolerance = 1.05;

describe("gas snapshot", () => {
  it("I-40: no call costs more than five in a hundred above its entry, and none is missing", async function () {
    this.timeout(120_000);
    const costs = await measureGas(await prepareGas());
    if (process.env.UPDATE) {
      const sorted = Object.entries(costs).map(([call, gas]) => [call, Math.round(gas)]);
      writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
    }
    const snapshot = JSON.parse(readFileSync(file, "utf8")) as Costs;
    expect(Object.keys(costs)).to.have.members(Object.keys(snapshot));
    const dearer = Object.entries(costs).filter(([call, gas]) => gas > snapshot[call]! * tolerance);
    expect(dearer, "dearer than in gas.json").to.deep.equal([]);
  });

  it("keeps the bars that operators plan with", () => {
    const { request, claim, commit, collect, ...rest } = JSON.parse(readFileSync(file, "utf8")) as Costs;
    expect(request! + claim! + commit! + collect!, "from request to the worker's money").to.be.at.most(
      350_000,
    );
    expect(rest.commit_in_batch).to.be.at.most(15_000);
    expect(rest.post_epoch! / 4096).to.be.at.most(100);
    expect(Math.max(rest.choose!, rest.choose_output!)).to.be.at.most(60_000);
    expect(rest.reveal).to.be.at.most(75_000);
    expect(rest.reveal_tile, "1 KiB without a zero byte").to.be.at.most(75_000);
  });
});
