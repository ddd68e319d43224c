// Plain JavaScript: compiles a consumer that imports the installed contracts, with the solc package from npm.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const solc = createRequire(import.meta.url)("solc");
const source = `// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import "@assay/contracts/consumer/Consumer.sol";

contract Buyer is Consumer {
    bytes32 public last;

    constructor(IInferenceMarket market, IStakeVault vault) Consumer(market, vault) {}

    function buy(bytes32 programId, bytes calldata input) external returns (bytes32) {
        return _request(programId, input, 1 ether, 1, 50_000);
    }

    function _fulfil(bytes32 requestId, bytes calldata) internal override {
        last = requestId;
    }
}
`;
const question = {
  language: "Solidity",
  sources: { "Buyer.sol": { content: source } },
  settings: { evmVersion: "cancun", outputSelection: { "Buyer.sol": { Buyer: ["evm.bytecode.object"] } } },
};
const find = (path) => ({ contents: readFileSync(join("node_modules", path), "utf8") });
const answer = JSON.parse(solc.compile(JSON.stringify(question), { import: find }));
const errors = (answer.errors ?? []).filter(({ severity }) => severity === "error");
const bytes = (answer.contracts?.["Buyer.sol"]?.Buyer?.evm.bytecode.object.length ?? 0) / 2;
console.log(JSON.stringify({ errors: errors.map(({ formattedMessage }) => formattedMessage), bytes }));
