import { createRequire } from "node:module";
import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatEthersChaiMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers";
import hardhatIgnition from "@nomicfoundation/hardhat-ignition";
import hardhatIgnitionEthers from "@nomicfoundation/hardhat-ignition-ethers";
import hardhatKeystore from "@nomicfoundation/hardhat-keystore";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import hardhatVerify from "@nomicfoundation/hardhat-verify";
import { defineConfig } from "hardhat/config";

// The compiler comes from npm: every build profile names its path, or Hardhat would try to download one.
const compiler = {
  version: "0.8.37",
  path: createRequire(import.meta.url).resolve("solc/soljson.js"),
  settings: { optimizer: { enabled: true, runs: 200 }, evmVersion: "cancun", viaIR: false },
};

// How long the invariants are attacked: `npm run bench -- invariants` asks for more.
const campaign = {
  runs: Number(process.env.ASSAY_INVARIANT_RUNS ?? 128),
  depth: Number(process.env.ASSAY_INVARIANT_DEPTH ?? 128),
};

export default defineConfig({
  plugins: [
    hardhatEthers,
    hardhatEthersChaiMatchers,
    hardhatNetworkHelpers,
    hardhatMocha,
    hardhatKeystore,
    hardhatVerify,
    hardhatIgnition,
    hardhatIgnitionEthers,
  ],
  solidity: { profiles: { default: compiler, production: { ...compiler, isolated: true } } },
  paths: {
    sources: "./contracts",
    tests: { mocha: "./test", solidity: "./test/contracts" },
    ignition: "./deploy",
  },
  networks: {
    sim: { type: "edr-simulated", chainType: "l1", allowBlocksWithSameTimestamp: true },
    node: { type: "edr-simulated", chainType: "l1", chainId: 31337, allowBlocksWithSameTimestamp: true },
  },
  test: {
    mocha: { timeout: 60_000 },
    solidity: {
      fuzz: { runs: Number(process.env.ASSAY_FUZZ_RUNS ?? 256), seed: "0x01" },
      // A broken history is shown as it was played: to shorten it means to play it thousands of times.
      invariant: { ...campaign, failOnRevert: false, shrinkRunLimit: 0 },
    },
  },
  coverage: { skipFiles: ["**/mocks/**"] },
});
