// Deployments as JSON: read whole, and refused with the reason.
import {
  getDeployment,
  InvalidDeploymentError,
  OutdatedDeploymentError,
  parseDeployment,
  UnknownChainError,
} from "@assay/sdk";
import { expect } from "chai";

const address = (digit: string) => `0x${digit.repeat(40)}`;
const contracts = {
  token: address("1"),
  parameters: address("2"),
  stakeVault: address("3"),
  stepVerifier: address("4"),
  programRegistry: address("5"),
  inferenceMarket: address("6"),
  disputeGame: address("7"),
};
const added = {
  channels: address("8"),
  receiptGame: address("9"),
  epochs: "0x90f79bf6eb2c4f870365e785982e1f101e93b906",
  inputRequests: address("1"),
  equivocation: address("2"),
};
const json = { chainId: 31337, startBlock: "12", ...contracts, ...added };

describe("parseDeployment", () => {
  it("reads numbers or decimal strings, and puts addresses into checksum case", () => {
    const deployment = parseDeployment(json);
    expect(deployment).to.include({ chainId: 31337, startBlock: 12n, token: contracts.token });
    expect(deployment.epochs).to.equal("0x90F79bf6EB2c4f870365E785982E1f101E93b906");
    expect(deployment).to.not.have.any.keys("governor", "guardian", "auditPool");
  });

  it("keeps the offices that a deployment has", () => {
    const guardian = address("5");
    expect(parseDeployment({ ...json, guardian }))
      .to.include({ guardian })
      .and.not.have.property("governor");
    expect(() => parseDeployment({ ...json, governor: "nobody" })).to.throw(
      InvalidDeploymentError,
      "governor",
    );
  });

  it("names the first field that is missing or malformed", () => {
    const { epochs: _, ...without } = json;
    expect(() => parseDeployment(without)).to.throw(InvalidDeploymentError, "field: epochs");
    expect(() => parseDeployment({ ...json, chainId: -1 })).to.throw(
      InvalidDeploymentError,
      "field: chainId",
    );
    expect(() => parseDeployment({ ...json, token: "0x12" })).to.throw(
      InvalidDeploymentError,
      "field: token",
    );
    expect(() => parseDeployment(null)).to.throw(InvalidDeploymentError);
  });

  it("says that a deployment of contracts before channels is of another version", () => {
    const old = { chainId: 31337, startBlock: 1, ...contracts };
    expect(() => parseDeployment(old)).to.throw(OutdatedDeploymentError, "deploy again");
  });

  it("knows the public deployments by their chain", () => {
    expect(() => getDeployment(31337)).to.throw(UnknownChainError);
  });
});
